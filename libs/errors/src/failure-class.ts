import type { ErrorCode } from './codes.js';

/**
 * What kind of cause a failure has, which decides whether a retry can help.
 * `transient`: goes away by itself. `overload`: goes away when less is asked. `contract`: two systems disagree about
 * form or permission. `business`: a rule, a record or a directory says no. `bug`: ours, or unknown.
 */
export const failureClasses = ['transient', 'overload', 'contract', 'business', 'bug'] as const;
export type FailureClass = (typeof failureClasses)[number];

const classByCode: Partial<Record<ErrorCode, FailureClass>> = {
  'jira.unreachable': 'transient',
  'jira.unavailable': 'transient',
  'jira.conflict': 'transient',
  'jira.answer_incomplete': 'transient',
  'database.unreachable': 'transient',
  'jira.rate_limited': 'overload',
  'jira.credentials_refused': 'contract',
  'jira.request_refused': 'contract',
  'job.payload_invalid': 'contract',
  'job.failed': 'bug',
};

const classByArea: Record<string, FailureClass> = {
  jira: 'business',
  match: 'business',
  rename: 'business',
  entry: 'business',
  config: 'business',
  lease: 'transient',
};

/** Text and not ErrorCode: what was parked by a newer version may carry a code that this one does not know. */
export function failureClassOf(code: string): FailureClass {
  return classByCode[code as ErrorCode] ?? classByArea[code.split('.')[0]!] ?? 'bug';
}

/** What the class means for whoever thinks of pressing Retry. */
export const adviceByClass: Readonly<Record<FailureClass, string>> = {
  transient: 'The cause passes by itself: retry once it has.',
  overload: 'Retry slowly, or what failed will fail again by being retried.',
  contract: 'Repair the cause first: every retry fails in the same way.',
  business: 'Somebody must change a record or a rule first; then retry.',
  bug: 'Report it with the trace id. A retry is harmless, because it starts from the present state.',
};
