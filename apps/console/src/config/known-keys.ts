import { configDocumentSchema } from '@gatehouse/contracts';
import type { Path } from './parse-config-text.js';

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

let documentSchema: JsonSchema | undefined;

/** The keys that the document may have below this path. */
export function knownKeys(path: Path): readonly string[] {
  documentSchema ??= configDocumentSchema();
  let schemas: readonly JsonSchema[] = [documentSchema];
  for (const segment of path)
    schemas = schemas.flatMap((schema) => alternatives(schema)).flatMap((schema) => inside(schema, segment));
  return [...new Set(schemas.flatMap(alternatives).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

function alternatives(schema: JsonSchema): readonly JsonSchema[] {
  return schema.anyOf ?? [schema];
}

function inside(
  { properties, additionalProperties, items }: JsonSchema,
  segment: string | number,
): readonly JsonSchema[] {
  const named = properties && Object.hasOwn(properties, segment) ? properties[segment] : undefined;
  if (named) return [named];
  if (typeof segment === 'number') return items ? [items] : [];
  return typeof additionalProperties === 'object' ? [additionalProperties] : [];
}
