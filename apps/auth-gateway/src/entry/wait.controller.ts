import { Controller, Get, Param, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Breakers } from '@gatehouse/messaging';
import { continueTrace } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { sendPage } from '../pages/send.js';
import { SignInErrorFilter } from '../pages/sign-in-error.filter.js';
import { SignInError } from '../pages/sign-in-error.js';
import { waitingPage } from '../pages/sign-in-pages.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { Interactions } from '../provider/interactions.service.js';
import { TransactionStore } from '../relying-party/transaction.store.js';
import { SessionStore } from '../session/session.store.js';
import { AccountWaiter } from './account.waiter.js';
import { LoginRecords } from './login-record.store.js';
import { SignInCompletion } from './sign-in.completion.js';

const refreshSeconds = 2;
const waitSecondsMax = 300;

@Controller()
@UseFilters(SignInErrorFilter)
export class WaitController {
  constructor(
    private readonly transactions: TransactionStore,
    private readonly waiter: AccountWaiter,
    private readonly records: LoginRecords,
    private readonly interactions: Interactions,
    private readonly completion: SignInCompletion,
    private readonly sessions: SessionStore,
    private readonly cookies: GatewayCookies,
    private readonly surroundings: PageSurroundings,
    private readonly breakers: Breakers,
  ) {}

  /** "Preparing your account": asks again by itself and needs no script. */
  @Get('login/:interaction/wait/:transaction')
  async wait(
    @Param('interaction') interaction: string,
    @Param('transaction') id: string,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const secret = this.secretOf(id, request);
    const transaction = secret === undefined ? undefined : await this.transactions.waiting(id, secret);
    if (transaction?.interaction !== interaction) return this.nothingWaits(id, interaction, secret, request, reply);
    continueTrace(transaction.traceId);
    const standing = await this.waiter.standingOf(transaction.identityId, transaction.traceId);
    switch (standing.kind) {
      case 'usable': {
        const { identityId } = transaction;
        const oldToken = this.cookies.session(request.raw);
        const pending = await this.interactions.find(interaction);
        const found = { identityId, accountId: standing.accountId };
        const session = await this.records.finishWaiting(transaction, pending, found, oldToken);
        return this.completion.complete(request.raw, reply, transaction, session);
      }
      case 'refused':
      case 'failed':
        await this.records.stopKeeping(transaction);
        throw new SignInError(standing.code, { interaction });
      case 'pending': {
        if (transaction.answeredSecondsAgo > waitSecondsMax) {
          await this.records.stopKeeping(transaction);
          throw new SignInError('login.account_pending', { interaction, internal: standing.code });
        }
        // A job that rests because Jira is away could not say so itself.
        const code = standing.code ?? this.breakers.of('jira').code;
        const { answeredSecondsAgo: waitedSeconds, traceId: reference } = transaction;
        const page = { code, waitedSeconds, reference, refreshSeconds };
        return sendPage(reply, waitingPage(page, this.surroundings.current()));
      }
    }
  }

  /** The session of this browser may be of somebody else, so it is not what tells how this sign-in ended. */
  private async nothingWaits(
    id: string,
    interaction: string,
    secret: string | undefined,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const spent = secret === undefined ? undefined : await this.transactions.spentBy(id, secret);
    if (spent === interaction && (await this.transactions.wasGivenUp(id)))
      throw new SignInError('login.given_up', { interaction });
    if (await this.sessions.ofBrowser(request.raw)) return this.completion.alreadyDone(reply);
    throw new SignInError('login.transaction_unknown', { internal: 'nothing waits under this address' });
  }

  /** Only the browser that began it holds its secret. */
  private secretOf(id: string, request: FastifyRequest): string | undefined {
    const isId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);
    return isId ? this.cookies.transaction(request.raw, id) : undefined;
  }
}
