import type { DesiredAccess } from './desired-access.js';
import { nameMatcher } from './match-names.js';
import type { NameMatcher } from './match-names.js';

type Sweeps = DesiredAccess['groups']['sweeps'];

/** `left`: no sweep manages the group. */
export type Swept = 'taken' | 'excluded' | 'left';

/** What the sweeps of an account say of a group. What one provider excludes, no other one takes (S43, S44, X54). */
export function sweepJudge(sweeps: Sweeps): (group: string) => Swept {
  const excluded = sweeps.map(({ exclude }) => matcherOf(exclude));
  const managed = sweeps.map(({ only }) => {
    const allowed = matcherOf(only);
    return (group: string) => only.length === 0 || allowed(group).length > 0;
  });
  return (group) => {
    if (excluded.some((matches) => matches(group).length > 0)) return 'excluded';
    return managed.some((manages) => manages(group)) ? 'taken' : 'left';
  };
}

/** A few different lists at any time: those of the mappings. */
const knownMax = 100;
const known = new Map<string, NameMatcher>();

/** Compiled once and not for each person: that is a hundred times as much as asking it. */
function matcherOf(patterns: readonly string[]): NameMatcher {
  const text = JSON.stringify(patterns);
  const compiled = known.get(text) ?? nameMatcher(patterns, { ignoreCase: true });
  if (known.size >= knownMax) known.clear();
  known.set(text, compiled);
  return compiled;
}
