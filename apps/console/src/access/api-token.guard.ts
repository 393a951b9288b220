import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { mayDo } from '@gatehouse/contracts';
import type { Role } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { rememberActor } from './actor.js';
import type { ValidToken } from './api-tokens.store.js';
import { bearerToken } from './bearer-token.js';
import { rememberRole } from './caller-role.js';
import { neededRole } from './needs.decorator.js';
import { TokenCheck } from './token-check.service.js';

/** Nothing below /api/v1 answers without a valid token whose role is enough for the route. */
@Injectable()
export class ApiTokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokenCheck,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const needed = this.reflector.getAllAndOverride<Role | undefined>(neededRole, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (needed === undefined) throw new Error('a route says nothing of who may call it');
    const http = context.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const { name, role } = await this.authenticate(request, http.getResponse<FastifyReply>());
    if (!mayDo(role, needed)) {
      throw new TerminalError(
        'api.forbidden',
        `This needs the role ${needed}; the token "${name}" has the role ${role}.`,
      );
    }
    rememberActor(request, `token:${name}`);
    rememberRole(request, role);
    return true;
  }

  private async authenticate(request: FastifyRequest, reply: FastifyReply): Promise<ValidToken> {
    const { authorization } = request.headers;
    const token = bearerToken(authorization);
    const answer = token === undefined ? undefined : await this.tokens.check(token, request.ip);
    if (answer?.kind === 'valid') return answer.token;
    if (answer?.kind === 'limited') {
      void reply.header('retry-after', Math.ceil(answer.retryAfterMs / 1000));
      throw new TerminalError('api.too_many_attempts', 'This token is not valid, and too many such were sent.');
    }
    // RFC 6750 section 3: no error code where no token was sent.
    const error = authorization === undefined ? '' : ', error="invalid_token"';
    void reply.header('www-authenticate', `Bearer realm="gatehouse"${error}`);
    throw new TerminalError('api.unauthorized', 'This needs a valid token.');
  }
}
