import { foldName } from './names.js';

/**
 * Whether a group fits a pattern: `*` stands for any characters, none too; everything else is itself, in any case.
 * A star never has to give back more than once what it took, so the time grows with the two lengths multiplied, not
 * with the number of stars: a pattern of an administrator cannot hold up a worker.
 */
export function matchesPattern(name: string, pattern: string): boolean {
  const text = foldName(name);
  const [head = '', ...parts] = foldName(pattern).split('*');
  const tail = parts.pop();
  if (tail === undefined) return text === head;
  if (text.length < head.length + tail.length || !text.startsWith(head) || !text.endsWith(tail)) return false;
  const end = text.length - tail.length;
  let from = head.length;
  for (const part of parts) {
    // The leftmost place leaves the most room for what comes after.
    const at = text.indexOf(part, from);
    if (at < 0 || at + part.length > end) return false;
    from = at + part.length;
  }
  return true;
}
