import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';
import { html } from '../web/html.js';
import { layout } from '../web/layout.js';
import type { Fault } from './faults.js';
import { pathOf } from './paths.js';
import { sendJson, sendNothing, sendPage } from './respond.js';

/**
 * Does a fault to a request. True: it has been answered, or never will be. False: it goes on, late, or to be cut after
 * its work. (Not the reply itself: a reply is thenable, and awaiting one waits for the whole answer.)
 */
export async function strike(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  jira: Instance,
): Promise<boolean> {
  switch (fault.kind) {
    case 'slow':
      await delay(fault.delayMs, undefined, { signal: jira.closing, ref: false }).catch(() => undefined);
      return false;
    case 'reset-after':
      request.setDecorator('cutAfter', true);
      return false;
    case 'down':
    case 'reset':
      reply.hijack();
      cut(request);
      return true;
    case 'timeout':
      reply.hijack();
      return true;
    case 'html':
      sendPage(reply, 200, plainPage(jira, 'Log in', 'Please log in to go on.'));
      return true;
    case 'redirect':
      void reply.redirect(`${jira.baseUrl()}/login.jsp?permissionViolation=true&os_destination=%2F`, 302);
      return true;
    case 'half-open':
      reply.hijack();
      reply.raw.writeHead(200, { 'content-type': 'application/json;charset=UTF-8', 'content-length': '500' });
      reply.raw.write('{"self":');
      return true;
    case 'anonymous':
      void reply.header('x-ausername', 'anonymous');
      sendJson(reply, 200, nothingFor(pathOf(request, jira)));
      return true;
    case 'empty':
      void reply.headers({ 'x-ausername': 'anonymous', 'x-seraph-loginreason': 'AUTHENTICATED_FAILED' });
      sendNothing(reply, 200);
      return true;
    case 'ratelimit':
      rateLimited(reply, fault.retryAfterSeconds);
      return true;
    case 'status':
      sendStatus(reply, fault.status, jira);
      return true;
  }
}

/** The client sees a connection that was reset. */
export function cut(request: FastifyRequest): void {
  request.raw.socket.resetAndDestroy();
}

/** While it is maintained Jira answers a page, else its envelope. */
function sendStatus(reply: FastifyReply, status: number, jira: Instance): void {
  if (status === 503) sendPage(reply, 503, plainPage(jira, 'Unavailable', 'Jira is being maintained.'));
  else sendJson(reply, status, { errorMessages: ['Internal server error'], errors: {} });
}

/** jira-facts 2.1: what Jira sends when a bucket is empty. */
function rateLimited(reply: FastifyReply, retryAfterSeconds: number | null): void {
  void reply.headers({
    'x-ratelimit-limit': '70',
    'x-ratelimit-remaining': '0',
    'x-ratelimit-interval-seconds': '1',
    'x-ratelimit-fillrate': '5',
    ...(retryAfterSeconds === null ? {} : { 'retry-after': String(retryAfterSeconds) }),
  });
  sendJson(reply, 429, { message: 'Rate limit exceeded.' });
}

/** What a visitor sees of people and groups, in the shape of the resource. */
function nothingFor(path: string): unknown {
  if (path.endsWith('/user/search')) return [];
  return { startAt: 0, maxResults: 50, total: 0, isLast: true, values: [], keys: [] };
}

function plainPage(jira: Instance, title: string, text: string) {
  return layout(
    { contextPath: jira.contextPath, title },
    html`<h1>${title}</h1>
      <p>${text}</p>`,
  );
}
