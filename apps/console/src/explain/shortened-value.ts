const itemsMax = 200;
const textMax = 2_000;

/** A claim to look at: of long lists and texts the beginning, and of anything large that is neither, what it is. */
export function shortenedValue(value: unknown): unknown {
  if (value === undefined) return null;
  if (Array.isArray(value))
    return value.slice(0, itemsMax).map((item) => (typeof item === 'string' ? cut(item) : small(item)));
  return typeof value === 'string' ? cut(value) : small(value);
}

function cut(text: string): string {
  return text.length <= textMax ? text : `${text.slice(0, textMax)}…`;
}

function small(value: unknown): unknown {
  return JSON.stringify(value).length <= textMax ? value : '(too large to be shown)';
}
