import { isDeepStrictEqual } from 'node:util';
import { ownMember } from '@gatehouse/contracts';
import type { ConfigChange, ConfigExport } from '@gatehouse/contracts';
import { withoutCredentials } from '../audit/without-credentials.js';
import { changeInWords } from './change-in-words.js';

/** By path. Lists are compared as a whole; what came or went as a whole is named once. */
export function documentChanges(before: ConfigExport, after: ConfigExport): readonly ConfigChange[] {
  return changesBetween(before, after, []).map(({ path, change, before: was, after: is }) => ({
    path,
    change,
    words: changeInWords(change, harmless(was), harmless(is)),
  }));
}

/** One line of the audit about a change: what was there and what is. Too long a value is left out, and that is said. */
export interface AuditedChange extends Omit<ConfigChange, 'words'> {
  readonly before?: unknown;
  readonly after?: unknown;
  readonly leftOut?: true;
}

/** Of one value, and of all in one line of the audit, as JSON. Versions keep the whole documents. */
const valueLengthMax = 2_000;
const allValuesLengthMax = 50_000;

/** The same changes for the audit. The documents hold no secrets, which are told of apart; what addresses may hold is left out. */
export function auditedChanges(before: ConfigExport, after: ConfigExport): readonly AuditedChange[] {
  let left = allValuesLengthMax;
  return changesBetween(before, after, []).map(({ path, change, ...whole }) => {
    const values = harmless(whole) as typeof whole;
    const lengths = [values.before, values.after].map((value) => JSON.stringify(value ?? null).length);
    const length = lengths[0]! + lengths[1]!;
    if (Math.max(...lengths) > valueLengthMax || length > left) return { path, change, leftOut: true };
    left -= length;
    return { path, change, ...values };
  });
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
    .map((path) => ({ path, change: 'removed' as const, words: 'removed' }));
  const set = [...given]
    .filter(([name, fingerprint]) => before.get(name) !== fingerprint)
    .map(([path]) => {
      const change = before.has(path) ? ('changed' as const) : ('added' as const);
      return { path, change, words: change };
    });
  return [...removed, ...set];
}

function changesBetween(before: unknown, after: unknown, path: readonly string[]): readonly AuditedChange[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (before === undefined) return [{ path: path.join('.'), change: 'added', after }];
  if (after === undefined) return [{ path: path.join('.'), change: 'removed', before }];
  if (!isRecord(before) || !isRecord(after)) return [{ path: path.join('.'), change: 'changed', before, after }];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changesBetween(ownMember(before, key), ownMember(after, key), [...path, key]));
}

function harmless(value: unknown): unknown {
  if (typeof value === 'string') return withoutCredentials(value);
  if (Array.isArray(value)) return value.map(harmless);
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, harmless(inner)]));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
