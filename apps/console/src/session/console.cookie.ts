import { Injectable } from '@nestjs/common';
import { cookieName, parseCookies, serializeCookie } from '@gatehouse/web';
import type { CookieScope } from '@gatehouse/web';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ConsoleAddress } from '../pages/console-address.js';

const name = 'gatehouse_console';

/** 256 bits, base64url */
const secretPattern = /^[A-Za-z0-9_-]{43}$/;

/** Sent to the console only, and never along with a request that another site causes. */
@Injectable()
export class ConsoleCookie {
  private readonly scope: CookieScope;

  constructor({ secure, path }: ConsoleAddress) {
    this.scope = { secure, path, sameSite: 'Strict' };
  }

  read({ headers }: FastifyRequest): string | undefined {
    const value = parseCookies(headers.cookie).get(cookieName(name, this.scope));
    return value !== undefined && secretPattern.test(value) ? value : undefined;
  }

  set(reply: FastifyReply, secret: string, maxAgeSeconds: number): void {
    void reply.header('set-cookie', serializeCookie(name, secret, this.scope, maxAgeSeconds));
  }

  clear(reply: FastifyReply): void {
    void reply.header('set-cookie', serializeCookie(name, '', this.scope, 0));
  }
}
