import { Injectable } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { isSameOrigin } from '@gatehouse/web';
import type { FastifyRequest } from 'fastify';
import { ConsoleAddress } from '../pages/console-address.js';
import { PageError } from '../pages/page-error.js';

/** A change must come from a page of the console, also where no session stands behind it yet (login CSRF). */
@Injectable()
export class OwnPageGuard implements CanActivate {
  constructor(private readonly address: ConsoleAddress) {}

  canActivate(context: ExecutionContext): true {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (isSameOrigin(headers, this.address.origin)) return true;
    throw new PageError(
      403,
      'console.cross_site',
      'Not from here',
      `This form was not sent by the console at ${this.address.href}. Open the console there and try again.`,
    );
  }
}
