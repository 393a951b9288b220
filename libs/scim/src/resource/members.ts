import { isList, isObject } from '../json.js';
import type { Json } from '../json.js';
import { badRequest } from '../scim-error.js';
import type { ReadContext } from './read-context.js';

/** Ids of users or groups, each once. What cannot be an id of ours is no member, and no reason to lose the others (O8). */
export interface Members {
  readonly ids: readonly string[];
  readonly unusable: readonly string[];
}

const membersMax = 100_000;
const unusableMax = 50;
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export function readMembers(raw: Json, context: ReadContext): Members {
  if (raw === null) return { ids: [], unusable: [] };
  const list = listOf(raw);
  assertMembersMax(list.length);
  if (namesNobody(raw)) throw nobodyNamed();
  return sortMembers(list.filter((member) => !isEmpty(member)).map((member) => readMember(member, context)));
}

/**
 * `{}`, `""`, `{"value": ""}`, or a list of nothing else: a template without its values, which tells of members and names
 * none. That is not that there are none.
 */
export function namesNobody(raw: Json): boolean {
  const list = listOf(raw);
  return list.length > 0 && list.every(isEmpty);
}

/** Texts that can be no ids of ours may mean anybody: a list of nothing else empties no group. */
export function saysWhoIsIn({ ids, unusable }: Members): boolean {
  return ids.length > 0 || unusable.length === 0;
}

function listOf(raw: Json): readonly Json[] {
  return isList(raw) ? raw : [raw];
}

/** RFC 7643 2.5. */
function isEmpty(member: Json): boolean {
  return member === '' || (isObject(member) && (Object.keys(member).length === 0 || idIn(member) === ''));
}

/** Of one list, and of the operations of a PATCH that become one statement. */
export function assertMembersMax(count: number): void {
  if (count <= membersMax) return;
  throw badRequest('invalidValue', `members: more than ${membersMax} in one change. Send them in several requests.`);
}

export function sortMembers(values: readonly string[]): Members {
  const ids = new Set<string>();
  const unusable = new Set<string>();
  for (const value of values) {
    const id = value.toLowerCase();
    if (uuid.test(id)) ids.add(id);
    else if (unusable.size < unusableMax) unusable.add(value.slice(0, 200));
  }
  return { ids: [...ids], unusable: [...unusable] };
}

function readMember(member: Json, { dialects }: ReadContext): string {
  if (typeof member === 'string' && dialects.bareValues) return member;
  const value = isObject(member) ? idIn(member) : undefined;
  if (value === undefined) throw nobodyNamed();
  return value;
}

function nobodyNamed(): Error {
  return badRequest('invalidValue', 'members: an object with value expected');
}

/** RFC 7643 2.4: an address may say who is meant. @returns '' where nothing but empty texts say it */
function idIn(member: object): string | undefined {
  const ids = [textIn(member, 'value'), textIn(member, '$ref')?.split('/').at(-1)];
  return ids.find((id) => id) ?? ids.find((id) => id !== undefined);
}

function textIn(member: object, key: string): string | undefined {
  const value: unknown = Object.entries(member).find(([name]) => name.toLowerCase() === key)?.[1];
  return typeof value === 'string' ? value : undefined;
}
