import type { ClaimSelector, MappingConfig } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { claimOf, selectClaim } from './claim.js';
import { listedNames } from './listed-names.js';

const groupsMax = 10_000;
const groupLengthMax = 255;

export type GroupsState = 'list' | 'empty' | 'absent' | 'truncated' | 'malformed';

export interface ClaimedGroups {
  readonly state: GroupsState;
  /** NFC. What was positively said; in an incomplete state more may be true. */
  readonly groups: readonly string[];
}

type GroupsSource = Pick<MappingConfig['groups'], 'claim' | 'format' | 'separator' | 'cutAt'>;

/** Missing is not empty: only a list that was received whole may take something away. */
export function isComplete({ state }: ClaimedGroups): boolean {
  return state === 'list' || state === 'empty';
}

/**
 * The same claims when one of the places where groups are said could not be read: what the other says is true, but
 * perhaps not all. Said in the words of OpenID Connect Core 5.6.2, so that it is kept wherever the claims are (O52).
 */
export function withGroupsElsewhere(claims: Claims, { claim }: Pick<GroupsSource, 'claim'>): Record<string, unknown> {
  const pointers = claimOf(claims, '_claim_names');
  const others = typeof pointers === 'object' && pointers !== null ? Object.entries(pointers) : [];
  const name = typeof claim === 'string' ? claim : claim[0]!;
  return { ...claims, _claim_names: Object.fromEntries([...others, [name, 'userinfo']]) };
}

export function readGroups(claims: Claims, source: GroupsSource): ClaimedGroups {
  const value = selectClaim(claims, source.claim);
  if (value === undefined) return { state: isElsewhere(claims, source.claim) ? 'truncated' : 'absent', groups: [] };
  const listed = listedNames(value, source);
  const read = listed.kind === 'list' ? readList(listed.names, source.cutAt) : malformed(listed.perhaps);
  return isElsewhere(claims, source.claim) ? { ...read, state: 'truncated' } : read;
}

function readList(list: readonly unknown[], cutAt: number | undefined): ClaimedGroups {
  if (list.length === 0) return { state: 'empty', groups: [] };
  const seen = list.slice(0, groupsMax);
  if (!seen.every(isGroupName)) return malformed();
  const groups = [...new Set(seen.map((group) => group.normalize('NFC')))];
  // A provider that cuts says so nowhere: the length alone tells, and a list that just happens to have it waits too.
  const isCut = list.length > groupsMax || (cutAt !== undefined && list.length >= cutAt);
  return { state: isCut ? 'truncated' : 'list', groups };
}

function malformed(perhaps?: string): ClaimedGroups {
  return { state: 'malformed', groups: isGroupName(perhaps) ? [perhaps.normalize('NFC')] : [] };
}

function isGroupName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= groupLengthMax;
}

/**
 * Entra replaces a long list by a hint where it can be fetched: `_claim_names` (OpenID Connect Core 5.6.2),
 * `hasgroups`, or `groups:src1`. The address in it comes from the token and is never called.
 */
function isElsewhere(claims: Claims, selector: ClaimSelector): boolean {
  const replaceable = replaceableNames(selector);
  const pointers = claimOf(claims, '_claim_names');
  const names = Object.keys(typeof pointers === 'object' && pointers !== null ? pointers : {});
  if (names.some((name) => replaceable.has(name))) return true;
  const hint = claimOf(claims, 'hasgroups');
  if (replaceable.has('groups') && (hint === true || hint === 'true')) return true;
  return Object.keys(claims).some(
    (name) => /:src\d/.test(name) && replaceable.has(name.slice(0, name.indexOf(':src'))),
  );
}

/** Claims at the top that would take the whole list along: of `realm_access.roles` also `realm_access`. */
function replaceableNames(selector: ClaimSelector): ReadonlySet<string> {
  if (typeof selector !== 'string') return new Set([selector[0]!]);
  const path = selector.split('.');
  return new Set(path.map((_, index) => path.slice(0, index + 1).join('.')));
}
