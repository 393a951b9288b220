import type { Dialects } from '../dialects.js';
import type { Attribute, Schema } from '../schema/attribute.js';
import { findPlace, isPlace, resolvePlace } from '../schema/resource-type.js';
import type { Place, ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';
import type { Filter } from './filter.js';
import { Parser } from './parser.js';

/** RFC 7644 3.5.2: an attribute, a sub-attribute, the selected elements of a list, or one attribute of those. */
export interface PatchTarget {
  readonly container: readonly string[];
  readonly attribute: Attribute;
  readonly where?: Filter;
  readonly sub?: Attribute;
}

const managerAlone = /^manager(?:\.|$)/i;

/** Entra's documentation has a manager without the URN of the extension, as a list of one. */
function managerOf(type: ResourceType, path: string): Place | undefined {
  if (!managerAlone.test(path)) return undefined;
  return type.extensions.map(({ id }) => findPlace(type, `${id}:${path}`)).find((place) => place !== undefined);
}

/** @returns a schema when the path is the URN of one; undefined when the names lead nowhere */
export function parsePath(type: ResourceType, source: string, dialects: Dialects): PatchTarget | Schema | undefined {
  const parser = new Parser(source, dialects, 'invalidPath');
  const token = parser.take('word', 'the name of an attribute');
  const found = resolvePlace(type, token.text) ?? (dialects.managerShapes && managerOf(type, token.text));
  if (!found) return undefined;
  if (!isPlace(found) || parser.isAt('end')) {
    parser.take('end', 'the end');
    return found;
  }
  const { container, attribute, sub } = found;
  if (!attribute.multiValued || sub) throw badRequest('invalidPath', `${attribute.name} is no list to select from`);
  const where = parser.readBracket(attribute);
  const subBehind = parser.takeSub(attribute);
  parser.take('end', 'the end');
  return { container, attribute, where, ...(subBehind && { sub: subBehind }) };
}
