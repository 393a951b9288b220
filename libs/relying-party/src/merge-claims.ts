export type Claims = Record<string, unknown>;

/** They differ at every login and say nothing about the person, so that equal people give equal claims. */
const protocolClaims = new Set([
  'iat',
  'exp',
  'nbf',
  'auth_time',
  'nonce',
  'at_hash',
  'c_hash',
  'jti',
  'origin_jti',
  'event_id',
  'sid',
  'rat',
  '__proto__',
]);

const bytesMax = 262_144;

/** The signed source wins wherever both speak (O54). */
export function mergeClaims(idToken: Claims, userinfo: Claims | undefined): Claims {
  const merged = [...Object.entries(userinfo ?? {}), ...Object.entries(idToken)];
  return Object.fromEntries(new Map(merged.filter(([name]) => !protocolClaims.has(name))));
}

/**
 * Claims that can be kept as they are. Cutting them down is no way out: a shortened list of groups
 * would read as "no longer a member".
 * @returns why they cannot be kept
 */
export function claimsProblem(claims: Claims): 'too large' | 'not storable' | undefined {
  const strange: string[] = [];
  const text = JSON.stringify(claims, (key, value: unknown) => {
    strange.push(...[key, value].filter((part) => typeof part === 'string').filter((part) => unstorable.test(part)));
    return value;
  });
  if (Buffer.byteLength(text) > bytesMax) return 'too large';
  return strange.length > 0 ? 'not storable' : undefined;
}

/** PostgreSQL's jsonb holds neither NUL nor half a surrogate pair. */
const unstorable = /\0|\p{Surrogate}/u;
