import type { DesiredAccess } from './desired-access.js';
import { nameMatcher } from './match-names.js';
import { foldName } from './names.js';

/**
 * Of the groups a Jira user has, those that the sweeps of an account take away: all that are not wanted, but for what
 * a sweep leaves alone (S43, S44, X54).
 * @param present in Jira's own spelling; so are those returned
 */
export function sweptGroups(
  present: readonly string[],
  { wanted, sweeps }: Pick<DesiredAccess['groups'], 'wanted' | 'sweeps'>,
): readonly string[] {
  const wantedFolded = new Set(wanted.map(foldName));
  const tests = sweeps.map(({ exclude, only }) => {
    const excluded = nameMatcher(exclude, { ignoreCase: true });
    const allowed = nameMatcher(only, { ignoreCase: true });
    return (group: string) => excluded(group).length === 0 && (only.length === 0 || allowed(group).length > 0);
  });
  return present.filter((group) => !wantedFolded.has(foldName(group)) && tests.some((takes) => takes(group)));
}
