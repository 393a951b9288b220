/**
 * Condition: what an administrator said concerns this held removal. What is said of all that a version takes ('') lets no
 * Jira user go for good (decision 45).
 * @param decision row of `console.removal_decision`, `held` of `sync.held_removal`: SQL; `removedUsers` the name under
 * which such users are held
 */
export function concernsRemoval(decision: string, held: string, removedUsers: string): string {
  return `(${decision}.group_folded = ${held}.group_folded or (${decision}.group_folded = ''
    and (${held}.group_folded <> '${removedUsers}' or ${decision}.verdict = 'dismiss')))`;
}
