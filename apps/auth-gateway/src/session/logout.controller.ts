import { Controller, Get, Inject, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { isSameOrigin } from '@gatehouse/web';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { redirect, sendPage } from '../pages/send.js';
import { SignInErrorFilter } from '../pages/sign-in-error.filter.js';
import { SignInError } from '../pages/sign-in-error.js';
import { loggedOutPage, logoutPage } from '../pages/sign-in-pages.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { SessionStore } from './session.store.js';

@Controller()
@UseFilters(SignInErrorFilter)
export class LogoutController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly sessions: SessionStore,
    private readonly cookies: GatewayCookies,
    private readonly surroundings: PageSurroundings,
  ) {}

  /** Asks first: a link or an image on another page must not sign anybody out. */
  @Get('logout')
  async confirm(@Res() reply: FastifyReply): Promise<void> {
    await sendPage(reply, logoutPage(this.surroundings.current()));
  }

  @Post('logout')
  async logout(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!isSameOrigin(request.headers, this.config.publicUrl.origin)) throw new SignInError('logout.cross_site');
    const session = await this.sessions.ofBrowser(request.raw);
    if (session) {
      await this.sessions.end(session.id, 'logout');
      this.logger.info({ session: session.id }, 'signed out');
    }
    this.cookies.clearSession(reply);
    this.cookies.clearOpSession(reply);
    await redirect(reply, `${this.config.basePath}/logged-out`);
  }

  @Get('logged-out')
  async loggedOut(@Res() reply: FastifyReply): Promise<void> {
    await sendPage(reply, loggedOutPage(this.surroundings.current()));
  }
}
