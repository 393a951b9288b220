import { isUtf8 } from 'node:buffer';
import { Inject, Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyAdapter } from '@nestjs/platform-fastify';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, RouteOptions } from 'fastify';
import { answerProblem } from './answer-problem.js';

export const apiPrefix = '/api/v1';
const bodyBytesMax = 1_048_576;

/**
 * What the routes of the admin API need of Fastify, which one process shares with other services: their headers, the
 * YAML body, and problem+json for what fails before Nest (a body that is no JSON, or too large).
 */
@Injectable()
export class ApiServer {
  constructor(
    private readonly adapterHost: HttpAdapterHost<FastifyAdapter>,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /** Must run before Nest registers its routes. */
  prepare(): void {
    const { httpAdapter } = this.adapterHost;
    httpAdapter.useBodyParser('application/yaml', false, { bodyLimit: bodyBytesMax }, (_request, body, done) => {
      decode(body, done);
    });
    const fastify = httpAdapter.getInstance<FastifyInstance>();
    fastify.addHook('onRoute', (route) => {
      if (route.url === apiPrefix || route.url.startsWith(`${apiPrefix}/`)) this.harden(route);
    });
  }

  private harden(route: RouteOptions): void {
    route.errorHandler = (error: FastifyError, _request: FastifyRequest, reply: FastifyReply) =>
      answerProblem(error, reply, this.logger);
    route.onRequest = [...[route.onRequest ?? []].flat(), setHeaders, takeEmptyAsNone];
  }
}

function setHeaders(_request: FastifyRequest, reply: FastifyReply, done: () => void): void {
  void reply.headers({
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'referrer-policy': 'no-referrer',
    'cross-origin-resource-policy': 'same-origin',
  });
  done();
}

/** A client that always sends a content type, with nothing behind it, means no body; Fastify would refuse that as broken JSON. */
function takeEmptyAsNone({ headers }: FastifyRequest, _reply: FastifyReply, done: () => void): void {
  const isEmpty = headers['transfer-encoding'] === undefined && Number(headers['content-length'] ?? 0) === 0;
  if (isEmpty) delete headers['content-type'];
  done();
}

function decode(body: Buffer, done: (error: Error | null, text?: string) => void): void {
  if (isUtf8(body)) done(null, body.toString('utf8'));
  else done(Object.assign(new Error('the body is not UTF-8'), { statusCode: 400 }));
}
