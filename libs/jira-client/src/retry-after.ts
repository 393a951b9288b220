const longestWaitMs = 5 * 60_000;

/**
 * `Retry-After` as milliseconds from `nowMs`: seconds or an HTTP date (RFC 9110 section 10.2.3).
 * Undefined when the header is absent, unreadable or not in the future: the caller's own backoff holds then.
 * Jira's "block all" mode was seen to say 9223372036854775807 seconds, so the wait is capped at five minutes:
 * nobody would otherwise notice that the limit was lifted.
 */
export function retryAfterMs(header: string | null, nowMs: number): number | undefined {
  if (header === null) return undefined;
  const text = header.trim();
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - nowMs;
  return waitMs > 0 ? Math.min(waitMs, longestWaitMs) : undefined;
}
