import type { FastifyReply } from 'fastify';
import type { Html } from '../web/html.js';

/** Exactly as recorded: no space before the charset. */
const jsonType = 'application/json;charset=UTF-8';

export function sendJson(reply: FastifyReply, status: number, body: unknown): FastifyReply {
  return reply.code(status).header('content-type', jsonType).send(JSON.stringify(body));
}

/** Some successes have no body and no content type. */
export function sendNothing(reply: FastifyReply, status: 200 | 204): FastifyReply {
  return reply.code(status).send();
}

export function sendPage(reply: FastifyReply, status: number, page: Html): FastifyReply {
  return reply.code(status).header('content-type', 'text/html;charset=UTF-8').send(page.markup);
}
