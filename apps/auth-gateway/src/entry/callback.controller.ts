import { Controller, Get, Inject, Param, Post, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { redirect, sendPage } from '../pages/send.js';
import { SignInErrorFilter } from '../pages/sign-in-error.filter.js';
import { SignInError } from '../pages/sign-in-error.js';
import { testOverPage, testPage } from '../provider-test/test-page.js';
import { transactionSeconds } from '../relying-party/transaction.store.js';
import { SessionStore } from '../session/session.store.js';
import { CallbackService } from './callback.service.js';
import { FailedAttempts } from './failed-attempts.service.js';
import { PostedAnswers } from './posted-answers.service.js';
import { SignInCompletion } from './sign-in.completion.js';

@Controller()
@UseFilters(SignInErrorFilter)
export class CallbackController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly callback: CallbackService,
    private readonly posted: PostedAnswers,
    private readonly completion: SignInCompletion,
    private readonly sessions: SessionStore,
    private readonly cookies: GatewayCookies,
    private readonly attempts: FailedAttempts,
  ) {}

  @Get('callback/:provider')
  async answer(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { search } = new URL(request.raw.url ?? '/', 'http://localhost');
    const outcome = await this.callback.answer(provider, search, request.raw);
    switch (outcome.kind) {
      case 'signed-in':
        return this.completion.complete(request.raw, reply, outcome.transaction, outcome.session);
      case 'wait': {
        const { id, interaction } = outcome.transaction;
        // The wait may outlast the sign-in's own ten minutes.
        this.cookies.setTransaction(reply, { id, secret: outcome.secret }, transactionSeconds);
        return redirect(reply, `${this.config.basePath}/login/${encodeURIComponent(interaction)}/wait/${id}`);
      }
      case 'tested': {
        // Its cookie stays until it expires: a reload is told that the test is over, and not that a sign-in failed.
        return sendPage(reply, outcome.result ? testPage(outcome.result, this.config) : testOverPage(this.config));
      }
      case 'done':
        return this.completion.doneElsewhere(request.raw, reply, outcome);
      case 'answering':
        return this.completion.stillAnswering(reply);
      case 'not-open':
        // A reload, the back button, a double click: nothing is asked again, and an existing session stays.
        if (await this.sessions.ofBrowser(request.raw)) return this.completion.alreadyDone(reply);
        await this.attempts.note(provider, 'login.transaction_unknown', outcome.reason);
        throw new SignInError('login.transaction_unknown', { internal: outcome.reason });
    }
  }

  /**
   * `response_mode=form_post`. A POST from another site brings none of the Lax cookies: neither the session that this
   * sign-in replaces nor the OP's. So it goes on as the GET that everybody else's answer is, with all of them. The code
   * is in an address then, as always, and worth nothing without the secret of this browser.
   */
  @Post('callback/:provider')
  async answerPosted(
    @Param('provider') provider: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const query = await this.posted.queryOf(provider, request);
    await redirect(reply, `${this.config.basePath}/callback/${encodeURIComponent(provider)}${query}`);
  }
}
