import { decodeProtectedHeader } from 'jose';
import { readLogoutToken } from './check-logout-token.js';
import type { LogoutOrder, LogoutTokenRules } from './check-logout-token.js';

/** One with a few claims; a longer one is none. */
const lengthMax = 16_384;

/** @throws when no key of the provider has signed this JWT */
export type VerifySignature = (token: string) => Promise<void>;

/**
 * @returns the order, or the reason to refuse in words that name no value
 * @throws what `verifySignature` throws
 */
export async function verifyLogoutToken(
  token: string,
  rules: LogoutTokenRules,
  verifySignature: VerifySignature,
): Promise<LogoutOrder | string> {
  if (token.length > lengthMax) return 'the token is too long';
  const parts = partsOf(token);
  if (!parts) return 'the token cannot be read';
  // Before the signature: what would be refused anyway costs no key and no request for keys.
  const order = readLogoutToken(parts, rules);
  if (typeof order === 'string') return order;
  await verifySignature(token);
  return order;
}

function partsOf(token: string) {
  const [, payload, signature, ...more] = token.split('.');
  if (payload === undefined || !signature || more.length > 0) return undefined;
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
    const header = decodeProtectedHeader(token);
    if (typeof claims !== 'object' || claims === null) return undefined;
    return { header: { ...header }, claims: claims as Record<string, unknown> };
  } catch {
    return undefined;
  }
}
