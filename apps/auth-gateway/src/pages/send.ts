import type { FastifyReply } from 'fastify';
import { refreshOf } from './layout.js';
import type { Page } from './layout.js';
import { pageHeaders, securityHeaders } from './security-headers.js';

export async function sendPage(reply: FastifyReply, page: Page): Promise<void> {
  reply.headers(pageHeaders(page)).status(page.status).type('text/html; charset=utf-8');
  if (page.refreshSeconds !== undefined) reply.header('refresh', refreshOf(page.refreshSeconds, page.refreshTo));
  await reply.send(page.body);
}

/** Always 303: a method or a body never follows (RFC 9700 4.12). */
export async function redirect(reply: FastifyReply, location: string): Promise<void> {
  await reply.headers(securityHeaders).redirect(location, 303);
}
