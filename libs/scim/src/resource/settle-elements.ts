import type { Json, JsonObject } from '../json.js';
import type { Attribute } from '../schema/attribute.js';
import { badRequest } from '../scim-error.js';

const elementsMax = 200;

/** A list as it may be kept: no element without what it is about, none twice, one primary at most (RFC 7643 2.4). */
export function settleElements(list: Attribute, elements: readonly JsonObject[]): JsonObject[] {
  refuseTooMany(list, elements);
  const settled: JsonObject[] = [];
  const seen = new Set<string>();
  let hasPrimary = false;
  for (const element of elements) {
    if (contentOf(element).length === 0) continue;
    const isSecond: boolean = hasPrimary && element['primary'] === true;
    const kept: JsonObject = isSecond ? { ...element, primary: false } : element;
    const key = JSON.stringify(Object.entries(kept).sort());
    if (seen.has(key)) continue;
    seen.add(key);
    hasPrimary ||= kept['primary'] === true;
    settled.push(kept);
  }
  return settled;
}

/** What an element is about. `type` and `primary` say something of that, and nothing by themselves. */
export function contentOf(element: JsonObject): [name: string, value: Json | undefined][] {
  return Object.entries(element).filter(([name, value]) => name !== 'type' && name !== 'primary' && !isNothing(value));
}

const isNothing = (value: unknown): boolean => value === undefined || value === null || value === '';

export function refuseTooMany(list: Attribute, elements: readonly JsonObject[]): void {
  if (elements.length > elementsMax) throw badRequest('invalidValue', `${list.name}: more than ${elementsMax} values`);
}
