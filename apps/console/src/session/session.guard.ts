import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { rememberActor } from '../access/actor.js';
import { SignInNeeded } from '../pages/page-error.js';
import { ConsoleCookie } from './console.cookie.js';
import { ConsoleSessions } from './console-sessions.store.js';
import type { ConsoleSession } from './console-sessions.store.js';

const sessions = new WeakMap<FastifyRequest, ConsoleSession>();

/** The console's pages answer only those with a live session; every role may look. */
@Injectable()
export class SessionGuard implements CanActivate {
  constructor(
    private readonly cookie: ConsoleCookie,
    private readonly sessions: ConsoleSessions,
  ) {}

  async canActivate(context: ExecutionContext): Promise<true> {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const secret = this.cookie.read(request);
    const session = secret === undefined ? undefined : await this.sessions.find(secret);
    if (!session) throw new SignInNeeded();
    rememberActor(request, session.actor);
    sessions.set(request, session);
    return true;
  }
}

/** @throws when no guard has let this request pass */
export function sessionOf(request: FastifyRequest): ConsoleSession {
  const session = sessions.get(request);
  if (!session) throw new Error('a page is shown without a guard');
  return session;
}
