import type { Operand } from '../filter/filter.js';
import { valueOf } from '../schema/attribute.js';
import type { Attribute } from '../schema/attribute.js';
import { findPlace } from '../schema/resource-type.js';
import type { ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';
import { jsonOf, keyOf } from './operand.js';

export interface Sort {
  readonly by: string;
  readonly descending: boolean;
}

/** Bounds a cursor, which carries the key. */
const keyLengthMax = 300;

/** A text by which rows are ordered, null where nothing is assigned; an id breaks ties. */
export function sortKeyOf(type: ResourceType, path: string): string {
  const place = findPlace(type, path);
  if (!place) throw badRequest('invalidValue', 'sortBy: no attribute of that name');
  const { container, attribute, sub } = place;
  if (attribute.multiValued) return left(listKey({ container, attribute }, sub ?? leafOf(attribute)));
  if (attribute.type !== 'complex') return left(keyOf({ container, attribute: sortable(attribute) }, 'r.resource'));
  const leaf = sortable(sub ?? leafOf(attribute));
  return left(keyOf({ container: [...container, attribute.name], attribute: leaf }, 'r.resource'));
}

/** RFC 7644 3.4.2.3: a list is sorted by its primary value, or else by its first. */
function listKey(list: Operand, sub: Attribute): string {
  sortable(list.attribute);
  const key = keyOf({ container: [], attribute: sortable(sub) }, 'e.item');
  return `(select ${key} from jsonb_array_elements(${jsonOf(list, 'r.resource')}) with ordinality e(item, place) order by (e.item ->> 'primary') is not distinct from 'true' desc, e.place limit 1)`;
}

function leafOf(attribute: Attribute): Attribute {
  const value = valueOf(attribute);
  if (!value) throw badRequest('invalidValue', `sortBy: ${attribute.name} has several values: name one of them`);
  return value;
}

function sortable(attribute: Attribute): Attribute {
  const { kind } = attribute.storage;
  if (kind === 'column' || kind === 'resource') return attribute;
  throw badRequest('invalidValue', `sortBy: rows cannot be sorted by ${attribute.name}`);
}

const left = (key: string): string => `left(${key}, ${keyLengthMax})`;
