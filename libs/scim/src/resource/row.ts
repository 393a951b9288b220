import { foldName } from '@gatehouse/mapping';
import type { Json, JsonObject } from '../json.js';
import { isObject } from '../json.js';
import { badRequest } from '../scim-error.js';
import type { ResourceType } from '../schema/resource-type.js';

/** What a list or a read of one resource selects: the `columns` of its type. */
export type Row = Readonly<Record<string, unknown>>;

/** Characters of JSON. A page has a thousand of them, and is one text in the memory of a process. */
const resourceLengthMax = 131_072;

/**
 * The columns that a client's resource fills; ids, versions and times are the database's.
 * @throws ScimError invalidValue for one that is too large
 */
export function columnsOf(type: ResourceType, resource: JsonObject): Record<string, Json> {
  const columns: Record<string, Json> = {};
  const json: Record<string, Json> = {};
  for (const { name, storage, mutability } of type.attributes) {
    const value = resource[name];
    if (storage.kind === 'resource' && value !== undefined) json[name] = value;
    if (storage.kind !== 'column' || mutability === 'readOnly') continue;
    columns[columnName(storage.column)] = value ?? null;
    if (storage.folded && typeof value === 'string') columns[columnName(storage.folded)] = foldName(value);
  }
  for (const { id } of type.extensions) if (resource[id] !== undefined) json[id] = resource[id];
  if (JSON.stringify(json).length > resourceLengthMax)
    throw badRequest('invalidValue', `The attributes are longer than ${resourceLengthMax} characters together.`);
  return { ...columns, resource: json };
}

/** The resource as filters and PATCH know it: without memberships and without addresses. */
export function resourceOf(type: ResourceType, row: Row): JsonObject {
  const { resource } = row;
  const values: Record<string, Json> = { ...(isObject(resource) && onlyAssigned(resource)) };
  for (const { name, storage } of type.attributes) {
    const value = storage.kind === 'column' ? row[columnName(storage.column)] : undefined;
    if (typeof value === 'string' || typeof value === 'boolean') values[name] = value;
  }
  const meta = {
    resourceType: type.name,
    created: timeOf(row['created_at']),
    lastModified: timeOf(row['changed_at']),
    version: etagOf(row['version']),
  };
  return { ...values, meta };
}

export function etagOf(version: unknown): string {
  return `W/"${String(version)}"`;
}

function timeOf(value: unknown): string {
  return (value instanceof Date ? value : new Date(String(value))).toISOString();
}

function columnName(qualified: string): string {
  return qualified.slice(qualified.indexOf('.') + 1);
}

function onlyAssigned(values: JsonObject): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter((entry): entry is [string, Json] => entry[1] !== undefined));
}
