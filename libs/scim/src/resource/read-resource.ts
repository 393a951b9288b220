import { everyDialect } from '../dialects.js';
import { isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { findAttribute } from '../schema/attribute.js';
import type { Attribute, Schema } from '../schema/attribute.js';
import { findSchema } from '../schema/resource-type.js';
import type { ResourceType } from '../schema/resource-type.js';
import { badRequest } from '../scim-error.js';
import { guardJson } from './guard-json.js';
import { namesNobody, readMembers } from './members.js';
import type { Members } from './members.js';
import { ReadContext } from './read-context.js';
import { readSchemas } from './read-schemas.js';
import { readValue } from './read-value.js';

/** What a client may write of a resource, by the names of the schemas. */
export interface ReadResource {
  readonly resource: JsonObject;
  /** Undefined when the body has no such key, or nothing in it: that is not an empty group. */
  readonly members: Members | undefined;
  /** Names that no schema has; an operator is told. */
  readonly ignored: readonly string[];
}

/**
 * The body of a POST or a PUT. Whoever creates gives `active` its default, true; whoever replaces keeps what it was,
 * so that a PUT without it revives nobody.
 * @throws ScimError invalidSyntax, invalidValue
 */
export function readResource(type: ResourceType, body: unknown, dialects = everyDialect): ReadResource {
  const context = new ReadContext(dialects);
  const entries = Object.entries(guardJson(body));
  const schemas = entries.find(([name]) => name.toLowerCase() === 'schemas')?.[1];
  readSchemas(type, schemas, context);
  const reader = new ResourceReader(type, context);
  for (const [name, raw] of entries) if (raw !== undefined) reader.read(name, raw);
  for (const { name, required } of type.attributes) {
    if (required && reader.values[name] === undefined) throw badRequest('invalidValue', `${name} is required`);
  }
  return { resource: reader.values, members: reader.members, ignored: context.ignored };
}

class ResourceReader {
  readonly values: Record<string, Json> = {};
  members: Members | undefined;
  private readonly seen = new Set<Attribute | Schema>();

  constructor(
    private readonly type: ResourceType,
    private readonly context: ReadContext,
  ) {}

  read(name: string, raw: Json): void {
    const attribute = findAttribute(this.type.attributes, name);
    if (attribute) {
      this.readInto(this.values, attribute, raw);
      return;
    }
    const schema = findSchema(this.type, name);
    if (schema && schema !== this.type.schema && (isObject(raw) || raw === null)) {
      this.readExtension(schema, raw);
      return;
    }
    this.context.ignore(name);
  }

  private readExtension(schema: Schema, raw: JsonObject | null): void {
    this.once(schema, schema.id);
    const values: Record<string, Json> = {};
    for (const [name, inner] of Object.entries(raw ?? {})) {
      const attribute = findAttribute(schema.attributes, name);
      if (attribute && inner !== undefined) this.readInto(values, attribute, inner);
      else this.context.ignore(name);
    }
    if (Object.keys(values).length > 0) this.values[schema.id] = values;
  }

  private readInto(values: Record<string, Json>, attribute: Attribute, raw: Json): void {
    this.once(attribute, attribute.name);
    const { kind } = attribute.storage;
    if (attribute.mutability === 'readOnly' || kind === 'computed') return;
    if (kind === 'membership') {
      this.members = namesNobody(raw) ? undefined : readMembers(raw, this.context);
      return;
    }
    // A password is read, so that a wrong one is refused, and goes no further.
    const value = readValue(attribute, raw, this.context);
    if (value !== undefined && kind !== 'dropped') values[attribute.name] = value;
  }

  /** Names that differ in case only are one name: which value would count? */
  private once(what: Attribute | Schema, name: string): void {
    if (this.seen.has(what)) throw badRequest('invalidSyntax', `${name} is there twice`);
    this.seen.add(what);
  }
}
