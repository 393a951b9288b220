import { timingSafeEqual } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';
import { readCookie, setCookie } from '../server/cookies.js';
import { randomToken } from '../server/random-token.js';

/** The browser's `atl_token`: what a form must send back beside the cookie. Made when the browser has none. */
export function xsrfTokenOf(request: FastifyRequest, reply: FastifyReply, jira: Instance): string {
  return readCookie(request, 'xsrf') ?? renewXsrfToken(reply, jira);
}

/** At each login, so that a token planted before it is worth nothing after it. */
export function renewXsrfToken(reply: FastifyReply, jira: Instance): string {
  const token = randomToken();
  setCookie(reply, jira, 'xsrf', token);
  return token;
}

export function hasXsrfToken(request: FastifyRequest, sent: string | undefined): boolean {
  const expected = Buffer.from(readCookie(request, 'xsrf') ?? '');
  const actual = Buffer.from(sent ?? '');
  return expected.length > 0 && expected.length === actual.length && timingSafeEqual(expected, actual);
}
