import type { z } from 'zod';
import type { Fault } from './config-fault.js';
import { knownKeys } from './known-keys.js';
import type { Path } from './parse-config-text.js';

type Issue = z.core.$ZodIssue;

/** What the schema says of a document, as one fault for each place where something is to be changed. */
export function shapeFaults(issues: readonly Issue[]): readonly Fault[] {
  return issues.flatMap((issue) => faultsOf(issue, []));
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
