import type { JsonSchema, OpenApi } from './contract-files.js';

/**
 * Where our shape says something that Atlassian's schema does not: a property it does not have, or one of another
 * type. Not where it says less, because a stand-in and a client need only a part, and never about what is required,
 * because the document marks nothing so (jira-facts 3).
 */
export function shapeDifferences(ours: JsonSchema, theirs: JsonSchema, document: OpenApi, path = ''): string[] {
  const known = resolveReference(theirs, document);
  const types = typesOf(ours);
  const expected = known.type === undefined ? types : [known.type].flat();
  if (!types.every((type) => expected.includes(type))) {
    return [`${path}: ${types.join(' or ')} here, ${expected.join(' or ')} there`];
  }
  if (ours.items && known.items) return shapeDifferences(ours.items, known.items, document, `${path}[]`);
  return Object.entries(ours.properties ?? {}).flatMap(([name, property]) => {
    const below = path === '' ? name : `${path}.${name}`;
    const counterpart = known.properties?.[name] ?? mapValues(known);
    return counterpart ? shapeDifferences(property, counterpart, document, below) : [`${below}: not there`];
  });
}

/** What a value looks like: names and types, nothing of its content. An array is as its first element. */
export function outline(value: unknown): unknown {
  if (Array.isArray(value)) return value.length > 0 ? [outline(value[0])] : [];
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, property]) => [name, outline(property)]),
  );
}

function typesOf(schema: JsonSchema): string[] {
  if (schema.anyOf) return schema.anyOf.flatMap(typesOf);
  if (schema.type !== undefined) return [schema.type].flat();
  return [typeof (schema.const ?? schema.enum?.[0])];
}

function mapValues(schema: JsonSchema): JsonSchema | undefined {
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : undefined;
}

function resolveReference(schema: JsonSchema, document: OpenApi): JsonSchema {
  const name = schema.$ref?.split('/').at(-1);
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}
