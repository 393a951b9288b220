/** One operation's turn, or its second one. */
export type Turn =
  /** @property unmade what it needs and is in a circle with: a `complete` follows */
  | { readonly kind: 'take'; readonly index: number; readonly unmade: readonly number[] }
  /** All that it needs is made by now. */
  | { readonly kind: 'complete'; readonly index: number };

/**
 * Again and again the first one whose needs are there. Where all wait, the first one of a circle that waits for nobody
 * outside: the others of the circle go on with it, and whoever is no part of it waits until it is complete.
 * @param needs of each, by index, every one once
 */
export function inOrder(needs: readonly (readonly number[])[]): Turn[] {
  const circles = circlesOf(needs);
  const missing = needs.map((own) => new Set(own));
  const needers = needs.map((): number[] => []);
  needs.forEach((own, index) => own.forEach((need) => needers[need]!.push(index)));
  const left = needs.map((_, index) => index);
  const incomplete = new Map<number, Set<number>>();
  const turns: Turn[] = [];
  const isThere = (index: number, forWhom: (needer: number) => boolean = () => true) => {
    for (const needer of needers[index]!) if (forWhom(needer)) missing[needer]!.delete(index);
  };
  while (left.length > 0) {
    // From the beginning each time: of the 1,000 operations of a request that is half a million looks at most.
    const ready = left.findIndex((index) => missing[index]!.size === 0);
    const at = ready >= 0 ? ready : firstOfInmost(left, circles);
    const [index] = left.splice(at, 1) as [number];
    const unmade = [...missing[index]!];
    turns.push({ kind: 'take', index, unmade });
    if (unmade.length > 0) incomplete.set(index, new Set(unmade));
    isThere(index, (needer) => unmade.length === 0 || circles[needer] === circles[index]);
    for (const [waiting, made] of incomplete) {
      if (!made.delete(index) || made.size > 0) continue;
      incomplete.delete(waiting);
      turns.push({ kind: 'complete', index: waiting });
      isThere(waiting);
    }
  }
  return turns;
}

/** @returns the place in `left` of the first one of the circle with the lowest number */
function firstOfInmost(left: readonly number[], circles: readonly number[]): number {
  const inmost = Math.min(...left.map((index) => circles[index]!));
  return left.findIndex((index) => circles[index] === inmost);
}

/**
 * Tarjan's strongly connected components, without recursion: 1,000 operations may be one chain.
 * @returns of each the number of its circle, of which one alone is one too; it needs none of a higher number
 */
function circlesOf(needs: readonly (readonly number[])[]): number[] {
  const circles = new Array<number>(needs.length).fill(-1);
  const entered = new Map<number, number>();
  const lowest = new Map<number, number>();
  const open: number[] = [];
  let count = 0;
  const enter = (index: number) => {
    entered.set(index, entered.size);
    lowest.set(index, entered.get(index)!);
    open.push(index);
    return { index, rest: needs[index]!.values() };
  };
  const reach = (from: number, place: number) => lowest.set(from, Math.min(lowest.get(from)!, place));
  for (let start = 0; start < needs.length; start += 1) {
    const path = entered.has(start) ? [] : [enter(start)];
    while (path.length > 0) {
      const { index, rest } = path.at(-1)!;
      const next = rest.next();
      if (!next.done) {
        if (!entered.has(next.value)) path.push(enter(next.value));
        else if (circles[next.value] === -1) reach(index, entered.get(next.value)!);
        continue;
      }
      path.pop();
      if (path.length > 0) reach(path.at(-1)!.index, lowest.get(index)!);
      if (lowest.get(index) !== entered.get(index)) continue;
      for (const member of open.splice(open.lastIndexOf(index))) circles[member] = count;
      count += 1;
    }
  }
  return circles;
}
