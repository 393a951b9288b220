import { Controller, Get, Param, Query, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { securityHeaders } from '../pages/security-headers.js';
import { SignInErrorFilter } from '../pages/sign-in-error.filter.js';
import { FrontchannelLogout } from './frontchannel-logout.service.js';

/** The one page that may be framed: by the provider, which shows nobody what is in it. */
const framedHeaders = {
  ...Object.fromEntries(Object.entries(securityHeaders).filter(([name]) => name !== 'x-frame-options')),
  'content-security-policy': "default-src 'none'; base-uri 'none'; form-action 'none'",
};

@Controller()
@UseFilters(SignInErrorFilter)
export class FrontchannelLogoutController {
  constructor(private readonly logout: FrontchannelLogout) {}

  /** Front-Channel Logout 1.0, section 2. It says the same whether anything ended, and to whoever asks. */
  @Get('frontchannel-logout/:provider')
  async receive(
    @Param('provider') provider: string,
    @Query('iss') issuer: unknown,
    @Query('sid') providerSession: unknown,
    @Req() { raw }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    if (typeof issuer === 'string' && typeof providerSession === 'string')
      await this.logout.receive(raw, reply, { provider, issuer, providerSession });
    await reply
      .headers(framedHeaders)
      .type('text/html; charset=utf-8')
      .send('<!doctype html><title>Signed out</title>');
  }
}
