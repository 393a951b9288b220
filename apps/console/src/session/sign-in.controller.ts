import { Body, Controller, Get, Inject, Post, Query, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { TokenCheck } from '../access/token-check.service.js';
import { ConsoleAddress } from '../pages/console-address.js';
import { PageError } from '../pages/page-error.js';
import { PageErrorFilter } from '../pages/page-error.filter.js';
import { redirect, sendPage } from '../pages/send.js';
import { signInPage } from '../pages/sign-in-page.js';
import type { SignInFailure } from '../pages/sign-in-page.js';
import { ConsoleCookie } from './console.cookie.js';
import { ConsoleSessions, sessionMinutes } from './console-sessions.store.js';
import { isCsrfTokenOf } from './csrf-token.js';
import { OwnPageGuard } from './own-page.guard.js';

const addressMax = 2_048;
const Wanted = z.object({ next: z.string().max(addressMax).optional().catch(undefined) });
const SignIn = Wanted.extend({ token: z.string().trim().max(512).catch('') });
const Change = z.object({ csrf: z.string().max(512).optional().catch(undefined) });

const wrong: SignInFailure = {
  status: 401,
  text: 'This token is not valid. It may have been revoked or have expired.',
};
const tooMany: SignInFailure = {
  status: 429,
  text: 'This token is not valid, and too many such were tried. A valid token is let in at once.',
};

@ApiExcludeController()
@Controller('console')
@UseFilters(PageErrorFilter)
export class SignInController {
  constructor(
    private readonly address: ConsoleAddress,
    private readonly cookie: ConsoleCookie,
    private readonly sessions: ConsoleSessions,
    private readonly tokens: TokenCheck,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  @Get('login')
  async form(@Query() query: unknown, @Res() reply: FastifyReply): Promise<void> {
    await sendPage(reply, signInPage({ next: this.address.within(Wanted.parse(query).next) }, this.address));
  }

  @Post('login')
  @UseGuards(OwnPageGuard)
  async signIn(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { token, next } = SignIn.parse(body ?? {});
    const answer = await this.tokens.check(token, request.ip);
    if (answer.kind === 'limited') void reply.header('retry-after', Math.ceil(answer.retryAfterMs / 1000));
    const secret = answer.kind === 'valid' ? await this.sessions.open(token, this.cookie.read(request)) : undefined;
    if (secret === undefined) {
      const failure = answer.kind === 'limited' ? tooMany : wrong;
      return sendPage(reply, signInPage({ next: this.address.within(next), failure }, this.address));
    }
    this.cookie.set(reply, secret, sessionMinutes * 60);
    this.logger.info({ address: request.ip }, 'a console session was opened');
    await redirect(reply, this.address.within(next));
  }

  /** Without a live session there is nothing to end and nothing to protect. */
  @Post('logout')
  @UseGuards(OwnPageGuard)
  async signOut(@Body() body: unknown, @Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const secret = this.cookie.read(request);
    if (secret !== undefined && (await this.sessions.find(secret))) {
      const header = request.headers['x-csrf-token'];
      const given = Change.parse(body ?? {}).csrf ?? (typeof header === 'string' ? header : undefined);
      if (!isCsrfTokenOf(secret, given))
        throw new PageError(
          403,
          'console.cross_site',
          'Not from here',
          'The form is too old. Open the console and try again.',
        );
      await this.sessions.end(secret);
    }
    this.cookie.clear(reply);
    await redirect(reply, `${this.address.path}/login`);
  }
}
