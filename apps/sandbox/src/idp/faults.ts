import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';

export const endpoints = ['discovery', 'jwks', 'authorize', 'login', 'token', 'userinfo', 'revoke', 'logout'] as const;
export type Endpoint = (typeof endpoints)[number];

const padBytesMax = 64 * 1024 * 1024;

/** How an endpoint misbehaves. Without `match` all of them do, without `times` until the faults are replaced. */
export const Fault = z.strictObject({
  match: z.strictObject({ endpoint: z.enum(endpoints).optional() }).default({}),
  kind: z.enum(['status', 'ratelimit', 'html', 'slow', 'reset', 'down']),
  status: z.number().int().min(200).max(599).optional(),
  body: z.string().max(1_000_000).optional(),
  contentType: z.string().max(200).optional(),
  location: z.string().max(2048).optional().describe('For a redirect: the secret must not follow it.'),
  retryAfterSeconds: z.number().int().min(0).max(3600).optional(),
  delayMs: z.number().int().min(0).max(120_000).optional(),
  padBytes: z
    .number()
    .int()
    .min(0)
    .max(padBytesMax)
    .optional()
    .describe('Spaces after the body, for clients without a limit.'),
  times: z.number().int().min(1).max(10_000).optional(),
});
export type Fault = z.output<typeof Fault>;

export class Faults {
  private active: { readonly fault: Fault; left: number }[] = [];

  replace(faults: readonly Fault[]): void {
    this.active = faults.map((fault) => ({ fault, left: fault.times ?? Infinity }));
  }

  list(): readonly Fault[] {
    return this.active.map(({ fault }) => fault);
  }

  /** The first one that fits, used up once. */
  next(endpoint: Endpoint): Fault | undefined {
    const found = this.active.find(({ fault }) => (fault.match.endpoint ?? endpoint) === endpoint);
    if (!found) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.active = this.active.filter((entry) => entry !== found);
    return found.fault;
  }
}

/**
 * Misbehaves in place of the endpoint.
 * @param closing ends a slow answer when the server closes
 * @returns false when the endpoint is to answer after all, late
 */
export async function act(
  fault: Fault,
  request: FastifyRequest,
  reply: FastifyReply,
  closing: AbortSignal,
): Promise<boolean> {
  switch (fault.kind) {
    case 'slow':
      await delay(fault.delayMs ?? 10_000, undefined, { signal: closing }).catch(() => {});
      return false;
    case 'reset':
      reply.hijack();
      request.raw.socket.resetAndDestroy();
      return true;
    case 'down':
      reply.hijack();
      request.raw.socket.destroy();
      return true;
    case 'html':
      await answer(reply, { status: 200, contentType: 'text/html', body: '<!doctype html><p>It works!</p>', ...fault });
      return true;
    case 'ratelimit':
      await answer(reply, {
        status: 429,
        body: '{"error":"TooManyRequestsException"}',
        retryAfterSeconds: 1,
        ...fault,
      });
      return true;
    case 'status':
      await answer(reply, { status: 500, body: '{"error":"server_error"}', ...fault });
      return true;
  }
}

async function answer(reply: FastifyReply, fault: Partial<Fault> & { status: number; body: string }): Promise<void> {
  if (fault.location !== undefined) reply.header('location', fault.location);
  if (fault.retryAfterSeconds !== undefined) reply.header('retry-after', String(fault.retryAfterSeconds));
  reply.code(fault.status).type(fault.contentType ?? 'application/json;charset=UTF-8');
  await reply.send(fault.padBytes ? Readable.from(padded(fault.body, fault.padBytes)) : fault.body);
}

function* padded(body: string, padBytes: number): Generator<Buffer> {
  yield Buffer.from(body);
  const spaces = Buffer.alloc(64 * 1024, ' ');
  for (let left = padBytes; left > 0; left -= spaces.length) yield spaces.subarray(0, left);
}
