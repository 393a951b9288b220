import { readStringBoolean } from '../filter/comparison.js';
import { isList, isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { findAttribute, valueOf } from '../schema/attribute.js';
import type { Attribute } from '../schema/attribute.js';
import { badRequest } from '../scim-error.js';
import { readRoleText } from './role-text.js';
import { settleElements } from './settle-elements.js';
import type { ReadContext } from './read-context.js';

/** A value as it is kept, exactly as it was sent (C83); undefined for null, [] and what has nothing in it (RFC 7643 2.5). */
export function readValue(attribute: Attribute, raw: Json, context: ReadContext): Json | undefined {
  if (raw === null) return undefined;
  if (!attribute.multiValued) return readSingle(attribute, raw, context);
  const elements = settleElements(attribute, readElements(attribute, raw, context));
  return elements.length > 0 ? elements : undefined;
}

/** One element or a list of them; what is empty is left out. */
export function readElements(list: Attribute, raw: Json, context: ReadContext): JsonObject[] {
  const elements: JsonObject[] = [];
  for (const one of isList(raw) ? raw : [raw]) {
    const element = one === null ? undefined : readComplex(list, one, context);
    if (element) elements.push(element);
  }
  return elements;
}

function readSingle(attribute: Attribute, raw: Json, context: ReadContext): Json | undefined {
  switch (attribute.type) {
    case 'complex':
      return readComplex(attribute, raw, context);
    case 'boolean':
      return readBoolean(attribute, raw, context);
    case 'string':
    case 'reference':
    case 'binary':
    case 'dateTime':
      return readText(attribute, raw);
    case 'integer': // No attribute that a client writes.
      throw wrongType(attribute);
  }
}

/** The sub-attributes that a client may write; undefined when none is assigned. */
function readComplex(attribute: Attribute, raw: Json, context: ReadContext): JsonObject | undefined {
  const { values } = readParts(attribute, raw, context);
  return Object.keys(values).length > 0 ? values : undefined;
}

/** What a value says of the sub-attributes that a client may write. */
export interface Parts {
  /** `none`: null, '' or {}. `foreign`: names, and none of them one that a client may write; nothing is said of those. */
  readonly kind: 'none' | 'foreign' | 'known';
  readonly values: JsonObject;
  /** Names of those that were sent as null or as empty: named, and to have no value. */
  readonly emptied: readonly string[];
}

export function readParts(attribute: Attribute, raw: Json, context: ReadContext): Parts {
  const sent = raw === null ? [] : Object.entries(asObject(attribute, raw, context));
  const values: Record<string, Json> = {};
  const named = new Set<string>();
  const seen = new Set<Attribute>();
  for (const [name, inner] of sent) {
    const sub = findSub(attribute, name, context);
    if (!sub) context.ignore(`${attribute.name}.${name}`);
    if (!sub || sub.storage.kind === 'computed' || inner === undefined) continue;
    named.add(sub.name);
    if (inner === null) continue;
    if (seen.has(sub)) throw badRequest('invalidSyntax', `${attribute.name}.${sub.name} is there twice`);
    seen.add(sub);
    const value = readSingle(sub, inner, context);
    // An empty manager is none; the same for a value of a list.
    if (value !== undefined && !(sub.key === 'value' && value === '')) values[sub.name] = value;
  }
  const kind = named.size > 0 ? 'known' : sent.length > 0 ? 'foreign' : 'none';
  return { kind, values, emptied: [...named].filter((name) => values[name] === undefined) };
}

function asObject(attribute: Attribute, raw: Json, { dialects }: ReadContext): JsonObject {
  const unfolded = dialects.jsonRoleValues && attribute.name === 'roles' ? readRoleText(raw) : raw;
  if (isObject(unfolded)) return unfolded;
  // Entra's documentation has the manager as a list of one.
  if (dialects.managerShapes && attribute.name === 'manager' && isList(raw) && isObject(raw[0])) return raw[0];
  const isBareTaken =
    attribute.name === 'manager' ? dialects.managerShapes : attribute.multiValued && dialects.bareValues;
  if (typeof unfolded !== 'string' || !isBareTaken || !valueOf(attribute)) throw wrongType(attribute);
  return unfolded === '' ? {} : { value: unfolded };
}

function findSub(attribute: Attribute, name: string, { dialects }: ReadContext): Attribute | undefined {
  const isManagerId = attribute.name === 'manager' && dialects.managerShapes && name.toLowerCase() === 'managerid';
  return isManagerId ? valueOf(attribute) : findAttribute(attribute.sub, name);
}

function readBoolean(attribute: Attribute, raw: Json, { dialects }: ReadContext): boolean | undefined {
  if (typeof raw === 'boolean') return raw;
  if (typeof raw !== 'string' || !dialects.stringBooleans) throw wrongType(attribute);
  if (raw === '') return undefined; // A template whose variable was empty.
  const value = readStringBoolean(raw);
  if (value === undefined) throw wrongType(attribute);
  return value;
}

function readText(attribute: Attribute, raw: Json): string | undefined {
  if (typeof raw !== 'string') throw wrongType(attribute);
  const { lengthMax, name, required, blankIsNone } = attribute;
  if (blankIsNone && raw.trim() === '') return undefined;
  if (lengthMax !== undefined && raw.length > lengthMax)
    throw badRequest('invalidValue', `${name}: longer than ${lengthMax} characters`);
  if (required && raw.trim() === '') throw badRequest('invalidValue', `${name}: empty`);
  return raw;
}

function wrongType({ name, type }: Attribute): Error {
  return badRequest('invalidValue', `${name}: a value of the type ${type} expected`);
}
