import { planPeopleShown } from '@gatehouse/contracts';
import type { PlanBegins, PlanLine, PlanPerson, PlanSummary, PlanTotals } from '@gatehouse/contracts';

type Lines = AsyncGenerator<readonly PlanLine[], void, undefined>;

/**
 * The lines as text. What fails after the first of them cannot change the status any more, so it is a line itself and
 * the last one. No generator: one that nobody has begun to read does not hear that nobody will.
 * @param failed makes that line; undefined: nobody is there to read it
 */
export function asText(
  first: readonly PlanLine[],
  rest: Lines,
  failed: (error: unknown) => PlanLine | undefined,
): AsyncIterableIterator<string, void, undefined> {
  let begun = false;
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    async next() {
      if (!begun) {
        begun = true;
        return { value: textOf(first) };
      }
      try {
        let step = await rest.next();
        while (!step.done && step.value.length === 0) step = await rest.next();
        return step.done ? { done: true, value: undefined } : { value: textOf(step.value) };
      } catch (error) {
        const line = failed(error);
        return line ? { value: textOf([line]) } : { done: true, value: undefined };
      }
    },
    async return() {
      await rest.return();
      return { done: true, value: undefined };
    },
  };
}

function textOf(lines: readonly PlanLine[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The same as one object, for small installations and for programs that do not read lines. */
export async function asSummary(first: readonly PlanLine[], rest: Lines): Promise<PlanSummary> {
  let begins = undefined as PlanBegins | undefined;
  let totals = undefined as PlanTotals | undefined;
  const people: PlanPerson[] = [];
  const read = (line: PlanLine) => {
    if (line.kind === 'begins') begins = line;
    else if (line.kind === 'totals') totals = line;
    else if (line.kind === 'person' && people.length < planPeopleShown) people.push(line);
  };
  first.forEach(read);
  for await (const some of rest) some.forEach(read);
  if (!begins || !totals) throw new Error('a plan ended without its totals');
  return { ...withoutKind(begins), affected: people.map(withoutKind), totals: withoutKind(totals) };
}

function withoutKind<Line extends { kind: string }>(line: Line): Omit<Line, 'kind'> {
  return Object.fromEntries(Object.entries(line).filter(([key]) => key !== 'kind')) as Omit<Line, 'kind'>;
}
