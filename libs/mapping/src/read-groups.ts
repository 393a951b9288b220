import type { ClaimSelector } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { claimOf, selectClaim } from './claim.js';

const groupsMax = 10_000;
const groupLengthMax = 255;

/** A lone string with one of these may be a whole list in disguise: CSV, `;`-joined (OneLogin), JSON in a string. */
const perhapsJoined = /[,;|\n\r]|^\s*[[{]/;

export type GroupsState = 'list' | 'empty' | 'absent' | 'truncated' | 'malformed';

export interface ClaimedGroups {
  readonly state: GroupsState;
  /** NFC. What was positively said; in an incomplete state more may be true. */
  readonly groups: readonly string[];
}

/** Missing is not empty: only a list that was received whole may take something away. */
export function isComplete({ state }: ClaimedGroups): boolean {
  return state === 'list' || state === 'empty';
}

export function readGroups(claims: Claims, selector: ClaimSelector): ClaimedGroups {
  const value = selectClaim(claims, selector);
  const read = readValue(value);
  return isElsewhere(claims, topNameOf(selector)) ? { ...read, state: 'truncated' } : read;
}

function readValue(value: unknown): ClaimedGroups {
  if (value === undefined) return { state: 'absent', groups: [] };
  if (typeof value === 'string' && isGroupName(value)) {
    return { state: perhapsJoined.test(value) ? 'malformed' : 'list', groups: [value.normalize('NFC')] };
  }
  if (!Array.isArray(value)) return { state: 'malformed', groups: [] };
  return readList(value);
}

function readList(list: readonly unknown[]): ClaimedGroups {
  if (list.length === 0) return { state: 'empty', groups: [] };
  const seen = list.slice(0, groupsMax);
  if (!seen.every(isGroupName)) return { state: 'malformed', groups: [] };
  const groups = [...new Set(seen.map((group) => group.normalize('NFC')))];
  return { state: list.length > groupsMax ? 'truncated' : 'list', groups };
}

/** The claim that a provider would replace by a hint. */
function topNameOf(selector: ClaimSelector): string {
  return typeof selector === 'string' ? selector : selector[0]!;
}

function isGroupName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= groupLengthMax;
}

/**
 * Entra replaces a long list by a hint where it can be fetched: `_claim_names` (OpenID Connect Core 5.6.2),
 * `hasgroups`, or `groups:src1`. The address in it comes from the token and is never called.
 */
function isElsewhere(claims: Claims, claimName: string): boolean {
  const names = claimOf(claims, '_claim_names');
  if (typeof names === 'object' && names !== null && Object.hasOwn(names, claimName)) return true;
  const hint = claimOf(claims, 'hasgroups');
  if (hint === true || hint === 'true') return true;
  return Object.keys(claims).some((name) => name.startsWith(`${claimName}:src`));
}
