import { Controller, Get, Inject, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { redirect, sendPage } from '../pages/send.js';
import { SignInErrorFilter } from '../pages/sign-in-error.filter.js';
import { ProviderTests } from './provider-test.service.js';
import { testOverPage } from './test-page.js';

@Controller()
@UseFilters(SignInErrorFilter)
export class ProviderTestController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly tests: ProviderTests,
  ) {}

  /** Where an administrator's new window begins. The address is a secret that works once. */
  @Get('provider-test/:secret')
  async open(
    @Param('secret') secret: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const url = await this.tests.begin(secret, request.raw, reply);
    if (url) await redirect(reply, url.href);
    else await sendPage(reply, testOverPage(this.config));
  }
}
