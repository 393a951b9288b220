const valueLengthMax = 200;
const namedMax = 10;

/** One changed field for a person to read. Values hold no credentials any more when they come here. */
export function changeInWords(change: 'added' | 'changed' | 'removed', before: unknown, after: unknown): string {
  switch (change) {
    case 'added':
      return isPlain(after) ? `is now ${textOf(after)}` : 'added';
    case 'removed':
      return isPlain(before) ? `not set any more (was ${textOf(before)})` : 'removed';
    case 'changed':
      return Array.isArray(before) && Array.isArray(after)
        ? listInWords(before, after)
        : `${textOf(before)} → ${textOf(after)}`;
  }
}

function listInWords(before: readonly unknown[], after: readonly unknown[]): string {
  const [was, is] = [before, after].map((list) => list.map((item) => JSON.stringify(item)));
  const added = missingFrom(was!, is!);
  const removed = missingFrom(is!, was!);
  if (added.length + removed.length === 0) return 'in another order';
  return [named('added', added), named('removed', removed)].filter(Boolean).join('; ');
}

function missingFrom(known: readonly string[], items: readonly string[]): readonly string[] {
  const all = new Set(known);
  return items.filter((item) => !all.has(item));
}

function named(what: string, items: readonly string[]): string {
  if (items.length === 0) return '';
  const more = items.length > namedMax ? ` and ${items.length - namedMax} more` : '';
  return `${what} ${items.slice(0, namedMax).map(shortened).join(', ')}${more}`;
}

function isPlain(value: unknown): boolean {
  return typeof value !== 'object' || value === null || Array.isArray(value);
}

function textOf(value: unknown): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  return shortened(JSON.stringify(value));
}

function shortened(text: string): string {
  return text.length > valueLengthMax ? `${text.slice(0, valueLengthMax)}…` : text;
}
