import { createHmac, timingSafeEqual } from 'node:crypto';

const validSeconds = 60;

/**
 * Says to our sign-out page that Jira has just ended its session in this browser. Made under the secret of the browser's
 * own session, which no other site knows: so that the edge may send the browser there by a redirect, and nobody else
 * can (O45).
 */
export function signOutProof(sessionToken: string, nowSeconds: number): string {
  return `${nowSeconds}.${macOf(sessionToken, nowSeconds)}`;
}

export function provesSignOut(proof: unknown, sessionToken: string, nowSeconds: number): boolean {
  const parts = typeof proof === 'string' ? /^(\d{1,12})\.([A-Za-z0-9_-]{43})$/.exec(proof) : null;
  if (!parts) return false;
  const at = Number(parts[1]);
  if (at > nowSeconds || nowSeconds - at > validSeconds) return false;
  return timingSafeEqual(Buffer.from(parts[2]!), Buffer.from(macOf(sessionToken, at)));
}

function macOf(sessionToken: string, atSeconds: number): string {
  return createHmac('sha256', sessionToken).update(`gatehouse signed out of Jira ${atSeconds}`).digest('base64url');
}
