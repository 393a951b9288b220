import type { z } from 'zod';
import type { Fault } from './config-fault.js';
import { knownKeys } from './known-keys.js';
import type { Path } from './parse-config-text.js';

type Issue = z.core.$ZodIssue;

export interface ShapeFaults {
  /** Of the first ones, one for each place where something is to be changed. */
  readonly faults: readonly Fault[];
  /** Of which nothing is told, so that nothing was made of them either. */
  readonly untold: readonly Issue[];
}

/** What the schema says of a document. It may say it half a million times, and nobody reads that. */
export function shapeFaults(issues: readonly Issue[], max: number): ShapeFaults {
  const faults = issues.slice(0, max).flatMap((issue) => faultsOf(issue, []));
  return { faults, untold: issues.slice(max) };
}

/** @param said what is told of elsewhere, and so not counted once more */
export function countOf(issues: readonly Issue[], said: readonly Fault[]): number {
  const known = new Set(said.map(({ path }) => JSON.stringify(path)));
  return issues.reduce((sum, issue) => {
    if (issue.code === 'unrecognized_keys') return sum + issue.keys.length;
    return issue.code === 'custom' && known.has(JSON.stringify(issue.path)) ? sum : sum + 1;
  }, 0);
}

function faultsOf(issue: Issue, prefix: Path): readonly Fault[] {
  const path = [...prefix, ...issue.path.map((segment) => (typeof segment === 'symbol' ? String(segment) : segment))];
  if (issue.code === 'unrecognized_keys') {
    const message = unknownKey(path);
    return issue.keys.map((key) => ({ path: [...path, key], message }));
  }
  if (issue.code === 'invalid_key') return issue.issues.map(({ message }) => ({ path, message }));
  if (issue.code !== 'invalid_union') return [{ path, message: issue.message }];
  const forms = issue.errors.map((form) => form.flatMap((inner) => faultsOf(inner, path)));
  return closestForm(forms, { path, message: issue.message });
}

function unknownKey(parent: Path): string {
  const known = knownKeys(parent);
  return known.length > 0
    ? `unknown key: leave it out, or write one of those known here: ${known.join(', ')}`
    : 'unknown key: leave it out';
}

/** Of several allowed forms, the one that was most likely meant: fewest faults, then the deepest. */
function closestForm(forms: readonly (readonly Fault[])[], fallback: Fault): readonly Fault[] {
  const usable = forms.filter((form) => form.length > 0).map((form) => ({ form, rank: rankOf(form) }));
  const best = Math.min(...usable.map(({ rank }) => rank));
  const closest = usable.filter(({ rank }) => rank === best).map(({ form }) => form);
  if (closest.length === 1) return closest[0]!;
  if (closest.length === 0 || closest.some((form) => form.length > 1)) return [fallback];
  return [{ path: closest[0]![0]!.path, message: either(closest.map(([fault]) => fault!.message)) }];
}

function rankOf(form: readonly Fault[]): number {
  return form.length - form.reduce((deepest, { path }) => Math.max(deepest, path.length), 0) / 1000;
}

/** `must be text or an object`, of "must be text" and "must be an object". */
function either(messages: readonly string[]): string {
  const different = [...new Set(messages)];
  const [first, ...others] = different;
  const start = 'must be ';
  if (!different.every((message) => message.startsWith(start) && !message.includes(',')))
    return different.join(', or ');
  return [first, ...others.map((message) => message.slice(start.length))].join(' or ');
}
