import type { FastifyReply } from 'fastify';
import type { Page } from './layout.js';

export async function sendPage(reply: FastifyReply, page: Page): Promise<void> {
  await reply.status(page.status).type('text/html; charset=utf-8').send(page.body);
}

/** Always 303: a method or a body never follows. */
export async function redirect(reply: FastifyReply, location: string): Promise<void> {
  await reply.redirect(location, 303);
}
