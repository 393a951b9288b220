import { OutageError, RetryableError, TerminalError } from '@gatehouse/errors';
import { errorEnvelope } from './jira-answers.js';
import type { AnswerHeaders } from './jira-http.js';
import { retryAfterMs } from './retry-after.js';

/** One answer of Jira, or of whatever stands in its place, with the body already bounded and parsed. */
export interface JiraAnswer {
  readonly status: number;
  readonly headers: AnswerHeaders;
  readonly body: JiraBody;
}

export type JiraBody =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'empty' }
  /** HTML, text, or JSON that is none. */
  | { readonly kind: 'page' }
  | { readonly kind: 'too-large' };

/** What Jira itself, with our credentials accepted, said to one request. */
export type Outcome =
  | { readonly kind: 'done'; readonly body: JiraBody }
  /** 404 in Jira's own envelope: the one answer that means "there is no such thing". */
  | { readonly kind: 'missing'; readonly said: string }
  /** 403 in Jira's own envelope: this account may not do this, for everybody or for this one user. */
  | { readonly kind: 'forbidden'; readonly said: string }
  /** Any other 4xx in Jira's own envelope. `fields` are the request fields it complains about. */
  | { readonly kind: 'refused'; readonly said: string; readonly fields: readonly string[] };

/**
 * Turns an answer into what it means. The meaning comes from status, headers and shape, never from the text,
 * which Jira localises to the service account.
 *
 * @throws OutageError for everything that says something about Jira as a whole: limits, server errors, refused
 *   credentials, redirects, and pages where data is due. A page is never "no such user" and never "no groups".
 */
export function outcomeOf(answer: JiraAnswer, nowMs: number): Outcome {
  throwIfOutage(answer, nowMs);
  const { status, body } = answer;
  if (status < 300) {
    if (body.kind === 'page') throw unavailable(answer, 'a page where data is due');
    return { kind: 'done', body };
  }
  const envelope = body.kind === 'json' ? errorEnvelope.safeParse(body.value) : undefined;
  if (!envelope?.success) throw notJirasOwn(answer);
  const said = saidBy(envelope.data);
  if (status === 404) return { kind: 'missing', said };
  if (status === 403) return { kind: 'forbidden', said };
  return { kind: 'refused', said, fields: Object.keys(envelope.data.errors) };
}

function throwIfOutage(answer: JiraAnswer, nowMs: number): void {
  const { status, headers } = answer;
  const wait = { retryAfterMs: retryAfterMs(headers.get('retry-after'), nowMs) };
  if (status === 429) {
    throw new OutageError('jira.rate_limited', 'Jira limits our requests.', wait);
  }
  if (status >= 500) {
    throw new OutageError('jira.unavailable', 'Jira answered with a server error.', {
      ...wait,
      internal: `status ${status}`,
    });
  }
  const refusal = credentialsRefusal(answer);
  if (refusal !== undefined) throw credentialsRefused(refusal);
  // Jira's REST never redirects; a proxy or a login page does, and following it would send the token elsewhere.
  if (status >= 300 && status < 400) throw unavailable(answer, 'a redirect');
}

/** Why our credentials were not accepted, if they were not. */
function credentialsRefusal({ status, headers }: JiraAnswer): string | undefined {
  if (status === 401) return 'status 401';
  // A token that Jira cannot resolve is served as an anonymous visitor, with 200 and empty lists on some resources.
  if (headers.get('x-ausername')?.trim().toLowerCase() === 'anonymous') return 'served as anonymous';
  // Seraph says OK for accepted credentials; AUTHENTICATED_FAILED was seen even on an empty 200 (JRA-41559).
  const reasons = headers.get('x-seraph-loginreason')?.split(',') ?? [];
  if (reasons.some((reason) => reason.trim() !== 'OK')) return 'refused by Seraph';
  if (headers.has('x-authentication-denied-reason')) return 'a CAPTCHA is due';
  return undefined;
}

/** A 4xx that Jira's REST did not write: a filter, a plug-in, a proxy, a start-up or login page. */
function notJirasOwn(answer: JiraAnswer): OutageError {
  // Jira's authentication filters answer 403 with {"message": ...} or a page (Basic blocked, XSRF, token revoked).
  if (answer.status === 403) return credentialsRefused('status 403 without an error envelope');
  return unavailable(answer, 'an error that is not of the REST API');
}

function unavailable({ status, body }: JiraAnswer, what: string): OutageError {
  return notData(`${what}: status ${status}, body ${body.kind}`);
}

const saidLengthMax = 300;

/** Jira's words, for the operator only: they may name the user and are in whatever language Jira speaks. */
function saidBy({ errorMessages, errors }: { errorMessages: string[]; errors: Record<string, string> }): string {
  const parts = [...errorMessages, ...Object.entries(errors).map(([field, message]) => `${field}: ${message}`)];
  return parts.join(' | ').slice(0, saidLengthMax);
}

export function credentialsRefused(internal: string): OutageError {
  return new OutageError('jira.credentials_refused', 'Jira did not accept our credentials.', { internal });
}

export function notData(internal: string): OutageError {
  return new OutageError('jira.unavailable', 'Jira answered with something else than data.', { internal });
}

export function unreachable(cause: unknown): OutageError {
  return new OutageError('jira.unreachable', 'Jira did not answer.', { cause, internal: 'connection failed' });
}

/** The connection failed after the call had left: whether Jira did it, only another look can tell. */
export class LostAnswer extends OutageError {
  constructor(cause: unknown) {
    super('jira.unreachable', 'Jira did not answer.', { cause, internal: 'connection failed' });
    // To everybody else it is one outage like another.
    this.name = OutageError.name;
  }
}

export function tooLate(cause?: unknown): OutageError {
  return new OutageError('jira.unreachable', 'Jira did not answer in time.', { cause, internal: 'deadline' });
}

export function incomplete(internal: string): RetryableError {
  return new RetryableError('jira.answer_incomplete', 'Jira answered with an incomplete record.', { internal });
}

export function conflict(internal: string): RetryableError {
  const message = 'Jira refused a change, and reading the user again did not explain it.';
  return new RetryableError('jira.conflict', message, { internal });
}

export function refused(internal: string): TerminalError {
  return new TerminalError('jira.request_refused', 'Jira refused the change as invalid.', { internal });
}

export function accountMissing(): TerminalError {
  return new TerminalError('jira.account_missing', 'The Jira user no longer exists.');
}

export function directoryReadOnly(internal: string): TerminalError {
  const message = 'The Jira user lives in a directory that Jira cannot write.';
  return new TerminalError('jira.directory_read_only', message, { internal });
}

export function licenceFull(application: string): TerminalError {
  const message = 'No seat is left in the Jira licence.';
  return new TerminalError('jira.licence_full', message, { internal: `application ${JSON.stringify(application)}` });
}

export function userIsLead(internal: string): TerminalError {
  return new TerminalError('jira.user_is_lead', 'The Jira user leads a project.', { internal });
}

export function deactivationRefused(internal: string): TerminalError {
  return new TerminalError('jira.deactivation_refused', 'Jira does not deactivate this user.', { internal });
}

export function usernameTaken(): TerminalError {
  return new TerminalError('jira.username_taken', 'Another Jira user has this username.');
}

export function groupMissing(group: string): TerminalError {
  const internal = `group ${JSON.stringify(group)}`;
  return new TerminalError('jira.group_missing', 'A group of the mapping does not exist in Jira.', { internal });
}
