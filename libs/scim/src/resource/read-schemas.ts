import { isList } from '../json.js';
import type { Json } from '../json.js';
import { findSchema, isOfScim1 } from '../schema/resource-type.js';
import type { ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';
import type { ReadContext } from './read-context.js';

/** The core URN has to be among them. URNs that nobody here knows are let through beside it (C12), and noted. */
export function readSchemas(type: ResourceType, raw: Json | undefined, context: ReadContext): void {
  const { looseSchemas } = context.dialects;
  if (raw === undefined && looseSchemas) return;
  if (!isList(raw) || !raw.every((urn) => typeof urn === 'string')) {
    throw badRequest('invalidSyntax', 'schemas: a list of URNs expected');
  }
  let hasCore = false;
  for (const urn of raw) {
    const schema = isOfScim1(urn) && !looseSchemas ? undefined : findSchema(type, urn);
    hasCore ||= schema === type.schema;
    if (schema) continue;
    if (!looseSchemas) throw badRequest('invalidValue', 'schemas: a URN that is not known');
    context.ignore(urn);
  }
  if (!hasCore) throw badRequest('invalidValue', `schemas: ${type.schema.id} is missing`);
}
