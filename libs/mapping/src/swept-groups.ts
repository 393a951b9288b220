import type { DesiredAccess } from './desired-access.js';
import { nameMatcher } from './match-names.js';
import { foldName } from './names.js';

type Sweeps = DesiredAccess['groups']['sweeps'];

/** `left`: no sweep manages the group. */
export type Swept = 'taken' | 'excluded' | 'left';

/** What the sweeps of an account say of a group. What one provider excludes, no other one takes (S43, S44, X54). */
export function sweepJudge(sweeps: Sweeps): (group: string) => Swept {
  const excluded = sweeps.map(({ exclude }) => nameMatcher(exclude, { ignoreCase: true }));
  const managed = sweeps.map(({ only }) => {
    const allowed = nameMatcher(only, { ignoreCase: true });
    return (group: string) => only.length === 0 || allowed(group).length > 0;
  });
  return (group) => {
    if (excluded.some((matches) => matches(group).length > 0)) return 'excluded';
    return managed.some((manages) => manages(group)) ? 'taken' : 'left';
  };
}

/**
 * Of the groups a Jira user has, those that the sweeps of an account take away: all that are not wanted, but for what
 * a sweep leaves alone.
 * @param present in Jira's own spelling; so are those returned
 */
export function sweptGroups(
  present: readonly string[],
  { wanted, sweeps }: Pick<DesiredAccess['groups'], 'wanted' | 'sweeps'>,
): readonly string[] {
  const wantedFolded = new Set(wanted.map(foldName));
  const judge = sweepJudge(sweeps);
  return present.filter((group) => !wantedFolded.has(foldName(group)) && judge(group) === 'taken');
}
