import type { FastifyReply } from 'fastify';
import { pagePolicy } from './pages.js';

export function sendPage(reply: FastifyReply, status: number, html: string): FastifyReply {
  return reply
    .code(status)
    .headers({
      'content-security-policy': pagePolicy,
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      // The address of the form carries state and nonce.
      'referrer-policy': 'no-referrer',
    })
    .type('text/html; charset=utf-8')
    .send(html);
}
