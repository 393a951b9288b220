/**
 * When the person proved who they are: by `auth_time` where the provider says it (OpenID Connect Core 2), else now. It may
 * lie days back, at a provider with a session of its own, and Jira's `max_age` is measured against it (O68).
 */
export function authenticatedAt(authTime: unknown, nowMs: number): Date {
  const isTime = typeof authTime === 'number' && Number.isSafeInteger(authTime) && authTime > 0;
  return new Date(isTime ? Math.min(authTime * 1000, nowMs) : nowMs);
}
