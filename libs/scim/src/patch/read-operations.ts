import type { Dialects } from '../dialects.js';
import { isList, isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { guardJson } from '../resource/guard-json.js';
import { badRequest } from '../scim-error.js';

export interface Operation {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: string | undefined;
  readonly value: Json | undefined;
}

const operationsMax = 1000;
const patchSchema = 'urn:ietf:params:scim:api:messages:2.0:patchop';

/** RFC 7644 3.5.2: the envelope. @throws ScimError invalidSyntax, invalidPath, noTarget, invalidValue */
export function readOperations(body: unknown, dialects: Dialects): Operation[] {
  const envelope = byKey(guardJson(body));
  readPatchSchema(envelope.get('schemas'), dialects);
  const operations = envelope.get('operations');
  if (!isList(operations) || operations.length === 0) throw badRequest('invalidSyntax', 'Operations: a list expected');
  if (operations.length > operationsMax) throw badRequest('invalidSyntax', `Operations: more than ${operationsMax}`);
  return operations.map((operation) => readOperation(operation, dialects));
}

function readOperation(raw: Json, dialects: Dialects): Operation {
  if (!isObject(raw)) throw badRequest('invalidSyntax', 'Operations: an object expected');
  const fields = byKey(raw);
  const op = readOp(fields.get('op'), dialects);
  const path = fields.get('path') ?? undefined;
  const value = fields.get('value');
  if (path !== undefined && typeof path !== 'string') throw badRequest('invalidPath', 'path: a text expected');
  if (path?.trim() === '') throw badRequest('invalidPath', 'path: empty');
  if (op === 'remove' && path === undefined) throw badRequest('noTarget', 'remove needs a path');
  if (op !== 'remove' && value === undefined) throw badRequest('invalidValue', `${op} needs a value`);
  return { op, path, value };
}

function readOp(raw: Json | undefined, { capitalOperations }: Dialects): Operation['op'] {
  const op = typeof raw === 'string' && capitalOperations ? raw.toLowerCase() : raw;
  if (op === 'add' || op === 'remove' || op === 'replace') return op;
  throw badRequest('invalidSyntax', 'op: add, remove or replace expected');
}

function readPatchSchema(raw: Json | undefined, { looseSchemas }: Dialects): void {
  if (raw === undefined && looseSchemas) return;
  const isThere = isList(raw) && raw.some((urn) => typeof urn === 'string' && urn.toLowerCase() === patchSchema);
  if (!isThere) throw badRequest('invalidSyntax', 'schemas: the URN of PatchOp is missing');
}

function byKey(values: JsonObject): Map<string, Json | undefined> {
  const fields = new Map<string, Json | undefined>();
  for (const [name, value] of Object.entries(values)) {
    const key = name.toLowerCase();
    if (fields.has(key)) throw badRequest('invalidSyntax', `${key} is there twice`);
    fields.set(key, value);
  }
  return fields;
}
