import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { ConfigDocument } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { isForAgentsOnly } from '@gatehouse/mapping';
import { continueTrace, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { SignOutCookies } from '../cookies/sign-out.cookies.js';
import type { CookieSink } from '../cookies/own-cookies.js';
import { SignInError } from '../pages/sign-in-error.js';
import { JiraAddress } from '../provider/jira.address.js';
import type { PendingLogin } from '../provider/pending-login.js';
import { deriveFrom } from '@gatehouse/relying-party';
import type { ProviderConnection } from '@gatehouse/relying-party';
import { ProviderConnections } from '../relying-party/provider-connections.service.js';
import { newTransaction, TransactionStore, transactionSeconds } from '../relying-party/transaction.store.js';
import type { NewTransaction } from '../relying-party/transaction.store.js';
import { cameUnasked } from './came-unasked.js';
import { FailedAttempts } from './failed-attempts.service.js';

interface Begun {
  /** Where the browser goes on: at the provider. */
  readonly url: URL;
  readonly transaction: NewTransaction;
  readonly provider: string;
}

/** A sign-in that was finished and still sent back this often will not succeed by going round once more. */
export const passesMax = 3;

/** What a provider is asked where Jira only says that the person must prove again who they are. */
const reauthenticationSeconds = 60;

/** What a person may choose from; of one there is nothing to choose. */
export function offeredProviders({ providers }: ConfigDocument): readonly { key: string; name: string }[] {
  return Object.entries(providers)
    .filter(([, { enabled }]) => enabled)
    .map(([key, { name }]) => ({ key, name }));
}

/** Sends a browser to a provider, with what proves later that it is the one that comes back. */
@Injectable()
export class SignInStart {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly liveConfig: LiveConfigReader,
    private readonly connections: ProviderConnections,
    private readonly transactions: TransactionStore,
    private readonly cookies: GatewayCookies,
    private readonly signOutCookies: SignOutCookies,
    private readonly jira: JiraAddress,
    private readonly attempts: FailedAttempts,
  ) {}

  /** @throws SignInError that leads back to this sign-in */
  async at(
    provider: string,
    pending: PendingLogin,
    somebodyElse: boolean,
    request: IncomingMessage,
    reply: CookieSink,
  ): Promise<URL> {
    try {
      const { connection } = await this.connections.open(provider);
      const { url, transaction } = this.begun(provider, connection, pending, somebodyElse);
      await this.transactions.begin(transaction);
      this.bind(transaction, connection, request, reply);
      this.started(provider);
      return url;
    } catch (error) {
      if (!(error instanceof SignInError)) throw error;
      const { code, internal } = error;
      await this.attempts.note(provider, code, internal);
      throw new SignInError(code, { cause: error, internal, interaction: pending.uid });
    }
  }

  /**
   * The same without a page between, for a browser that has nothing to choose or to say: no session, one provider, and
   * that one known. The cookies are set; the caller commits the transaction before the answer leaves.
   */
  async atOnce(pending: PendingLogin, request: IncomingMessage, reply: CookieSink): Promise<Begun | undefined> {
    if (pending.passes >= passesMax || this.cookies.session(request) !== undefined) return undefined;
    if (!this.mayGoUnasked(request)) return undefined;
    const live = await this.liveConfig.current();
    if (isForAgentsOnly(live.document.settings, pending.entry)) return undefined;
    const [choice, ...others] = offeredProviders(live.document);
    const connection = choice && others.length === 0 ? this.connections.known(choice.key, live) : undefined;
    if (!choice || !connection) return undefined;
    const begun = this.begun(choice.key, connection, pending, false);
    this.bind(begun.transaction, connection, request, reply);
    return begun;
  }

  /** Whether a browser may be sent to the only provider without having pressed anything here (D8, O69). */
  mayGoUnasked(request: IncomingMessage): boolean {
    return this.signOutCookies.signedOut(request) === undefined && !cameUnasked(request.headers, this.jira.known);
  }

  /** Once it is committed. */
  started(provider: string): void {
    this.logger.info({ step: 'started', provider }, 'sign-in started');
  }

  private begun(provider: string, connection: ProviderConnection, pending: PendingLogin, somebodyElse: boolean): Begun {
    const traceId = newTraceId();
    continueTrace(traceId);
    const transaction = newTransaction({ provider, interaction: pending.uid, traceId });
    const url = connection.authorizationUrl({
      state: transaction.id,
      ...deriveFrom(transaction.secret),
      reauthenticate: pending.reauthenticate || somebodyElse,
      // O68: some providers heed only one of the two. Never 0, at which several ask again and again.
      maxAgeSeconds: pending.reauthenticate ? pending.maxAgeSeconds || reauthenticationSeconds : undefined,
      // Somebody else has another name than the one that was typed.
      loginHint: (somebodyElse ? undefined : pending.typedName) ?? pending.loginHint,
    });
    return { url, transaction, provider };
  }

  private bind(
    transaction: NewTransaction,
    { postsAnswers }: ProviderConnection,
    request: IncomingMessage,
    reply: CookieSink,
  ): void {
    this.cookies.dropSurplusTransactions(request, reply);
    this.cookies.setTransaction(reply, transaction, transactionSeconds, postsAnswers ? 'None' : 'Lax');
  }
}
