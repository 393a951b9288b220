import { isList, isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { badRequest } from '../scim-error.js';

const depthMax = 64;
/** PostgreSQL stores neither NUL nor half a surrogate pair: an insert would fail as an error of ours. */
const notStorable = /[\u0000\p{Cs}]/u; // eslint-disable-line no-control-regex -- NUL is what is looked for.

/**
 * What has to hold before anything reads a body. Not recursive: the depth is what it looks for.
 * @throws ScimError invalidSyntax, invalidValue
 */
export function guardJson(body: unknown): JsonObject {
  if (!isObject(body)) throw badRequest('invalidSyntax', 'the body is no JSON object');
  let level: Json[] = [body];
  for (let depth = 1; level.length > 0; depth += 1) {
    if (depth > depthMax) throw badRequest('invalidSyntax', `nested deeper than ${depthMax}`);
    const next: Json[] = [];
    for (const value of level) collect(value, next);
    level = next;
  }
  return body;
}

function collect(value: Json, into: Json[]): void {
  if (typeof value === 'string') {
    refuseNotStorable(value);
    return;
  }
  if (typeof value !== 'object' || value === null) return;
  if (isList(value)) {
    // Without a pair for each element: a body within its bound may have five million of them.
    for (const inner of value) if (typeof inner === 'string' || typeof inner === 'object') into.push(inner);
    return;
  }
  for (const [name, inner] of Object.entries(value)) {
    refuseNotStorable(name);
    if (inner !== undefined) into.push(inner);
  }
}

/** @throws ScimError invalidValue */
export function refuseNotStorable(text: string): void {
  if (notStorable.test(text)) throw badRequest('invalidValue', 'a text with NUL or with half a surrogate pair');
}
