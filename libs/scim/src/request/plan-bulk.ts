import { isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { ScimError } from '../scim-error.js';
import type { BulkOperation, BulkRequest } from './read-bulk.js';

const prefix = 'bulkId:';

export type BulkStep =
  | { readonly kind: 'do'; readonly operation: BulkOperation }
  | {
      readonly kind: 'answer';
      readonly method: string | undefined;
      readonly bulkId: string | undefined;
      readonly error: ScimError;
    };

/**
 * The order in which references are known when they are needed; else the order of the request (RFC 7644 3.7.1).
 * Operations of a circle, and those that refer to nothing, are answered with 409 and do not run.
 */
export function planBulk({ operations }: BulkRequest): BulkStep[] {
  const makers = new Map<string, number>();
  operations.forEach((operation, index) => {
    if (operation.kind === 'operation' && operation.method === 'POST') makers.set(operation.bulkId!, index);
  });
  const needs = operations.map((operation) => {
    const names = operation.kind === 'operation' ? referencesOf(operation) : [];
    return names.map((name) => makers.get(name));
  });
  const order = inOrder(needs.map((names) => names.filter((need) => need !== undefined)));
  return order.map(({ index, isCircular }) => {
    const operation = operations[index]!;
    const { method, bulkId } = operation;
    if (operation.kind === 'refused') return { kind: 'answer', method, bulkId, error: operation.error };
    const isLost = needs[index]!.includes(undefined);
    if (!isLost && !isCircular) return { kind: 'do', operation };
    const detail = isLost ? 'a bulkId that no operation makes' : 'references that go in a circle';
    return { kind: 'answer', method, bulkId, error: new ScimError(409, undefined, detail) };
  });
}

/** Puts ids in the place of references. @throws ScimError 409 when what was referred to was not made */
export function resolveReferences(operation: BulkOperation, ids: ReadonlyMap<string, string>): BulkOperation {
  const resolve = (text: string): string => {
    if (!text.startsWith(prefix)) return text;
    const id = ids.get(text.slice(prefix.length));
    if (id === undefined) throw new ScimError(409, undefined, 'what a bulkId refers to was not made');
    return id;
  };
  const { id, data } = operation;
  return { ...operation, id: id && resolve(id), data: data && (mapTexts(data, resolve) as JsonObject) };
}

/** Whether the next operation is still to be done. */
export function goesOn({ failOnErrors }: BulkRequest, failures: number): boolean {
  return failOnErrors === undefined || failures < failOnErrors;
}

function referencesOf({ id, data }: BulkOperation): string[] {
  const names = new Set<string>();
  const note = (text: string): string => {
    if (text.startsWith(prefix)) names.add(text.slice(prefix.length));
    return text;
  };
  if (id) note(id);
  if (data) mapTexts(data, note);
  return [...names];
}

/** guardJson has bounded the depth. */
function mapTexts(value: Json, map: (text: string) => string): Json {
  if (typeof value === 'string') return map(value);
  if (Array.isArray(value)) return value.map((inner: Json) => mapTexts(inner, map));
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    inner === undefined ? inner : mapTexts(inner, map),
  ]);
  return Object.fromEntries(entries) as JsonObject;
}

interface Ordered {
  readonly index: number;
  readonly isCircular: boolean;
}

/** Depth first without recursion: 1,000 operations may be one chain. */
function inOrder(needs: readonly (readonly number[])[]): Ordered[] {
  const done = new Set<number>();
  const circular = new Set<number>();
  for (let start = 0; start < needs.length; start += 1) {
    const path = [start];
    while (path.length > 0) {
      const index = path.at(-1)!;
      const next = needs[index]!.find((need) => !done.has(need) && !circular.has(need));
      if (next === undefined) done.add(path.pop()!);
      else if (path.includes(next)) for (const member of path.slice(path.indexOf(next))) circular.add(member);
      else path.push(next);
    }
  }
  return [...done].map((index) => ({ index, isCircular: circular.has(index) }));
}
