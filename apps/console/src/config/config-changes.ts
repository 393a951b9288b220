import { isDeepStrictEqual } from 'node:util';
import type { ConfigChange, ConfigExport } from '@gatehouse/contracts';

/** By path. Lists are compared as a whole; what came or went as a whole is named once. */
export function documentChanges(before: ConfigExport, after: ConfigExport): readonly ConfigChange[] {
  return changesBetween(before, after, []);
}

/** Fingerprints by name: whether a secret changed can be told without opening it. */
export function secretChanges(
  before: ReadonlyMap<string, string>,
  given: ReadonlyMap<string, string>,
  places: readonly { readonly name: string }[],
): readonly ConfigChange[] {
  const names = new Set(places.map(({ name }) => name));
  const removed = [...before.keys()]
    .filter((name) => !names.has(name))
    .map((path) => ({ path, change: 'removed' as const }));
  const set = [...given]
    .filter(([name, fingerprint]) => before.get(name) !== fingerprint)
    .map(([path]) => ({ path, change: before.has(path) ? ('changed' as const) : ('added' as const) }));
  return [...removed, ...set];
}

function changesBetween(before: unknown, after: unknown, path: readonly string[]): readonly ConfigChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (before === undefined) return [{ path: path.join('.'), change: 'added' }];
  if (after === undefined) return [{ path: path.join('.'), change: 'removed' }];
  if (!isRecord(before) || !isRecord(after)) return [{ path: path.join('.'), change: 'changed' }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changesBetween(before[key], after[key], [...path, key]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
