import type { FastifyReply, FastifyRequest } from 'fastify';
import type { UserRow } from '../data/rows.js';
import { rememberMs } from '../data/sessions.js';
import type { Instance } from '../instance.js';
import { readCookie, setCookie } from '../server/cookies.js';
import { renewXsrfToken } from './xsrf-token.js';

/** Jira's own session, by whichever way the person proved who they are. */
export function beginSession(
  request: FastifyRequest,
  reply: FastifyReply,
  jira: Instance,
  { user, remember }: { user: UserRow; remember: boolean },
): void {
  jira.sessions.end({ session: readCookie(request, 'session'), remember: readCookie(request, 'remember') });
  setCookie(reply, jira, 'session', jira.sessions.begin(user));
  if (remember) setCookie(reply, jira, 'remember', jira.sessions.remember(user), rememberMs);
  renewXsrfToken(reply, jira);
}
