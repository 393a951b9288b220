import type { Claims } from './merge-claims.js';

const bytesMax = 262_144;
const depthMax = 32;

/**
 * Claims that can be kept as they are. Cutting them down is no way out: a shortened list of groups
 * would read as "no longer a member".
 * @returns why they cannot be kept
 */
export function claimsProblem(claims: Claims): 'nested too deeply' | 'too large' | 'not storable' | undefined {
  // Before anything that calls itself for each level.
  if (isDeeperThan(claims, depthMax)) return 'nested too deeply';
  const text = JSON.stringify(claims);
  if (Buffer.byteLength(text) > bytesMax) return 'too large';
  return escaped.test(text) && hasUnstorable(claims) ? 'not storable' : undefined;
}

function hasUnstorable(claims: Claims): boolean {
  let found = false;
  JSON.stringify(claims, (key, value: unknown) => {
    found ||= unstorable.test(key) || (typeof value === 'string' && unstorable.test(value));
    return value;
  });
  return found;
}

function isDeeperThan(claims: Claims, depth: number): boolean {
  let level: unknown[] = [claims];
  for (let below = 0; level.length > 0; below += 1) {
    if (below > depth) return true;
    level = level.flatMap((value): unknown[] =>
      typeof value === 'object' && value !== null ? Object.values(value) : [],
    );
  }
  return false;
}

/** As JSON writes what is unstorable, and a backslash before such a number too: then each text is looked at by itself. */
const escaped = /\\u(?:0000|d[89a-f])/;

/** PostgreSQL's jsonb holds neither NUL nor half a surrogate pair. */
const unstorable = /\0|\p{Surrogate}/u;
