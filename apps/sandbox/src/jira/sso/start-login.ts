import type { FastifyReply, FastifyRequest } from 'fastify';
import type { IdpRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { readCookie, setCookie } from '../server/cookies.js';
import { randomToken } from '../server/random-token.js';
import { sendPage } from '../server/respond.js';
import { messagePage } from '../web/pages.js';
import { LoginFailure } from './login-failure.js';

/** Starts at the provider, bound to this browser by a cookie. */
export async function redirectToProvider(
  request: FastifyRequest,
  reply: FastifyReply,
  jira: Instance,
  idp: IdpRow,
  destination: string,
  loginHint?: string,
): Promise<FastifyReply> {
  const known = readCookie(request, 'sso');
  const browser = known ?? randomToken();
  const started = await jira.oidc.start(idp, { browser, destination, loginHint }).catch(failureOf);
  if (started instanceof LoginFailure) return showFailure(reply, jira, started);
  if (known === undefined) setCookie(reply, jira, 'sso', browser);
  return reply.header('cache-control', 'no-store').redirect(started);
}

/** A login that failed is an answer, not an error; anything else is a defect of ours and goes on. */
export function failureOf(error: unknown): LoginFailure {
  if (error instanceof LoginFailure) return error;
  throw error;
}

export function showFailure(reply: FastifyReply, jira: Instance, error: LoginFailure): FastifyReply {
  void reply.header('cache-control', 'no-store').header('x-seraph-loginreason', 'AUTHENTICATED_FAILED');
  const page = messagePage(
    jira.contextPath,
    "We can't log you in right now",
    error.message,
    'Please contact your Jira administrators.',
  );
  return sendPage(reply, error.status, page);
}
