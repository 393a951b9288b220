import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { ErrorCode } from '@gatehouse/errors';
import { GatehouseError } from '@gatehouse/errors';
import type { ConfigDocument, ProviderTestResult } from '@gatehouse/contracts';
import {
  decideEntry,
  enteredBy,
  groupsNote,
  isForAgentsOnly,
  profileOf,
  withGroupsElsewhere,
} from '@gatehouse/mapping';
import { continueTrace, LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { classifyFailure } from '../pages/classify-failure.js';
import { SignInError } from '../pages/sign-in-error.js';
import { pendingLogin } from '../provider/pending-login.js';
import type { PendingLogin } from '../provider/pending-login.js';
import { AnswerError, claimsProblem, deriveFrom, keepsIdTokenHint, mergeClaims } from '@gatehouse/relying-party';
import type { MergedClaims, VerifiedAnswer } from '@gatehouse/relying-party';
import { authenticatedAt } from './authenticated-at.js';
import { sourcesApart } from '../provider-test/raw-answer.js';
import { ProviderTests } from '../provider-test/provider-test.service.js';
import { testOfInteraction } from '../provider-test/provider-test.store.js';
import { ProviderConnections } from '../relying-party/provider-connections.service.js';
import { TransactionStore } from '../relying-party/transaction.store.js';
import type { Transaction } from '../relying-party/transaction.store.js';
import { AccountWaiter } from './account.waiter.js';
import { Agents } from './agents.reader.js';
import { FailedAttempts } from './failed-attempts.service.js';
import { CallbackReplays } from './callback-replays.service.js';
import type { Replayed } from './callback-replays.service.js';
import { LoginRecords } from './login-record.store.js';
import type { OpenedSession } from './login-record.store.js';
import { SignInNotice } from './sign-in-notice.js';
import { stateOf } from './state-of.js';

const accountWithinMs = 2_000;

export type CallbackOutcome =
  | { kind: 'signed-in'; transaction: Transaction; session: OpenedSession | undefined }
  | { kind: 'wait'; transaction: Transaction; secret: string }
  /** It only tried the provider for an administrator. */
  | { kind: 'tested'; result: ProviderTestResult | undefined }
  | Replayed;

interface Waiting {
  readonly transaction: Transaction;
  readonly pending: PendingLogin;
  readonly secret: string;
  readonly identityId: string;
}

interface Entered extends MergedClaims {
  readonly entries: readonly string[];
  readonly person: string | undefined;
  readonly username: string | undefined;
  readonly note: ErrorCode | undefined;
  readonly reason: string | undefined;
}

/** What happens between a provider's answer and a session. */
@Injectable()
export class CallbackService {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly cookies: GatewayCookies,
    private readonly transactions: TransactionStore,
    private readonly connections: ProviderConnections,
    private readonly records: LoginRecords,
    private readonly waiter: AccountWaiter,
    private readonly tests: ProviderTests,
    private readonly replays: CallbackReplays,
    private readonly attempts: FailedAttempts,
    private readonly agents: Agents,
    private readonly notice: SignInNotice,
  ) {}

  /**
   * @param query with its question mark, as it came
   * @throws SignInError when the answer lets nobody in
   * @returns `not-open`, with nothing spent and nobody asked, unless this browser holds the secret of an open sign-in
   */
  async answer(providerKey: string, query: string, request: IncomingMessage): Promise<CallbackOutcome> {
    const startedAt = Date.now();
    const id = stateOf(query);
    const secret = id && this.cookies.transaction(request, id);
    if (!id || !secret) return { kind: 'not-open', reason: 'no cookie for this state' };
    const claimed = await this.transactions.claim(id, secret);
    if (claimed.kind === 'unknown') return { kind: 'not-open', reason: 'expired' };
    if (claimed.kind === 'replayed') return this.replays.outcomeOf(id, secret, claimed.interaction);
    const { transaction, interaction } = claimed;
    continueTrace(transaction.traceId);
    const testId = testOfInteraction(transaction.interaction);
    if (testId !== undefined) {
      const result = await this.tests.answer({ testId, transaction, secret, providerKey, query });
      return { kind: 'tested', result };
    }
    const pending = interaction && pendingLogin(transaction.interaction, interaction);
    const { answer, entered, waiting, idTokenHint } = await this.verify(
      transaction,
      pending,
      providerKey,
      query,
      secret,
      startedAt,
    );
    this.notice.give();
    const accepted = await this.records.accept({
      transaction,
      pending: waiting,
      ...answer,
      ...entered,
      idTokenHint,
      apart: sourcesApart(answer),
      authenticatedAt: authenticatedAt(answer.idToken['auth_time'], startedAt),
      oldToken: this.cookies.session(request),
      startedAt,
    });
    if (accepted === 'deactivated') {
      const refusal = new SignInError('entry.deactivated', { person: entered.person });
      throw await this.ended(refusal, transaction, answer.subject, startedAt);
    }
    const { identityId, session } = accepted;
    const details = { step: 'answered', provider: transaction.provider, outcome: 'accepted', note: entered.note };
    this.logger.info({ ...details, durationMs: Date.now() - startedAt }, 'the provider answered');
    if (session) return { kind: 'signed-in', transaction, session };
    return this.waitForAccount({ transaction, pending: waiting, secret, identityId }, entered.person, request);
  }

  private async verify(
    transaction: Transaction,
    waiting: PendingLogin | undefined,
    providerKey: string,
    query: string,
    secret: string,
    startedAt: number,
  ): Promise<{ answer: VerifiedAnswer; entered: Entered; waiting: PendingLogin; idTokenHint: string | undefined }> {
    let subject: string | undefined;
    try {
      // O35: the answer of one provider at another's address. It is spent, and no secret is sent anywhere.
      if (transaction.provider !== providerKey) {
        throw new SignInError('login.answer_invalid', {
          internal: 'the answer came to the address of another provider',
        });
      }
      if (!waiting) throw new SignInError('login.interaction_expired');
      const { connection, live } = await this.connections.open(providerKey);
      const answer = await connection.answer(query, {
        state: transaction.id,
        ...deriveFrom(secret),
        // O68: proved since this sign-in began, whatever the provider makes of `prompt`; no auth_time is not fresh.
        maxAgeSeconds: waiting.reauthenticate ? transaction.ageSeconds : undefined,
      });
      ({ subject } = answer);
      const provider = live.document.providers[providerKey]!;
      const mapping = live.document.mappings[providerKey]!;
      const keepsHint = keepsIdTokenHint(provider, connection.endSessionEndpoint, answer.rawIdToken);
      const idTokenHint = keepsHint ? answer.rawIdToken : undefined;
      const entered = enter(answer, { provider, mapping }, waiting);
      await this.assertMayEnterThere(waiting, { ...answer, ...entered, provider: providerKey }, live.document);
      return { answer, entered, waiting, idTokenHint };
    } catch (error) {
      throw await this.ended(error, transaction, subject, startedAt);
    }
  }

  /** D7: what somebody typed before was a name; these are the claims. */
  private async assertMayEnterThere(
    { entry }: PendingLogin,
    proved: VerifiedAnswer & Entered & { readonly provider: string },
    document: ConfigDocument,
  ): Promise<void> {
    if (!isForAgentsOnly(document.settings, entry)) return;
    if (await this.agents.isOne(proved, document)) return;
    throw new SignInError('entry.agents_only', { person: proved.person });
  }

  /** Records how it ended, and makes the error lead back to this sign-in. */
  private async ended(
    error: unknown,
    transaction: Transaction,
    subject: string | undefined,
    startedAt: number,
  ): Promise<unknown> {
    const known = asSignInError(error);
    if (!known) {
      await this.attempts.note(transaction.provider, classifyFailure(error).code, undefined);
      return error;
    }
    const outcome = known.code.startsWith('entry.') ? 'refused' : 'failed';
    await this.records.end(transaction, { outcome, code: known.code, reason: known.internal, subject }, startedAt);
    const details = { step: 'answered', provider: transaction.provider, outcome, error: known.code };
    this.logger.info({ ...details, reason: known.internal }, 'the provider answered');
    return new SignInError(known.code, {
      cause: error,
      internal: known.internal,
      interaction: transaction.interaction,
      person: known instanceof SignInError ? known.person : undefined,
    });
  }

  private async waitForAccount(
    { transaction, pending, secret, identityId }: Waiting,
    person: string | undefined,
    request: IncomingMessage,
  ): Promise<CallbackOutcome> {
    const waitedFrom = Date.now();
    const standing = await this.waiter.waitFor(identityId, transaction.traceId, accountWithinMs);
    this.logger.info(
      { step: 'waited', provider: transaction.provider, standing: standing.kind, waitedMs: Date.now() - waitedFrom },
      'waited for the account',
    );
    switch (standing.kind) {
      case 'usable': {
        const found = { identityId, accountId: standing.accountId };
        const session = await this.records.finishWaiting(transaction, pending, found, this.cookies.session(request));
        return { kind: 'signed-in', transaction, session };
      }
      case 'pending':
        return { kind: 'wait', transaction, secret };
      case 'refused':
      case 'failed':
        await this.records.stopKeeping(transaction);
        throw new SignInError(standing.code, { interaction: transaction.interaction, person });
    }
  }
}

function enter(
  { idToken, userinfo }: VerifiedAnswer,
  rules: Pick<Parameters<typeof decideEntry>[0], 'provider' | 'mapping'>,
  { entry }: PendingLogin,
): Entered {
  const { claims: merged, sources } = mergeClaims(idToken, userinfo.kind === 'read' ? userinfo.claims : undefined);
  const claims = userinfo.kind === 'failed' ? withGroupsElsewhere(merged, rules.mapping.groups) : merged;
  const problem = claimsProblem(claims);
  if (problem) throw new SignInError('login.answer_invalid', { internal: `the claims are ${problem}` });
  const { email, username } = profileOf(claims, rules.mapping);
  const person = (email ?? username)?.slice(0, 100);
  const decision = decideEntry({ claims, ...rules });
  const note = userinfo.kind === 'failed' ? 'login.userinfo_unavailable' : groupsNote(claims, rules.mapping);
  const reason = userinfo.kind === 'failed' ? userinfo.reason : undefined;
  const entries = enteredBy(rules.mapping, entry);
  if (decision.kind === 'enter') return { claims, sources, entries, person, username, note, reason };
  // What is missing may be just what could not be read: that is the provider's trouble, not the person's.
  if (userinfo.kind === 'failed') throw new SignInError('login.userinfo_unavailable', { internal: userinfo.reason });
  throw new SignInError(decision.code, { person });
}

function asSignInError(error: unknown): GatehouseError | undefined {
  if (error instanceof GatehouseError) return error;
  if (!(error instanceof AnswerError)) return undefined;
  return new SignInError(error.failure.code, { cause: error, internal: error.failure.reason });
}
