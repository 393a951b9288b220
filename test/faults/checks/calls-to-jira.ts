import type { JiraCall, JiraState } from '../support/sandbox.js';

/** Calls that were under way when the first refusal came back. */
const underWayMs = 500;

/** Calls of our service account's REST, oldest first. The sandbox remembers the last thousand of all. */
export function restCallsAfter({ calls }: JiraState, moment: Date): readonly JiraCall[] {
  return calls.recent.filter(({ path, at }) => path.startsWith('/rest/api/') && new Date(at) >= moment);
}

/** Calls sent while Jira had asked for silence. @param quietMs after each refusal */
export function earlyCalls(calls: readonly JiraCall[], quietMs: number): readonly string[] {
  let refusedAt = -Infinity;
  return calls.flatMap(({ method, path, at }) => {
    const sinceMs = Date.parse(at) - refusedAt;
    if (sinceMs >= quietMs) refusedAt = Date.parse(at);
    return sinceMs > underWayMs && sinceMs < quietMs ? [`${method} ${path} ${sinceMs} ms after a refusal`] : [];
  });
}
