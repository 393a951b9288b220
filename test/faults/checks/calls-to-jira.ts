import type { JiraCall, JiraState } from '../support/sandbox.js';
import { idealWrites } from './jira-changes.js';

/** Calls that were under way when the first refusal came back. */
const underWayMs = 500;

/** Calls of our service account's REST, oldest first. The sandbox remembers the last thousand of all. */
export function restCallsAfter({ calls }: JiraState, moment: Date): readonly JiraCall[] {
  return calls.recent.filter(({ path, at }) => path.startsWith('/rest/api/') && new Date(at) >= moment);
}

/** Calls sent while Jira had asked for silence. @param quietMs after each refusal @param afterMs but for those under way */
export function earlyCalls(calls: readonly JiraCall[], quietMs: number, afterMs = underWayMs): readonly string[] {
  let refusedAt = -Infinity;
  return calls.flatMap(({ method, path, at }) => {
    const sinceMs = Date.parse(at) - refusedAt;
    if (sinceMs >= quietMs) refusedAt = Date.parse(at);
    return sinceMs > afterMs && sinceMs < quietMs ? [`${method} ${path} ${sinceMs} ms after a refusal`] : [];
  });
}

/**
 * All calls of REST so far, those that a fault has refused included, but for the breaker's own question: of that there is
 * one at a time (F14), and none as long as nothing is refused.
 */
export function restCalls({ calls }: JiraState): number {
  return Object.entries(calls.byRoute)
    .filter(([route]) => route.includes(' /rest/api/') && !route.endsWith('/mypermissions'))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** What nobody could do with less: one look at each new person, and the writes. */
export function idealCalls(before: JiraState, after: JiraState): number {
  const known = new Set(before.users.map(({ key }) => key));
  return idealWrites(before, after) + after.users.filter(({ key }) => !known.has(key)).length;
}
