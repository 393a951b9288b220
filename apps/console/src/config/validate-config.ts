import { ConfigDocument, configDocumentSchema } from '@gatehouse/contracts';
import type { DocumentProblem } from '@gatehouse/contracts';
import type { z } from 'zod';
import { ConfigInvalidError } from './config-invalid.js';
import type { ConfigSource, Path } from './parse-config-text.js';

type Issue = z.core.$ZodIssue;

interface Fault {
  readonly path: Path;
  readonly message: string;
}

/** @throws ConfigInvalidError with the path of every fault, and its line where the source knows lines */
export function validateConfig(source: ConfigSource): ConfigDocument {
  const result = ConfigDocument.safeParse(source.value);
  const faults = result.success
    ? unstorable(source.value, [])
    : result.error.issues.flatMap((issue) => faultsOf(issue, []));
  if (faults.length > 0 || !result.success)
    throw new ConfigInvalidError(faults.map((fault) => problemAt(source, fault)));
  return result.data;
}

export function problemAt(source: ConfigSource, { path, message }: Fault): DocumentProblem {
  const line = source.lineOf(path);
  return { path: path.join('.'), message, ...(line === undefined ? {} : { line }) };
}

function faultsOf(issue: Issue, prefix: Path): readonly Fault[] {
  const path = [...prefix, ...issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment))];
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({ path: [...path, key], message: unknownKey(path) }));
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message }));
  if (issue.code !== 'invalid_union') return [{ path, message: plainMessage(issue) }];
  const branches = issue.errors.map((branch) => branch.flatMap((inner) => faultsOf(inner, path)));
  return closestBranch(branches, { path, message: issue.message });
}

/** What the library says of a member that is not there reads as if somebody had written `undefined`. */
function plainMessage({ code, message }: Issue): string {
  return code === 'invalid_type' && message.endsWith('received undefined') ? 'required' : message;
}

/** Of several allowed forms, the one that was most likely meant: fewest faults, then the deepest. */
function closestBranch(branches: readonly (readonly Fault[])[], fallback: Fault): readonly Fault[] {
  const rank = (branch: readonly Fault[]) => branch.length - Math.max(...branch.map(({ path }) => path.length)) / 1000;
  const usable = branches.filter((branch) => branch.length > 0);
  const best = Math.min(...usable.map(rank));
  const closest = usable.filter((branch) => rank(branch) === best);
  if (closest.length === 1) return closest[0]!;
  if (closest.length === 0 || closest.some((branch) => branch.length > 1)) return [fallback];
  return [
    { path: closest[0]![0]!.path, message: [...new Set(closest.map(([fault]) => fault!.message))].join(', or ') },
  ];
}

/** jsonb keeps neither NUL nor half a surrogate pair; say so here instead of failing in the middle of a commit. */
function unstorable(value: unknown, path: Path): readonly Fault[] {
  if (typeof value === 'string') {
    return /[\0\p{Surrogate}]/u.test(value)
      ? [{ path, message: 'has a character that cannot be stored (NUL or half a surrogate pair)' }]
      : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const entries: [string | number, unknown][] = Array.isArray(value) ? [...value.entries()] : Object.entries(value);
  return entries.flatMap(([key, inner]) => unstorable(inner, [...path, key]));
}

function unknownKey(parent: Path): string {
  const known = knownKeys(parent);
  return known.length > 0 ? `unknown key; known here: ${known.join(', ')}` : 'unknown key';
}

interface JsonSchema {
  readonly properties?: Record<string, JsonSchema>;
  readonly additionalProperties?: JsonSchema | boolean;
  readonly items?: JsonSchema;
  readonly anyOf?: readonly JsonSchema[];
}

let documentSchema: JsonSchema | undefined;

function knownKeys(path: Path): readonly string[] {
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
