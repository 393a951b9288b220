import type { Json, JsonObject } from '../json.js';
import type { AttributeDelta } from './delta.js';
import { holderOf } from './apply-deltas.js';
import type { Draft } from './apply-deltas.js';

/** Characters. Nobody counts what becomes of the resource, so that it grows by little with each attribute. */
const shortMax = 2_000;

/**
 * What a PATCH sets, where all it does is to set single, short values: then nobody has to know what the resource was before.
 * @returns a part of a resource, objects in it one level deep; undefined for every other PATCH
 */
export function assignmentsOf(deltas: readonly AttributeDelta[]): JsonObject | undefined {
  if (deltas.length === 0) return undefined;
  const set: Draft = {};
  for (const delta of deltas) {
    if (delta.kind !== 'assign' || delta.container.length > 1 || !isSingle(delta.value)) return undefined;
    holderOf(set, delta.container)[delta.attribute.name] = delta.value;
  }
  return set;
}

function isSingle(value: Json): boolean {
  return typeof value === 'boolean' || (typeof value === 'string' && value.length <= shortMax);
}
