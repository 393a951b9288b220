import { claimsProblem } from './claims-problem.js';
import type { Claims } from './merge-claims.js';
import { isJsonObject, parseJson } from './parse-json.js';

/** What an access token shows to whoever looks at it. It is the provider's own affair: nothing of it is verified or used. */
export type AccessTokenSeen =
  | { readonly kind: 'jwt'; readonly claims: Claims }
  | { readonly kind: 'opaque' }
  /** One for the resource server alone (RFC 7516). */
  | { readonly kind: 'encrypted' }
  | { readonly kind: 'unreadable'; readonly reason: string };

const tokenLengthMax = 65_536;
const partShape = /^[\w-]+$/;

/** For an administrator's test. Never the token, nor any other that is inside it (O78). */
export function describeAccessToken(token: string): AccessTokenSeen {
  // Before anything is decoded.
  if (token.length > tokenLengthMax) return { kind: 'unreadable', reason: `longer than ${tokenLengthMax} characters` };
  const parts = token.split('.');
  if (parts.length !== 3 && parts.length !== 5) return { kind: 'opaque' };
  const header = objectIn(parts[0]!);
  if (typeof header?.['alg'] !== 'string') return { kind: 'opaque' };
  if (parts.length === 5) return { kind: 'encrypted' };
  const claims = objectIn(parts[1]!);
  if (!claims) return { kind: 'opaque' };
  const problem = claimsProblem(claims);
  return problem ? { kind: 'unreadable', reason: problem } : { kind: 'jwt', claims: withoutTokens(claims) as Claims };
}

/** Where a provider puts one token into another, as it does to call a further service in the person's name. */
function withoutTokens(value: unknown): unknown {
  if (typeof value === 'string') return looksLikeToken(value) ? '[a token, not shown]' : value;
  if (Array.isArray(value)) return value.map(withoutTokens);
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, withoutTokens(inner)]));
}

function looksLikeToken(text: string): boolean {
  return text.split('.').length >= 3 && typeof objectIn(text.split('.', 1)[0]!)?.['alg'] === 'string';
}

function objectIn(part: string): Record<string, unknown> | undefined {
  if (!partShape.test(part)) return undefined;
  const value = parseJson(Buffer.from(part, 'base64url').toString());
  return isJsonObject(value) ? value : undefined;
}
