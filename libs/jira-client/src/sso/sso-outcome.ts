import { OutageError, TerminalError } from '@gatehouse/errors';
import { z } from 'zod';
import { credentialsRefused, outcomeOf } from '../jira-errors.js';
import type { JiraAnswer } from '../jira-errors.js';

const saidLengthMax = 300;
const envelope = z.object({ message: z.string() });

/**
 * The data of a good answer. The SSO app has an error envelope of its own, `{"message"}`, so a 4xx is judged here;
 * what says something about Jira as a whole is judged as everywhere.
 * @param sentSecret taken out of Jira's words, should it repeat what it was sent
 * @throws OutageError as outcomeOf does; TerminalError jira.request_refused when Jira did not like the request
 */
export function ssoDataOf(answer: JiraAnswer, nowMs: number, sentSecret?: string): unknown {
  const { status, body } = answer;
  if (status === 403) throw credentialsRefused('status 403: JIRA_TOKEN must belong to a system administrator');
  if (status >= 400 && status < 500 && status !== 401 && status !== 429) throw refused(answer, sentSecret);
  const outcome = outcomeOf(answer, nowMs);
  if (outcome.kind === 'done' && body.kind === 'json') return body.value;
  throw new OutageError('jira.unavailable', 'Jira answered with something else than data.', {
    internal: `status ${status}, body ${body.kind}`,
  });
}

function refused({ status, body }: JiraAnswer, sentSecret: string | undefined): TerminalError | OutageError {
  if (body.kind !== 'json') {
    return new OutageError('jira.unavailable', 'Jira answered with a page instead of data.', {
      internal: `status ${status}`,
    });
  }
  const message = envelope.safeParse(body.value).data?.message ?? '';
  const said = (sentSecret ? message.replaceAll(sentSecret, '[secret]') : message).slice(0, saidLengthMax);
  return new TerminalError('jira.request_refused', `Jira refused the registration of its sign-in (${status}).`, {
    internal: said,
  });
}
