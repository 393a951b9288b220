import type { DesiredAccess } from './desired-access.js';
import { nameMatcher } from './match-names.js';

type Sweep = DesiredAccess['groups']['sweeps'][number];

/**
 * Of the groups a Jira user has, those that the sweeps of an account take away: all that are not wanted, but for what
 * they leave alone. Each sweep has to leave a group alone for itself.
 * @param groups in Jira's own spelling; so are those returned
 */
export function sweptGroups(groups: readonly string[], sweeps: readonly Sweep[]): readonly string[] {
  const tests = sweeps.map(({ exclude, only }) => {
    const excluded = nameMatcher(exclude, { ignoreCase: true });
    const allowed = nameMatcher(only, { ignoreCase: true });
    return (group: string) => excluded(group).length === 0 && (only.length === 0 || allowed(group).length > 0);
  });
  return groups.filter((group) => tests.some((sweeps) => sweeps(group)));
}
