import type { Filter } from '../filter/filter.js';
import type { JsonObject } from '../json.js';

/**
 * The element that a value path describes, when it describes one: `type eq "work" and primary eq true`.
 * With `or`, `not` or another operator nobody could say what to make.
 */
export function seedOf(where: Filter): JsonObject | undefined {
  if (where.kind === 'compare' && where.operator === 'eq') return { [where.attribute.name]: where.value };
  if (where.kind !== 'and') return undefined;
  const seeds = where.terms.map(seedOf);
  return seeds.every((seed) => seed !== undefined) ? mergeSeeds(seeds) : undefined;
}

/** Nothing has two types at once. */
function mergeSeeds(seeds: readonly JsonObject[]): JsonObject | undefined {
  const merged: JsonObject = Object.assign({}, ...seeds) as JsonObject;
  const isOne = seeds.every((seed) => Object.entries(seed).every(([name, value]) => merged[name] === value));
  return isOne ? merged : undefined;
}

/** The ids that `value eq "..."`, or several joined by `or`, select. */
export function valuesOf(where: Filter): string[] | undefined {
  if (where.kind === 'compare') {
    const { attribute, operator, value } = where;
    return attribute.key === 'value' && operator === 'eq' && typeof value === 'string' ? [value] : undefined;
  }
  if (where.kind !== 'or') return undefined;
  const values = where.terms.map(valuesOf);
  return values.every((some) => some !== undefined) ? values.flat() : undefined;
}
