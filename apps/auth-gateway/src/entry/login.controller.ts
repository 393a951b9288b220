import { Controller, Get, Inject, Param, Query, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LiveConfigReader } from '@gatehouse/database';
import { continueTrace, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { redirect, sendPage } from '../pages/send.js';
import { SignInErrorFilter } from '../pages/sign-in-error.filter.js';
import { SignInError } from '../pages/sign-in-error.js';
import { choicePage } from '../pages/sign-in-pages.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { Interactions } from '../provider/interactions.service.js';
import type { PendingLogin } from '../provider/interactions.service.js';
import { deriveFrom } from '../relying-party/login-secret.js';
import { ProviderConnections } from '../relying-party/provider-connections.service.js';
import { TransactionStore, transactionSeconds } from '../relying-party/transaction.store.js';
import { SessionStore } from '../session/session.store.js';
import { AccountStore } from './account.store.js';

/** A sign-in that was finished and still sent back this often will not succeed by going round once more. */
const passesMax = 3;

@Controller()
@UseFilters(SignInErrorFilter)
export class LoginController {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly liveConfig: LiveConfigReader,
    private readonly interactions: Interactions,
    private readonly sessions: SessionStore,
    private readonly accounts: AccountStore,
    private readonly connections: ProviderConnections,
    private readonly transactions: TransactionStore,
    private readonly cookies: GatewayCookies,
    private readonly surroundings: PageSurroundings,
  ) {}

  /** Where Jira's authorization request leads: on at once, to the one provider, or to the choice of several. */
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
    if (pending.passes >= passesMax)
      throw new SignInError('login.unexpected', { internal: 'a sign-in went in circles' });
    const somebodyElse = other === '1';
    if (!pending.reauthenticate && !somebodyElse && (await this.goOn(pending, request, reply))) return;
    const { document } = await this.liveConfig.current();
    const choices = Object.entries(document.providers)
      .filter(([, { enabled }]) => enabled)
      .map(([key, { name }]) => ({ key, name }));
    const provider = typeof chosen === 'string' ? chosen : choices.length === 1 ? choices[0]!.key : undefined;
    if (provider !== undefined) return this.start(provider, pending, somebodyElse, request, reply);
    if (choices.length === 0) throw new SignInError('login.provider_unknown', { internal: 'no provider is enabled' });
    await sendPage(reply, choicePage(choices, { interaction: uid, other: somebodyElse }, this.surroundings.current()));
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

  private async start(
    provider: string,
    pending: PendingLogin,
    somebodyElse: boolean,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const traceId = newTraceId();
    continueTrace(traceId);
    try {
      const { connection } = await this.connections.open(provider);
      const { id, secret } = await this.transactions.begin({ provider, interaction: pending.uid, traceId });
      const url = connection.authorizationUrl({
        state: id,
        ...deriveFrom(secret),
        reauthenticate: pending.reauthenticate || somebodyElse,
        maxAgeSeconds: pending.reauthenticate ? pending.maxAgeSeconds : undefined,
        loginHint: pending.loginHint,
      });
      this.cookies.dropSurplusTransactions(request.raw, reply);
      this.cookies.setTransaction(reply, id, secret, transactionSeconds);
      this.logger.info({ step: 'started', provider }, 'sign-in started');
      await redirect(reply, url.href);
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      const { code, internal } = error;
      throw new SignInError(code, { cause: error, internal, interaction: pending.uid });
    }
  }
}
