import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * Made from the session's secret, which only the cookie holds: nothing more to store, none is valid for another
 * session, and none leads back to the secret.
 */
export function csrfTokenOf(sessionSecret: string): string {
  return createHmac('sha256', sessionSecret).update('csrf').digest('base64url');
}

export function isCsrfTokenOf(sessionSecret: string, token: string | undefined): boolean {
  const expected = Buffer.from(csrfTokenOf(sessionSecret));
  const given = Buffer.from(token ?? '');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
