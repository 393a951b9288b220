import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import type { CookieSink } from '../cookies/own-cookies.js';
import { redirect, sendPage } from '../pages/send.js';
import { alreadySignedInPage, finishedElsewherePage, stillAnsweringPage } from '../pages/sign-in-pages.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { Interactions } from '../provider/interactions.service.js';
import { SignInError } from '../pages/sign-in-error.js';
import { OpFront } from '../provider/op.front.js';
import type { Resumption } from '../provider/resumption.js';
import { TransactionStore } from '../relying-party/transaction.store.js';
import type { Transaction } from '../relying-party/transaction.store.js';
import { SessionStore } from '../session/session.store.js';
import type { OpenedSession } from './login-record.store.js';
import { SignInNotice } from './sign-in-notice.js';

/** The last step of every sign-in: the browser gets its session and goes on to Jira. */
@Injectable()
export class SignInCompletion {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly interactions: Interactions,
    private readonly op: OpFront,
    private readonly transactions: TransactionStore,
    private readonly sessions: SessionStore,
    private readonly cookies: GatewayCookies,
    private readonly surroundings: PageSurroundings,
    private readonly notice: SignInNotice,
  ) {}

  async complete(
    request: IncomingMessage,
    reply: FastifyReply,
    transaction: Transaction,
    session: OpenedSession | undefined,
  ): Promise<void> {
    if (!session) {
      this.cookies.clearTransaction(reply, transaction.id);
      return this.doneElsewhere(request, reply, transaction);
    }
    this.logger.info({ step: 'completed', provider: transaction.provider, account: session.accountId }, 'signed in');
    this.notice.give(); // Jira asks for its token next.
    if (session.resumption) {
      this.goOn(request, reply, transaction, session, session.resumption);
      return;
    }
    this.setCookies(reply, transaction, session);
    if (session.returnTo === undefined) return this.alreadyDone(reply);
    this.interactions.clearCookies(transaction.interaction, reply);
    await redirect(reply, session.returnTo);
  }

  /**
   * Another request of this browser was first, or somebody ended it: only in the first case is anybody signed in. That
   * request was given the session. This one is not given it again: whoever had planted the transaction in this browser
   * could ask for it too. A browser that dropped the first answer is sent to Jira, where it signs in anew.
   */
  async doneElsewhere(
    request: IncomingMessage,
    reply: FastifyReply,
    { id, interaction }: Pick<Transaction, 'id' | 'interaction'>,
  ): Promise<void> {
    if (await this.transactions.wasGivenUp(id)) throw new SignInError('login.given_up', { interaction });
    if (await this.sessions.ofBrowser(request)) return this.alreadyDone(reply);
    await sendPage(reply, finishedElsewherePage(this.surroundings.current()));
  }

  async stillAnswering(reply: FastifyReply): Promise<void> {
    await sendPage(reply, stillAnsweringPage(this.surroundings.current()));
  }

  async alreadyDone(reply: FastifyReply): Promise<void> {
    await sendPage(reply, alreadySignedInPage(this.surroundings.current()));
  }

  /** The OP answers this request itself, with the code for Jira. */
  private goOn(
    request: IncomingMessage,
    reply: FastifyReply,
    transaction: Transaction,
    session: OpenedSession,
    resumption: Resumption,
  ): void {
    const cookies: string[] = [];
    const sink = { header: (_name: 'set-cookie', value: string) => cookies.push(value) };
    this.setCookies(sink, transaction, session);
    this.cookies.clearOpInteraction(sink, transaction.interaction); // The OP's own session is replaced by the OP.
    request.headers.cookie = this.cookies.withSession(request, session.token);
    reply.hijack();
    this.op.resume(request, reply.raw, resumption, cookies);
  }

  private setCookies(reply: CookieSink, { id }: Transaction, { token, rememberSeconds }: OpenedSession): void {
    this.cookies.clearTransaction(reply, id);
    this.cookies.setSession(reply, token, rememberSeconds);
  }
}
