import { createHash } from 'node:crypto';

export interface FailureText {
  readonly job: string;
  readonly code: string;
  /** Public. */
  readonly message: string;
  /** The recorded answer or the stack. */
  readonly detail: string | null;
}

const subjectMaxLength = 300;

/** In this order: what is quoted may hold anything, and a uuid holds numbers. */
const places: readonly [RegExp, string][] = [
  [/"[^"]*"|'[^']*'|`[^`]*`|\u201c[^\u201d]*\u201d/g, '<name>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>'],
  [/\b[\w.+-]+@[\w-]+(?:\.[\w-]+)+\b/g, '<address>'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '<id>'],
  [/\b[A-Z][A-Z0-9]+-\d+\b|\bJIRAUSER\d+\b/g, '<id>'],
  [/\d+(?:[.,:]\d+)*/g, '<n>'],
];

/** The sentence that equal failures share: without ids, numbers, addresses and quoted names. */
export function normaliseFailure({ code, message, detail }: Omit<FailureText, 'job'>): string {
  const recorded = detail?.split('\n', 1)[0]!.replace(`${code}: `, '').trim();
  const subject = places.reduce((text, [pattern, place]) => text.replace(pattern, place), recorded || message);
  return subject.replace(/\s+/g, ' ').trim().slice(0, subjectMaxLength);
}

/** Equal for equal failures, on every process: an operator's filter names it. */
export function failureGroupId(failure: FailureText): string {
  const identity = [failure.job, failure.code, normaliseFailure(failure)].join('\n');
  return createHash('sha256').update(identity).digest('hex').slice(0, 16);
}
