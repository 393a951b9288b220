import { isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { ScimError } from '../scim-error.js';
import type { BulkOperation } from './read-bulk.js';

const prefix = 'bulkId:';

/** Of what one operation makes, named by another one (RFC 7644 3.7.2). */
export function referencesOf({ id, data }: BulkOperation): string[] {
  const names = new Set<string>();
  const note = (text: string): string => {
    const name = nameIn(text);
    if (name !== undefined) names.add(name);
    return text;
  };
  if (id) note(id);
  if (data) mapTexts(data, note);
  return [...names];
}

/** Puts ids in the place of references. @throws ScimError 409 when what was referred to was not made */
export function resolveReferences(operation: BulkOperation, ids: ReadonlyMap<string, string>): BulkOperation {
  const resolve = (text: string): string => {
    const id = resolveId(text, ids);
    if (id === undefined) throw new ScimError(409, undefined, 'what a bulkId refers to was not made');
    return id;
  };
  const { id, data } = operation;
  return { ...operation, id: id && resolve(id), data: data && (mapTexts(data, resolve) as JsonObject) };
}

/** @returns the text itself where it is no reference; undefined while what it refers to is not made */
export function resolveId(text: string, ids: ReadonlyMap<string, string>): string | undefined {
  const name = nameIn(text);
  return name === undefined ? text : ids.get(name);
}

/** The operation as far as it can be done yet: without values, and elements of lists, that refer to these. */
export function withoutReferences(operation: BulkOperation, names: ReadonlySet<string>): BulkOperation {
  if (names.size === 0) return operation;
  return { ...operation, data: membersWithout(operation.data ?? {}, names) };
}

/** Of a resource or an extension: each member is about something else. */
function membersWithout(values: JsonObject, names: ReadonlySet<string>): JsonObject {
  const entries = Object.entries(values).flatMap(([key, value]) => {
    const isExtension = key.includes(':') && isObject(value);
    const left = isExtension ? membersWithout(value, names) : value === undefined ? undefined : without(value, names);
    return left === undefined ? [] : [[key, left] as const];
  });
  return Object.fromEntries(entries);
}

function without(value: Json, names: ReadonlySet<string>): Json | undefined {
  const isOne = (inner: Json | undefined) => typeof inner === 'string' && names.has(nameIn(inner) ?? '');
  if (isOne(value)) return undefined;
  if (Array.isArray(value))
    return value.flatMap((inner: Json) => {
      const left = without(inner, names);
      return left === undefined ? [] : [left];
    });
  if (!isObject(value)) return value;
  // Somebody's manager, or a member: what is beside the reference is about it.
  if (Object.values(value).some(isOne)) return undefined;
  return membersWithout(value, names);
}

function nameIn(text: string): string | undefined {
  return text.startsWith(prefix) ? text.slice(prefix.length) : undefined;
}

/** guardJson has bounded the depth. */
function mapTexts(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((inner: Json) => mapTexts(inner, map));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    inner === undefined ? inner : mapTexts(inner, map),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}
