import { isJsonObject } from './parse-json.js';

export type Claims = Record<string, unknown>;

/** Who said a claim besides the ID token; of the ID token alone where it is not named. */
export type ClaimSources = Record<string, 'userinfo' | 'both'>;

export interface MergedClaims {
  readonly claims: Claims;
  readonly sources: ClaimSources;
}

/** They differ at every login and say nothing about the person, so that equal people give equal claims. */
const protocolClaims = new Set([
  ...['iat', 'exp', 'nbf', 'auth_time', 'nonce', 'at_hash', 'c_hash', 'jti', 'origin_jti', 'event_id', 'sid', 'rat'],
  '__proto__',
]);

/** About the sign-in itself and who vouches for it: where there is a signed statement, only that one speaks. */
const signedOnly = new Set(['iss', 'sub', 'aud', 'azp', 'acr', 'amr', 'token_use']);

const depthMax = 8;

/**
 * One set of claims from both sources (P12, O54): objects are merged, lists of plain values united, and in everything
 * else the signed source wins. What is null is not said (OpenID Connect Core 5.3.2).
 * @param idToken empty where there is none; then every claim is from userinfo
 */
export function mergeClaims(idToken: Claims, userinfo: Claims | undefined): MergedClaims {
  const hasIdToken = Object.keys(idToken).length > 0;
  const unsigned = new Map(kept(userinfo ?? {}).filter(([name]) => !hasIdToken || !signedOnly.has(name)));
  const signed = new Map(kept(idToken));
  dropForeignVerification(signed, unsigned);
  const claims = new Map<string, unknown>();
  const sources = new Map<string, 'userinfo' | 'both'>();
  for (const name of new Set([...signed.keys(), ...unsigned.keys()])) {
    const [first, second] = [signed.get(name), unsigned.get(name)];
    claims.set(name, mergeValues(first, second, 1));
    if (isUnsaid(second)) continue;
    if (isUnsaid(first)) sources.set(name, 'userinfo');
    else if (first === second || (isList(first) && isList(second)) || (isJsonObject(first) && isJsonObject(second)))
      sources.set(name, 'both');
  }
  return { claims: Object.fromEntries(claims), sources: Object.fromEntries(sources) };
}

/**
 * `email_verified` speaks of the address beside it (OpenID Connect Core 5.1). The word of one source about its address
 * must not make the other's a verified one (O55, O60).
 */
function dropForeignVerification(signed: Map<string, unknown>, unsigned: Map<string, unknown>): void {
  const [ours, theirs] = [signed.get('email'), unsigned.get('email')];
  if (isUnsaid(theirs)) return;
  if (isUnsaid(ours)) {
    if (!isUnsaid(unsigned.get('email_verified'))) signed.delete('email_verified');
  } else if (ours !== theirs) unsigned.delete('email_verified');
}

function kept(claims: Claims): [string, unknown][] {
  return Object.entries(claims).filter(([name]) => !protocolClaims.has(name));
}

function mergeValues(first: unknown, second: unknown, depth: number): unknown {
  if (isUnsaid(first)) return second === undefined ? first : second;
  if (isUnsaid(second)) return first;
  if (isList(first) && isList(second)) return [...new Set([...first, ...second])];
  if (isJsonObject(first) && isJsonObject(second) && depth < depthMax) return mergeObjects(first, second, depth);
  return first;
}

function mergeObjects(first: Claims, second: Claims, depth: number): Claims {
  const names = new Set([...Object.keys(first), ...Object.keys(second)]);
  names.delete('__proto__');
  const own = (of: Claims, name: string) => (Object.hasOwn(of, name) ? of[name] : undefined);
  return Object.fromEntries(
    [...names].map((name) => [name, mergeValues(own(first, name), own(second, name), depth + 1)]),
  );
}

function isUnsaid(value: unknown): value is null | undefined {
  return value === undefined || value === null;
}

/** Of plain values only: which of two objects in lists are the same nobody can say. */
function isList(value: unknown): value is (string | number | boolean | null)[] {
  return Array.isArray(value) && value.every((item) => typeof item !== 'object' || item === null);
}
