import type { Filter } from '../filter/filter.js';
import type { ResourceType } from '../schema/resource-type.js';
import { conditionOf } from './condition.js';
import type { Position } from './cursor.js';
import { Parameters } from './parameters.js';
import type { Statement } from './parameters.js';
import { sortKeyOf } from './sort.js';
import type { Sort } from './sort.js';

export type Paging =
  | { readonly kind: 'index'; readonly startIndex: number; readonly count: number }
  | { readonly kind: 'cursor'; readonly after: Position | undefined; readonly count: number };

export interface ListRequest {
  readonly type: ResourceType;
  readonly provider: string;
  readonly filter?: Filter;
  readonly sort?: Sort;
  /** Rows have their `memberships`, of a type where these are few. */
  readonly withMemberships?: boolean;
}

export interface SortedRequest extends ListRequest {
  readonly sort: Sort;
}

/** How many rows there are, of this provider only. */
export function countStatement(request: ListRequest): Statement {
  const parameters = new Parameters();
  const where = scopeOf(request, parameters);
  return {
    text: `select count(*)::int as total from ${request.type.table} r where ${where}`,
    values: parameters.values,
  };
}

/**
 * One page. With a sort, each row has its `sort_key`, which the cursor behind the last row needs.
 * By cursor one row more than asked is read: it tells whether there is a next page, and is not a part of this one.
 */
export function pageStatement(request: ListRequest, paging: Paging): Statement {
  const { type, sort } = request;
  const parameters = new Parameters();
  const conditions = [scopeOf(request, parameters)];
  const key = sort && sortKeyOf(type, sort.by);
  if (paging.kind === 'cursor' && paging.after) conditions.push(behind(paging.after, sort, key, parameters));
  const columns = type.columns.map((column) => `r.${column}`);
  if (key) columns.push(`${key} as sort_key`);
  if (request.withMemberships && type.memberships) columns.push(`${type.memberships} as memberships`);
  const order = key ? `${key} collate "C" ${sort.descending ? 'desc nulls first' : 'asc nulls last'}, r.id` : 'r.id';
  const limit = paging.kind === 'cursor' ? paging.count + 1 : paging.count;
  const offset = paging.kind === 'index' ? ` offset ${parameters.add(paging.startIndex - 1)}` : '';
  return {
    text:
      `select ${columns.join(', ')} from ${type.table} r where ${conditions.join(' and ')} ` +
      `order by ${order} limit ${parameters.add(limit)}${offset}`,
    values: parameters.values,
  };
}

/** Of several types in one order: columns `place`, of the request, and `id`. All of them have the same sort. */
export function mergedStatement(
  requests: readonly SortedRequest[],
  { startIndex, count }: { readonly startIndex: number; readonly count: number },
): Statement {
  const parameters = new Parameters();
  const kinds = requests.map((request, place) => {
    const { type, sort } = request;
    return `select ${place} as place, r.id, ${sortKeyOf(type, sort.by)} as sort_key from ${type.table} r where ${scopeOf(request, parameters)}`;
  });
  const order = requests[0]!.sort.descending ? 'desc nulls first' : 'asc nulls last';
  return {
    text:
      `select place, id from (${kinds.join(' union all ')}) as every ` +
      `order by sort_key collate "C" ${order}, place, id limit ${parameters.add(count)} offset ${parameters.add(startIndex - 1)}`,
    values: parameters.values,
  };
}

/** The provider stands outside the brackets of the client's filter, so that no `or` in it can lead out of them. */
function scopeOf({ type, provider, filter }: ListRequest, parameters: Parameters): string {
  const scope = [`r.provider = ${parameters.add(provider)}`, type.visible];
  if (filter) scope.push(`(${conditionOf(filter, parameters)})`);
  return scope.join(' and ');
}

/** The rows that come after a position, in the order of `order by`: unassigned last when ascending, first when descending. */
function behind(after: Position, sort: Sort | undefined, key: string | undefined, parameters: Parameters): string {
  const tie = `r.id > ${parameters.add(after.id)}::uuid`;
  if (!sort || !key) return tie;
  if (after.key === null) return sort.descending ? `(${key} is not null or ${tie})` : `(${key} is null and ${tie})`;
  const bound = parameters.add(after.key);
  const further = `${key} collate "C" ${sort.descending ? '<' : '>'} ${bound}`;
  const unassigned = sort.descending ? '' : ` or ${key} is null`;
  return `(${further} or (${key} = ${bound} and ${tie})${unassigned})`;
}
