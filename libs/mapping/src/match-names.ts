import { expressionOf } from '@gatehouse/contracts';
import { RE2JS, RE2Set } from 're2js';

/** @returns positions, in their order, of the patterns that match a whole name */
export type NameMatcher = (name: string) => readonly number[];

/** All patterns are one automaton: a name is read once, however many there are. */
export function nameMatcher(
  patterns: readonly string[],
  { ignoreCase }: { readonly ignoreCase: boolean },
): NameMatcher {
  if (patterns.length === 0) return () => [];
  const set = new RE2Set(RE2Set.ANCHOR_BOTH, RE2JS.DOTALL | (ignoreCase ? RE2JS.CASE_INSENSITIVE : 0));
  for (const pattern of patterns) set.add(expressionOf(pattern.normalize('NFC')));
  set.compile();
  return (name) => [...set.match(name.normalize('NFC'))].sort((one, other) => one - other);
}
