import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { redirect, sendPage } from '../pages/send.js';
import { alreadySignedInPage } from '../pages/sign-in-pages.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { Interactions } from '../provider/interactions.service.js';
import { SignInError } from '../pages/sign-in-error.js';
import { TransactionStore } from '../relying-party/transaction.store.js';
import type { Transaction } from '../relying-party/transaction.store.js';
import type { OpenedSession } from './login-record.store.js';

/** The last step of every sign-in: the browser gets its session and goes on to Jira. */
@Injectable()
export class SignInCompletion {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly interactions: Interactions,
    private readonly transactions: TransactionStore,
    private readonly cookies: GatewayCookies,
    private readonly surroundings: PageSurroundings,
  ) {}

  async complete(reply: FastifyReply, transaction: Transaction, session: OpenedSession | undefined): Promise<void> {
    this.cookies.clearTransaction(reply, transaction.id);
    if (!session) return this.doneElsewhere(reply, transaction);
    this.cookies.setSession(reply, session.token, session.rememberSeconds);
    this.logger.info({ step: 'completed', provider: transaction.provider, account: session.accountId }, 'signed in');
    if (session.returnTo === undefined) return this.alreadyDone(reply);
    this.interactions.clearCookies(transaction.interaction, reply);
    await redirect(reply, session.returnTo);
  }

  /** Another tab of this browser was first, or somebody ended it: only in the first case is anybody signed in. */
  async doneElsewhere(
    reply: FastifyReply,
    { id, interaction }: Pick<Transaction, 'id' | 'interaction'>,
  ): Promise<void> {
    if (await this.transactions.wasGivenUp(id)) throw new SignInError('login.given_up', { interaction });
    return this.alreadyDone(reply);
  }

  async alreadyDone(reply: FastifyReply): Promise<void> {
    await sendPage(reply, alreadySignedInPage(this.surroundings.current()));
  }
}
