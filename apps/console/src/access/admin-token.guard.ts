import { Inject, Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { TerminalError } from '@gatehouse/errors';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { rememberActor } from './actor.js';
import { AdminTokens } from './admin-tokens.store.js';
import { bearerToken } from './bearer-token.js';
import { FailedAttempts } from './failed-attempts.js';

/** Nothing below /api/v1 answers without a valid token. */
@Injectable()
export class AdminTokenGuard implements CanActivate {
  constructor(
    private readonly tokens: AdminTokens,
    private readonly failures: FailedAttempts,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    this.assertNotBlocked(request, reply);
    const { authorization } = request.headers;
    const token = bearerToken(authorization);
    const name = token === undefined ? undefined : await this.tokens.nameOf(token);
    if (name === undefined) throw this.refusal(request, reply, authorization !== undefined);
    rememberActor(request, `token:${name}`);
    return true;
  }

  private assertNotBlocked(request: FastifyRequest, reply: FastifyReply): void {
    const blockedForMs = this.failures.blockedForMs(request.ip);
    if (blockedForMs === 0) return;
    void reply.header('retry-after', Math.ceil(blockedForMs / 1000));
    throw new TerminalError('api.too_many_attempts', 'Too many wrong tokens came from this address. Wait a minute.');
  }

  /** RFC 6750 section 3: no error code where no token was sent. */
  private refusal(request: FastifyRequest, reply: FastifyReply, tried: boolean): TerminalError {
    void reply.header(
      'www-authenticate',
      tried ? 'Bearer realm="gatehouse", error="invalid_token"' : 'Bearer realm="gatehouse"',
    );
    if (tried) {
      this.failures.record(request.ip);
      this.logger.warn({ address: request.ip }, 'a request with a wrong admin token was refused');
    }
    return new TerminalError('api.unauthorized', 'This needs a valid admin token.');
  }
}
