import type { Dialects } from '../dialects.js';
import { versionTags } from '../request/etag.js';
import type { Attribute } from '../schema/attribute.js';
import { badRequest } from '../scim-error.js';
import type { ScimType } from '../scim-error.js';
import type { Filter, Operand, Operator } from './filter.js';

const operators = new Map<string, Operator>(
  (['eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le'] as const).map((operator) => [operator, operator]),
);
const onEquality = new Set<Operator>(['eq', 'ne']);
const onOrder = new Set<Operator>(['eq', 'ne', 'gt', 'ge', 'lt', 'le']);
const onText = new Set<Operator>(operators.values());
const onBinary = new Set<Operator>(['eq', 'ne', 'co', 'sw', 'ew']);
const dateTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?$/i;
const firstTime = Date.parse('0001-01-01T00:00:00.000Z');
const lastTime = Date.parse('9999-12-31T23:59:59.999Z');

export function readOperator(word: string): Operator | undefined {
  return operators.get(word.toLowerCase());
}

export type Literal = string | number | boolean | null;

/** A comparison that the schema allows, or the error that says why not. */
export function compare(
  operand: Operand,
  operator: Operator,
  literal: Literal,
  { dialects, errorType }: { dialects: Dialects; errorType: ScimType },
): Filter {
  const { attribute } = operand;
  if (literal === null) return compareWithNothing(operand, operator, errorType);
  const value = fit(attribute, literal, dialects);
  if (value === undefined) throw badRequest(errorType, `${attribute.name} is compared with a value of another type`);
  if (!operatorsOf(attribute).has(operator)) throw badRequest(errorType, `${attribute.name} knows no ${operator}`);
  return { kind: 'compare', ...operand, operator, value };
}

/** RFC 7643 2.5: null and unassigned are one. */
function compareWithNothing(operand: Operand, operator: Operator, errorType: ScimType): Filter {
  const present: Filter = { kind: 'present', ...operand };
  if (operator === 'ne') return present;
  if (operator === 'eq') return { kind: 'not', term: present };
  throw badRequest(errorType, `${operator} does not compare with null`);
}

function fit(attribute: Attribute, literal: Exclude<Literal, null>, dialects: Dialects): string | boolean | undefined {
  switch (attribute.type) {
    case 'boolean':
      return fitBoolean(literal, dialects);
    case 'dateTime':
      return typeof literal === 'string' ? fitTime(literal) : undefined;
    case 'string':
    case 'reference':
    case 'binary':
      return typeof literal === 'string' ? textOf(attribute, literal) : undefined;
    case 'integer': // No attribute of a person or a group.
    case 'complex':
      return undefined;
  }
}

/** A tag that was shown has the person's groups in it, which no row has. */
function textOf({ storage }: Attribute, text: string): string {
  return storage.kind === 'column' && storage.as === 'version' ? versionTags(text) : text;
}

function fitBoolean(literal: string | number | boolean, { stringBooleans }: Dialects): boolean | undefined {
  if (typeof literal === 'boolean') return literal;
  return stringBooleans && typeof literal === 'string' ? readStringBoolean(literal) : undefined;
}

export function readStringBoolean(text: string): boolean | undefined {
  const folded = text.toLowerCase();
  return folded === 'true' ? true : folded === 'false' ? false : undefined;
}

/**
 * An offset can lead out of the years that have four digits, as it does with the least time that .NET knows. PostgreSQL
 * reads none of those; nothing of ours is as old or as late, so the first and the last one that it reads compare alike.
 */
function fitTime(text: string): string | undefined {
  if (!dateTime.test(text)) return undefined;
  const time = Date.parse(/(?:Z|[+-]\d\d:\d\d)$/i.test(text) ? text : `${text}Z`);
  if (Number.isNaN(time)) return undefined;
  return new Date(Math.min(Math.max(time, firstTime), lastTime)).toISOString();
}

function operatorsOf({ type }: Attribute): ReadonlySet<Operator> {
  if (type === 'boolean') return onEquality;
  if (type === 'dateTime') return onOrder;
  return type === 'binary' ? onBinary : onText;
}
