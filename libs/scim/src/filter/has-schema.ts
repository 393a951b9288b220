import { attribute, findAttribute } from '../schema/attribute.js';
import { findSchema } from '../schema/resource-type.js';
import type { ResourceType } from '../schema/resource-type.js';
import type { Filter } from './filter.js';

/**
 * `schemas eq "urn:..."`, as RFC 7644 3.4.2.2 asks who has an extension. Which schemas a resource has follows from what is
 * assigned: the core schema is everybody's, and a URN that is not known here is nobody's.
 */
export function hasSchema(type: ResourceType, urn: string): Filter {
  const schema = findSchema(type, urn);
  if (!schema) return { kind: 'not', term: hasAnySchema(type) };
  if (schema === type.schema) return hasAnySchema(type);
  const extension = attribute(schema.id, schema.description, { type: 'complex', sub: schema.attributes });
  return { kind: 'present', container: [], attribute: extension };
}

/** `schemas pr`. */
export function hasAnySchema(type: ResourceType): Filter {
  return { kind: 'present', container: [], attribute: findAttribute(type.attributes, 'id')! };
}
