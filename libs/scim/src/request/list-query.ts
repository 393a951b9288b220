import { everyDialect } from '../dialects.js';
import type { Dialects } from '../dialects.js';
import { parseFilter } from '../filter/parse-filter.js';
import { isList } from '../json.js';
import type { Json } from '../json.js';
import { guardJson } from '../resource/guard-json.js';
import { Projection } from '../response/projection.js';
import { findPlace } from '../schema/resource-type.js';
import type { ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';
import type { Filter } from '../filter/filter.js';
import { sortKeyOf } from '../sql/sort.js';
import type { Sort } from '../sql/sort.js';

export interface PageLimits {
  readonly pageSizeDefault: number;
  readonly pageSizeMax: number;
}

export interface ListQuery {
  readonly filter: Filter | undefined;
  readonly sort: Sort | undefined;
  readonly projection: Projection;
  /** An empty cursor asks for the first page (RFC 9865 2.1). */
  readonly paging:
    | { readonly kind: 'index'; readonly startIndex: number; readonly count: number }
    | { readonly kind: 'cursor'; readonly cursor: string | undefined; readonly count: number };
}

/** The fields of a query string, or of the body of a search. */
type Fields = ReadonlyMap<string, Json>;

const startIndexMax = 1_000_000_000;
const searchSchema = 'urn:ietf:params:scim:api:messages:2.0:searchrequest';

/**
 * @param asked every type that the same query is about: what only others have is without a value in this one
 * @throws ScimError invalidFilter, invalidValue, invalidCount
 */
export function readListQuery(
  type: ResourceType,
  query: Readonly<Record<string, unknown>>,
  limits: PageLimits,
  dialects = everyDialect,
  asked: readonly ResourceType[] = [type],
): ListQuery {
  return readFields(type, fieldsOf(query), { limits, dialects, asked });
}

/** The body of POST /.search (RFC 7644 3.4.3). */
export function readSearch(
  type: ResourceType,
  body: unknown,
  limits: PageLimits,
  dialects = everyDialect,
  asked: readonly ResourceType[] = [type],
): ListQuery {
  const fields = fieldsOf(guardJson(body));
  const schemas = fields.get('schemas');
  const isSearch =
    isList(schemas) && schemas.some((urn) => typeof urn === 'string' && urn.toLowerCase() === searchSchema);
  if (!isSearch && !(schemas === undefined && dialects.looseSchemas)) {
    throw badRequest('invalidSyntax', 'schemas: the URN of SearchRequest is missing');
  }
  return readFields(type, fields, { limits, dialects, asked });
}

interface Reading {
  readonly limits: PageLimits;
  readonly dialects: Dialects;
  readonly asked: readonly ResourceType[];
}

function readFields(type: ResourceType, fields: Fields, { limits, dialects, asked }: Reading): ListQuery {
  const source = textOf(fields, 'filter');
  return {
    filter: source === undefined ? undefined : parseFilter(type, source, dialects, asked),
    sort: readSort(type, fields, asked),
    projection: readProjection(type, fields),
    paging: readPaging(fields, limits),
  };
}

/** Of one resource too: `GET /Users/{id}?attributes=userName`. */
function readProjection(type: ResourceType, fields: Fields): Projection {
  return new Projection(type, {
    attributes: namesOf(fields, 'attributes'),
    excludedAttributes: namesOf(fields, 'excludedattributes'),
  });
}

export function readProjectionQuery(type: ResourceType, query: Readonly<Record<string, unknown>>): Projection {
  return readProjection(type, fieldsOf(query));
}

function readPaging(fields: Fields, { pageSizeDefault, pageSizeMax }: PageLimits): ListQuery['paging'] {
  const cursor = textOf(fields, 'cursor');
  const isByCursor = cursor !== undefined;
  const asked = numberOf(fields, 'count', isByCursor ? 'invalidCount' : 'invalidValue');
  // RFC 9865: no fewer than 1. A page of nobody without a next one would be the end to whoever walks.
  if (isByCursor && asked !== undefined && asked < 1)
    throw badRequest('invalidCount', 'count: at least 1 with a cursor');
  const count = Math.min(Math.max(asked ?? pageSizeDefault, 0), pageSizeMax);
  const startIndex = numberOf(fields, 'startindex', 'invalidValue');
  if (isByCursor && startIndex !== undefined) throw badRequest('invalidValue', 'either cursor or startIndex');
  if (isByCursor) return { kind: 'cursor', cursor: cursor === '' ? undefined : cursor, count };
  return { kind: 'index', startIndex: Math.min(Math.max(startIndex ?? 1, 1), startIndexMax), count };
}

/** @returns undefined too where only another type has the attribute: none of these has a value to be sorted by */
function readSort(type: ResourceType, fields: Fields, asked: readonly ResourceType[]): Sort | undefined {
  const by = textOf(fields, 'sortby');
  const order = textOf(fields, 'sortorder')?.toLowerCase() ?? 'ascending';
  if (order !== 'ascending' && order !== 'descending')
    throw badRequest('invalidValue', 'sortOrder: ascending or descending');
  if (by === undefined || by === '') return undefined;
  const sorted = [type, ...asked].find((one) => findPlace(one, by)) ?? type;
  sortKeyOf(sorted, by); // A name that nobody knows is the client's mistake, to be told before anything is read.
  return sorted === type ? { by, descending: order === 'descending' } : undefined;
}

function numberOf(fields: Fields, name: string, errorType: 'invalidValue' | 'invalidCount'): number | undefined {
  const raw = fields.get(name);
  if (raw === undefined || raw === null || raw === '') return undefined;
  const isInteger =
    typeof raw === 'number' ? Number.isInteger(raw) : typeof raw === 'string' && /^[+-]?\d{1,15}$/.test(raw);
  if (!isInteger) throw badRequest(errorType, `${name}: a whole number expected`);
  return Number(raw);
}

function textOf(fields: Fields, name: string): string | undefined {
  const raw = fields.get(name);
  if (raw === undefined || raw === null) return undefined;
  if (typeof raw !== 'string')
    throw badRequest(name === 'filter' ? 'invalidFilter' : 'invalidValue', `${name}: one text expected`);
  return raw;
}

/** One text with commas, several of them, or a list. */
function namesOf(fields: Fields, name: string): string[] | undefined {
  const raw = fields.get(name);
  if (raw === undefined || raw === null) return undefined;
  const names: string[] = [];
  for (const part of isList(raw) ? raw : [raw]) {
    if (typeof part !== 'string') throw badRequest('invalidValue', `${name}: names expected`);
    names.push(...part.split(',').map((one) => one.trim()).filter((one) => one !== '')); // prettier-ignore
  }
  return names.length > 0 ? names : undefined;
}

function fieldsOf(query: Readonly<Record<string, unknown>>): Fields {
  const fields = new Map<string, Json>();
  for (const [name, value] of Object.entries(query))
    if (value !== undefined) fields.set(name.toLowerCase(), value as Json);
  return fields;
}
