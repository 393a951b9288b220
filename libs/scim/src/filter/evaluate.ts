import { foldName } from '@gatehouse/mapping';
import { isList, isObject } from '../json.js';
import type { Json } from '../json.js';
import type { Attribute } from '../schema/attribute.js';
import type { Compare, Filter, Operand, Operator } from './filter.js';

/** The same answer as the SQL of `sql/condition.ts`; a test holds the two together. */
export function evaluate(filter: Filter, subject: Json): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every((term) => evaluate(term, subject));
    case 'or':
      return filter.terms.some((term) => evaluate(term, subject));
    case 'not':
      return !evaluate(filter.term, subject);
    case 'constant':
      return filter.value;
    case 'present':
      return isAssigned(valueAt(filter, subject));
    case 'compare':
      return compares(filter, valueAt(filter, subject));
    case 'element': {
      const { where } = filter;
      const list = valueAt(filter, subject);
      return isList(list) && list.some((element) => !where || evaluate(where, element));
    }
  }
}

/** How two values are compared: as sent where case counts, else without case and as NFC. */
export function comparisonKey({ caseExact }: Attribute, text: string): string {
  return caseExact ? text : foldName(text);
}

function valueAt({ container, attribute }: Operand, subject: Json): Json | undefined {
  let holder: Json | undefined = subject;
  for (const name of container) holder = isObject(holder) ? holder[name] : undefined;
  return isObject(holder) ? holder[attribute.name] : undefined;
}

function isAssigned(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (isList(value)) return value.length > 0;
  return !isObject(value) || Object.keys(value).length > 0;
}

function compares(comparison: Compare, found: Json | undefined): boolean {
  const { attribute, operator, value } = comparison;
  const known = found ?? attribute.otherwise;
  if (typeof known === 'boolean') return operator === 'eq' ? known === value : known !== value;
  if (typeof known !== 'string') return operator === 'ne';
  return holds(operator, comparisonKey(attribute, known), keyOf(comparison));
}

/** Folded once for all elements of a list. */
const keys = new WeakMap<Compare, string>();

function keyOf(comparison: Compare): string {
  let key = keys.get(comparison);
  if (key === undefined) keys.set(comparison, (key = comparisonKey(comparison.attribute, String(comparison.value))));
  return key;
}

function holds(operator: Operator, left: string, right: string): boolean {
  switch (operator) {
    case 'eq':
      return left === right;
    case 'ne':
      return left !== right;
    case 'co':
      return left.includes(right);
    case 'sw':
      return left.startsWith(right);
    case 'ew':
      return left.endsWith(right);
    case 'gt':
      return inOrder(left, right) > 0;
    case 'ge':
      return inOrder(left, right) >= 0;
    case 'lt':
      return inOrder(left, right) < 0;
    case 'le':
      return inOrder(left, right) <= 0;
  }
}

/** By code points, as PostgreSQL's collation C: UTF-16 would put rare characters elsewhere. */
function inOrder(left: string, right: string): number {
  return Buffer.compare(Buffer.from(left), Buffer.from(right));
}
