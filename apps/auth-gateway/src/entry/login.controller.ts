import { Controller, Get, Param, Query, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LiveConfigReader } from '@gatehouse/database';
import { isForAgentsOnly } from '@gatehouse/mapping';
import { SignOutCookies } from '../cookies/sign-out.cookies.js';
import { portalQuestionPage } from '../pages/portal-pages.js';
import { redirect, sendPage } from '../pages/send.js';
import { SignInErrorFilter } from '../pages/sign-in-error.filter.js';
import { SignInError } from '../pages/sign-in-error.js';
import { choicePage } from '../pages/sign-in-pages.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { Interactions } from '../provider/interactions.service.js';
import type { PendingLogin } from '../provider/pending-login.js';
import { SessionStore } from '../session/session.store.js';
import { AccountStore } from './account.store.js';
import { offeredProviders, passesMax, SignInStart } from './sign-in.start.js';

@Controller()
@UseFilters(SignInErrorFilter)
export class LoginController {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly interactions: Interactions,
    private readonly sessions: SessionStore,
    private readonly accounts: AccountStore,
    private readonly signIn: SignInStart,
    private readonly cookies: SignOutCookies,
    private readonly surroundings: PageSurroundings,
  ) {}

  /**
   * Where Jira's authorization request leads unless the OP could send the browser to its provider itself: on at once
   * with a session, to the choice of several, to one that was chosen or is not known yet, or back here after an error.
   */
  @Get('login/:interaction')
  async open(
    @Param('interaction') uid: string,
    @Query('provider') chosen: unknown,
    @Query('other') other: unknown,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const pending = await this.interactions.ofBrowser(uid, request.raw, reply.raw);
    if (!pending) throw new SignInError('login.interaction_expired');
    if (pending.passes >= passesMax) throw new SignInError('login.going_in_circles');
    const somebodyElse = other === '1';
    if (!pending.reauthenticate && !somebodyElse && (await this.goOn(pending, request, reply))) return;
    const { document } = await this.liveConfig.current();
    const choices = offeredProviders(document);
    if (choices.length === 0) throw new SignInError('login.no_provider', { interaction: uid });
    if (chosen === undefined && !somebodyElse && isForAgentsOnly(document.settings, pending.entry)) {
      return sendPage(reply, portalQuestionPage({ interaction: uid, isUnusable: false }, this.surroundings.current()));
    }
    const mayGoOn = choices.length === 1 && this.signIn.mayGoUnasked(request.raw);
    const provider = typeof chosen === 'string' ? chosen : mayGoOn ? choices[0]!.key : undefined;
    if (provider !== undefined) {
      this.cookies.clearSignedOut(request.raw, reply);
      const url = await this.signIn.at(provider, pending, somebodyElse, request.raw, reply);
      return redirect(reply, url.href);
    }
    const signedOut = this.cookies.signedOut(request.raw) !== undefined;
    const page = { interaction: uid, other: somebodyElse, signedOut };
    await sendPage(reply, choicePage(choices, page, this.surroundings.current()));
  }

  /** A living session of ours with a usable account needs no provider. */
  private async goOn(pending: PendingLogin, request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const session = await this.sessions.ofBrowser(request.raw);
    if (!session || !(await this.accounts.usable(session.accountId, session.identityId))) return false;
    const returnTo = await this.interactions.finish(pending, session, reply);
    if (returnTo === undefined) throw new SignInError('login.interaction_expired');
    await redirect(reply, returnTo);
    return true;
  }
}
