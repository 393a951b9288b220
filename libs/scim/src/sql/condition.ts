import { comparisonKey, evaluate } from '../filter/evaluate.js';
import type { Compare, Filter, Operator, Present, SomeElement } from '../filter/filter.js';
import { jsonOf, keyOf, textOf } from './operand.js';
import type { Parameters } from './parameters.js';

/** The JSON of a resource's row, and that of an element of one of its lists. */
const resourceJson = 'r.resource';
const elementJson = 'e.item';

/** What answers 404 is nobody's member. Its rows may still be there: they go after everybody who was affected was sent on. */
const isThere =
  '(exists (select from directory.directory_user u where u.id = m.member_id and u.deleted_at is null) ' +
  'or exists (select from directory.directory_group g where g.id = m.member_id and g.deleted_at is null))';

/** The rows behind a list that is no JSON. Names and ids of another provider's groups stay out. */
const memberships = new Map([
  ['members', `directory.directory_member m where m.group_id = r.id and ${isThere}`],
  [
    'groups',
    'directory.directory_member m join directory.directory_group g on g.id = m.group_id and g.provider = r.provider and g.deleted_at is null where m.member_id = r.id',
  ],
]);

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A condition on the row `r`. It may be null for false: `not` is the one that has to know. */
export function conditionOf(filter: Filter, parameters: Parameters, base = resourceJson): string {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return `(${filter.terms.map((term) => conditionOf(term, parameters, base)).join(` ${filter.kind} `)})`;
    case 'not':
      return `((${conditionOf(filter.term, parameters, base)}) is not true)`;
    case 'constant':
      return String(filter.value);
    case 'present':
      return presence(filter, base);
    case 'compare':
      return comparison(filter, parameters, base);
    case 'element':
      return someElement(filter, parameters, base);
  }
}

function presence(filter: Present, base: string): string {
  const { storage, type } = filter.attribute;
  if (storage.kind === 'constant') return 'true';
  if (storage.kind === 'column' && storage.as !== 'text') return 'true';
  return type === 'complex' ? `(${jsonOf(filter, base)} <> '{}')` : `(${textOf(filter, base)} <> '')`;
}

function someElement(filter: SomeElement, parameters: Parameters, base: string): string {
  const { attribute, where } = filter;
  const isMembership = attribute.storage.kind === 'membership';
  const rows = isMembership
    ? memberships.get(attribute.name)!
    : `jsonb_array_elements(${jsonOf(filter, base)}) e(item) where true`;
  const condition = where ? conditionOf(where, parameters, elementJson) : 'true';
  const exists = `exists (select 1 from ${rows} and (${condition}))`;
  const keys = attribute.storage.kind === 'resource' ? attribute.storage.keys : undefined;
  const value = keys && base === resourceJson && where ? valueAsked(where) : undefined;
  return value === undefined ? exists : `(${keys} @> array[${parameters.add(value)}] and ${exists})`;
}

/** What the index holds of a longer value is cut. */
const keyLengthMax = 300;

/** The key that some value of the list must have for the condition to hold: what the index is asked before anything else. */
function valueAsked(where: Filter): string | undefined {
  if (where.kind === 'and') return where.terms.map(valueAsked).find((value) => value !== undefined);
  if (where.kind !== 'compare' || where.operator !== 'eq' || where.attribute.key !== 'value') return undefined;
  const key = comparisonKey(where.attribute, String(where.value));
  return where.container.length === 0 && key.length <= keyLengthMax ? key : undefined;
}

function comparison(filter: Compare, parameters: Parameters, base: string): string {
  const { attribute, operator, value } = filter;
  const { storage } = attribute;
  if (storage.kind === 'constant') {
    return String(evaluate({ ...filter, container: [] }, { [attribute.name]: storage.value }));
  }
  if (typeof value === 'boolean') {
    if (storage.kind === 'column')
      return `(${storage.column} ${operator === 'eq' ? '=' : '<>'} ${parameters.add(value)})`;
    const text = textOf(filter, base);
    const known = attribute.otherwise === undefined ? text : `coalesce(${text}, '${String(attribute.otherwise)}')`;
    return onText(known, operator, String(value), parameters);
  }
  if (storage.kind === 'column' && storage.as === 'timestamptz')
    return onTime(storage.column, operator, value, parameters);
  if (storage.kind === 'column' && storage.as === 'uuid' && (operator === 'eq' || operator === 'ne')) {
    return onId(storage.column, operator, value, parameters);
  }
  return onText(keyOf(filter, base), operator, comparisonKey(attribute, value), parameters);
}

function onText(key: string, operator: Operator, value: string, parameters: Parameters): string {
  switch (operator) {
    case 'eq':
      return `(${key} = ${parameters.add(value)})`;
    case 'ne':
      return `(${key} is distinct from ${parameters.add(value)})`;
    case 'co':
    case 'sw':
    case 'ew':
      return `(${key} like ${parameters.add(pattern(operator, value))} escape '\\')`;
    case 'gt':
    case 'ge':
    case 'lt':
    case 'le':
      return `(${key} collate "C" ${signs[operator]} ${parameters.add(value)})`;
  }
}

const signs = { gt: '>', ge: '>=', lt: '<', le: '<=', eq: '=', ne: '<>' } as const;

function pattern(operator: 'co' | 'sw' | 'ew', value: string): string {
  const escaped = value.replace(/[\\%_]/g, '\\$&');
  return `${operator === 'sw' ? '' : '%'}${escaped}${operator === 'ew' ? '' : '%'}`;
}

/** A response tells milliseconds: what is compared is what a client can have seen. */
function onTime(column: string, operator: Operator, value: string, parameters: Parameters): string {
  if (operator === 'co' || operator === 'sw' || operator === 'ew')
    throw new Error(`${operator} of a time was let through`);
  return `(date_trunc('milliseconds', ${column}) ${signs[operator]} ${parameters.add(value)}::timestamptz)`;
}

/** A text that is no id of ours equals none, and must not become an error of a cast. */
function onId(column: string, operator: 'eq' | 'ne', value: string, parameters: Parameters): string {
  if (!uuid.test(value)) return String(operator === 'ne');
  return `(${column} ${signs[operator]} ${parameters.add(value)}::uuid)`;
}
