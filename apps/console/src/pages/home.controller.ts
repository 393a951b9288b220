import { All, Controller, Get, Header, Inject, Req, Res, UseFilters, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { codes } from '@gatehouse/errors';
import { ParkedJobs } from '@gatehouse/messaging';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { boardStylesheet } from '../board/board-page.js';
import { JiraRegistrar } from '../registration/jira.registrar.js';
import { ConsoleCookie } from '../session/console.cookie.js';
import { csrfTokenOf } from '../session/csrf-token.js';
import { SessionGuard, sessionOf } from '../session/session.guard.js';
import { ConsoleAddress } from './console-address.js';
import { homePage } from './home-page.js';
import { PageError } from './page-error.js';
import { PageErrorFilter } from './page-error.filter.js';
import { sendPage } from './send.js';
import { consoleStylesheet } from './stylesheet.js';

const parkedShown = 5;

@ApiExcludeController()
@Controller('console')
@UseFilters(PageErrorFilter)
export class HomeController {
  constructor(
    private readonly address: ConsoleAddress,
    private readonly cookie: ConsoleCookie,
    private readonly parkedJobs: ParkedJobs,
    private readonly registrar: JiraRegistrar,
    @Inject(CONFIG) private readonly config: Config,
  ) {}

  @Get()
  @UseGuards(SessionGuard)
  async home(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    const { name, role, expiresAt } = sessionOf(request);
    const parked = await this.parkedJobs.list({ limit: parkedShown });
    const page = homePage(
      {
        name,
        role,
        expiresAt,
        csrfToken: csrfTokenOf(this.cookie.read(request)!),
        parked: parked.items.map(({ job, code, parkedAt }) => ({ job, code, parkedAt, action: codes[code].action })),
        moreParked: parked.next !== undefined,
        registration: await this.registrar.status(),
        apiBase: this.config.publicUrl.href.replace(/\/+$/, ''),
      },
      this.address,
    );
    await sendPage(reply, page);
  }

  @Get('assets/console.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=31536000, immutable')
  stylesheet(): string {
    return consoleStylesheet;
  }

  @Get('assets/board.css')
  @Header('content-type', 'text/css; charset=utf-8')
  @Header('cache-control', 'public, max-age=3600')
  boardStylesheet(): string {
    return boardStylesheet;
  }

  @All('*')
  unknown(): never {
    throw new PageError(404, 'api.not_found', 'Not here', 'There is no such page in the console.');
  }
}
