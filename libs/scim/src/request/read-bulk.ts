import { isList, isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { guardJson } from '../resource/guard-json.js';
import { resourceTypes } from '../schema/resource-type.js';
import type { ResourceType } from '../schema/resource-type.js';
import { badRequest, ScimError } from '../scim-error.js';

export interface BulkOperation {
  readonly kind: 'operation';
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly type: ResourceType;
  /** Of the resource, or `bulkId:...`; a POST has none. */
  readonly id: string | undefined;
  readonly bulkId: string | undefined;
  readonly version: string | undefined;
  readonly data: JsonObject | undefined;
}

/** An operation that fails by itself; the others go on. */
export interface RefusedOperation {
  readonly kind: 'refused';
  readonly method: string | undefined;
  /** As it was sent. */
  readonly path?: string | undefined;
  /** Of its path, where that is one. */
  readonly type: ResourceType | undefined;
  readonly id: string | undefined;
  readonly bulkId: string | undefined;
  readonly error: ScimError;
}

export interface BulkRequest {
  /** After how many failures nothing more is done; undefined: never. */
  readonly failOnErrors: number | undefined;
  readonly operations: readonly (BulkOperation | RefusedOperation)[];
}

const methods = ['POST', 'PUT', 'PATCH', 'DELETE'] as const;
const bulkSchema = 'urn:ietf:params:scim:api:messages:2.0:bulkrequest';
const bulkIdLengthMax = 200;

/** RFC 7644 3.7. @throws ScimError invalidSyntax, or 413 for more operations than the service said it takes */
export function readBulk(body: unknown, operationsMax: number): BulkRequest {
  const fields = new Map(Object.entries(guardJson(body)).map(([name, value]) => [name.toLowerCase(), value]));
  const schemas = fields.get('schemas');
  const isBulk = isList(schemas) && schemas.some((urn) => typeof urn === 'string' && urn.toLowerCase() === bulkSchema);
  if (!isBulk) throw badRequest('invalidSyntax', 'schemas: the URN of BulkRequest is missing');
  const operations = fields.get('operations');
  if (!isList(operations)) throw badRequest('invalidSyntax', 'Operations: a list expected');
  if (operations.length > operationsMax) throw new ScimError(413, undefined, `Operations: more than ${operationsMax}`);
  const failOnErrors = fields.get('failonerrors') ?? undefined;
  const isCount = typeof failOnErrors === 'number' && Number.isInteger(failOnErrors) && failOnErrors >= 0;
  if (failOnErrors !== undefined && !isCount)
    throw badRequest('invalidSyntax', 'failOnErrors: a whole number from 0 expected');
  return { failOnErrors, operations: withUniqueIds(operations.map(readOperation)) };
}

function readOperation(raw: Json): BulkOperation | RefusedOperation {
  const fields = new Map(Object.entries(isObject(raw) ? raw : {}).map(([name, value]) => [name.toLowerCase(), value]));
  const method = textIn(fields, 'method')?.toUpperCase();
  const bulkId = textIn(fields, 'bulkid');
  const sentPath = textIn(fields, 'path');
  const path = readPath(sentPath);
  try {
    return { kind: 'operation', ...readFields(fields, method, path), bulkId, version: textIn(fields, 'version') };
  } catch (error) {
    if (!(error instanceof ScimError)) throw error;
    return { kind: 'refused', method, path: sentPath, type: path?.type, id: path?.id, bulkId, error };
  }
}

function readFields(
  fields: ReadonlyMap<string, Json | undefined>,
  sent: string | undefined,
  path: BulkPath | undefined,
): Pick<BulkOperation, 'method' | 'type' | 'id' | 'data'> {
  const method = methods.find((known) => known === sent);
  if (!method) throw badRequest('invalidSyntax', 'method: POST, PUT, PATCH or DELETE expected');
  if (!path) throw new ScimError(404, undefined, 'path: there is nothing of that name');
  const { type, id } = path;
  if ((method === 'POST') !== (id === undefined))
    throw badRequest('invalidSyntax', 'path: it does not go with the method');
  const bulkId = textIn(fields, 'bulkid');
  if (method === 'POST' && !bulkId) throw badRequest('invalidSyntax', 'bulkId: POST needs one');
  if (bulkId && bulkId.length > bulkIdLengthMax) throw badRequest('invalidSyntax', 'bulkId: too long');
  if (typeof (fields.get('version') ?? '') !== 'string') throw badRequest('invalidSyntax', 'version: a text expected');
  const data = fields.get('data');
  if (method !== 'DELETE' && !isObject(data)) throw badRequest('invalidSyntax', 'data: an object expected');
  return { method, type, id, data: isObject(data) ? data : undefined };
}

type BulkPath = Pick<BulkOperation, 'type' | 'id'>;

/** RFC 7644 3.7: relative to the address of the service. Slashes at an end or in a row mean nothing, as in an address. */
function readPath(path = ''): BulkPath | undefined {
  const [name = '', id, ...rest] = path.split('/').filter((segment) => segment !== '');
  const type = resourceTypes.find(({ endpoint }) => endpoint.toLowerCase() === `/${name.toLowerCase()}`);
  return type && rest.length === 0 ? { type, id } : undefined;
}

/** Two operations of one bulkId: a reference to it could mean either. */
function withUniqueIds(
  operations: readonly (BulkOperation | RefusedOperation)[],
): (BulkOperation | RefusedOperation)[] {
  const seen = new Set<string>();
  return operations.map((operation) => {
    const { bulkId, method } = operation;
    if (bulkId === undefined || method !== 'POST') return operation;
    const isFirst = !seen.has(bulkId);
    seen.add(bulkId);
    if (isFirst) return operation;
    return { ...operation, kind: 'refused', error: badRequest('invalidSyntax', 'bulkId: it is there twice') };
  });
}

function textIn(fields: ReadonlyMap<string, Json | undefined>, name: string): string | undefined {
  const value = fields.get(name);
  return typeof value === 'string' ? value : undefined;
}
