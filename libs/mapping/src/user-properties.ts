import type { UserProperty } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { claimOf, selectClaim } from './claim.js';
import { readText } from './read-text.js';
import { transformText } from './transform-text.js';

/** Jira keeps 32 KiB of JSON; a value of this length is no attribute of a person. */
const valueLengthMax = 4_000;

interface Source {
  readonly claims: Claims;
  readonly mapping: { readonly properties: readonly UserProperty[] };
}

export interface UserProperties {
  /** By key; null: to be removed. */
  readonly properties: Record<string, string | null>;
  /** Configured, and without a value to write: whatever Jira has stays. */
  readonly propertiesKept: string[];
}

/**
 * S25: the properties that identities give. The identity linked first whose mapping names a key decides it alone, also
 * when it has no value: otherwise two providers would take turns. What only those would give who may not enter, is kept.
 */
export function userProperties(
  sources: readonly Source[],
  notEntitled: readonly Pick<Source, 'mapping'>[],
): UserProperties {
  const decided = new Map<string, string | null | undefined>();
  for (const { claims, mapping } of sources) {
    for (const property of mapping.properties) {
      if (!decided.has(property.key)) decided.set(property.key, valueOf(property, claims));
    }
  }
  for (const { key } of notEntitled.flatMap(({ mapping }) => mapping.properties)) {
    if (!decided.has(key)) decided.set(key, undefined);
  }
  const sorted = [...decided].sort(([one], [other]) => (one < other ? -1 : 1));
  const named = sorted.filter((entry): entry is [string, string | null] => entry[1] !== undefined);
  const kept = sorted.flatMap(([key, value]) => (value === undefined ? [key] : []));
  return { properties: Object.fromEntries(named), propertiesKept: kept };
}

/** @returns undefined when the property is left as it is */
function valueOf(property: UserProperty, claims: Claims): string | null | undefined {
  const read = readProperty(property, claims);
  if (read.kind === 'valid') return read.value.length > valueLengthMax ? undefined : read.value;
  // An answer that was read in part says nothing of what is missing in it.
  const isGone = read.kind === 'missing' && property.whenMissing === 'remove' && !isPartial(claims);
  return isGone ? null : undefined;
}

function readProperty(property: UserProperty, claims: Claims): ReturnType<typeof readText> {
  if ('template' in property) return readText(claims, property);
  const text = rendered(selectClaim(claims, property.claim));
  if (text === undefined) return { kind: 'invalid' };
  const value = text !== '' && property.transforms ? transformText(text, property.transforms) : text;
  if (value === undefined) return { kind: 'invalid' };
  return value === '' ? { kind: 'missing' } : { kind: 'valid', value };
}

/**
 * A text as it is, numbers and truth values as JSON writes them, a list of those with commas, anything else as JSON.
 * What some of a list lack, as an address without a value does, is no part of it.
 */
function rendered(value: unknown): string | undefined {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (isPlain(value)) return String(value);
  const parts = Array.isArray(value) ? value.filter((one) => one !== undefined && one !== null) : undefined;
  if (parts?.every((one) => typeof one === 'string' || isPlain(one))) {
    return parts
      .map(String)
      .filter((one) => one !== '')
      .join(', ');
  }
  return asJson(value);
}

/** Members in one order, so that equal values are equal texts. */
function asJson(value: unknown): string | undefined {
  const text = JSON.stringify(value, (_, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([one], [other]) => (one < other ? -1 : 1)));
  });
  return text.length > valueLengthMax ? undefined : text;
}

function isPlain(value: unknown): value is number | boolean {
  return typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}

/** Userinfo could not be read, or the provider put claims elsewhere (OpenID Connect Core 5.6.2). */
function isPartial(claims: Claims): boolean {
  const pointers = claimOf(claims, '_claim_names');
  return typeof pointers === 'object' && pointers !== null && Object.keys(pointers).length > 0;
}
