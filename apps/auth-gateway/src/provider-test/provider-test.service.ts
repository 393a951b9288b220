import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { ProviderTestResult } from '@gatehouse/contracts';
import { deriveFrom } from '@gatehouse/relying-party';
import type { ExpectedAnswer, VerifiedAnswer } from '@gatehouse/relying-party';
import { continueTrace, LOGGER, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import type { CookieSink } from '../cookies/own-cookies.js';
import { SignInError } from '../pages/sign-in-error.js';
import { ProviderConnections } from '../relying-party/provider-connections.service.js';
import { newTransaction, TransactionStore, transactionSeconds } from '../relying-party/transaction.store.js';
import type { Transaction } from '../relying-party/transaction.store.js';
import { failedTest, isClientRefused, otherMethodAdvice } from './failed-test.js';
import type { Method } from './failed-test.js';
import { ProviderTestStore, testInteraction } from './provider-test.store.js';
import type { ProviderOnTrial } from './provider-test.store.js';
import { TestExplanation } from './test-explanation.service.js';

/** The answer to a sign-in that is a test; its transaction is spent. */
export interface AnsweredTest {
  readonly testId: string;
  readonly transaction: Transaction;
  readonly secret: string;
  /** Of the address it came to. */
  readonly providerKey: string;
  readonly query: string;
}

const secretMethods: readonly Method[] = ['client_secret_post', 'client_secret_basic', 'client_secret_basic_raw'];

/**
 * "Test configuration": the same sign-in that people make, with every check, and at its end a page instead of an
 * account. It writes nothing but its own answer (S17), and of Jira it only reads.
 */
@Injectable()
export class ProviderTests {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly connections: ProviderConnections,
    private readonly transactions: TransactionStore,
    private readonly cookies: GatewayCookies,
    private readonly store: ProviderTestStore,
    private readonly explanation: TestExplanation,
  ) {}

  /** @returns where the window goes on; undefined when this address is not, or no longer, a test's */
  async begin(secret: string, request: IncomingMessage, reply: CookieSink): Promise<URL | undefined> {
    const test = await this.store.begin(secret);
    if (!test) return undefined;
    const { key } = test.trial;
    const traceId = newTraceId();
    continueTrace(traceId);
    const connection = await this.connections.onTrial(test.trial).catch(async (error: unknown) => {
      // Its address is spent: whoever made the test reads here how it ended.
      await this.store.answer(test.id, failedTest(error, test.trial.provider.clientAuthentication, ''));
      throw error;
    });
    const transaction = newTransaction({ provider: key, interaction: testInteraction(test.id), traceId });
    const url = connection.authorizationUrl({
      state: transaction.id,
      ...deriveFrom(transaction.secret),
      // The person at this window shall be able to choose whom to try.
      reauthenticate: false,
      maxAgeSeconds: undefined,
      loginHint: undefined,
    });
    await this.transactions.begin(transaction);
    this.cookies.dropSurplusTransactions(request, reply);
    this.cookies.setTransaction(reply, transaction, transactionSeconds, connection.postsAnswers ? 'None' : 'Lax');
    this.logger.info({ step: 'test-started', provider: key, test: test.id }, 'a provider is being tried');
    return url;
  }

  /** @returns undefined when the test is over meanwhile */
  async answer({ testId, ...answered }: AnsweredTest): Promise<ProviderTestResult | undefined> {
    const test = await this.store.underWay(testId);
    if (!test) return undefined;
    const { key } = test.trial;
    const result = await this.resultOf(test.trial, answered);
    await this.store.answer(testId, result);
    const { outcome } = result;
    this.logger.info({ step: 'test-answered', provider: key, test: testId, outcome }, 'a provider was tried');
    return result;
  }

  private async resultOf(
    trial: ProviderOnTrial,
    { transaction, secret, providerKey, query }: Omit<AnsweredTest, 'testId'>,
  ): Promise<ProviderTestResult> {
    const configured = trial.provider.clientAuthentication;
    try {
      if (transaction.provider !== providerKey) {
        throw new SignInError('login.answer_invalid', {
          internal: 'the answer came to the address of another provider',
        });
      }
      const expected = { state: transaction.id, ...deriveFrom(secret), maxAgeSeconds: undefined };
      const { answer, method } = await this.answerBy(trial, query, expected);
      const result = await this.explanation.of(trial, answer);
      if (method === configured) return result;
      const advice = [otherMethodAdvice(configured, method), ...result.advice];
      return { ...result, clientAuthentication: method, advice };
    } catch (error) {
      return failedTest(error, configured, query);
    }
  }

  /**
   * A server that does not accept how the client authenticates has not looked at the code yet, so another way can be
   * tried with it: which one works is what the administrator wants to know.
   */
  private async answerBy(
    trial: ProviderOnTrial,
    query: string,
    expected: ExpectedAnswer,
  ): Promise<{ answer: VerifiedAnswer; method: Method }> {
    const configured = trial.provider.clientAuthentication;
    const others = secretMethods.includes(configured) ? secretMethods.filter((method) => method !== configured) : [];
    let first: unknown;
    for (const method of [configured, ...others]) {
      const provider = { ...trial.provider, clientAuthentication: method };
      const connection = await this.connections.onTrial({ ...trial, provider });
      try {
        return { answer: await connection.answer(query, expected), method };
      } catch (error) {
        first ??= error;
        if (!isClientRefused(error)) throw method === configured ? error : first;
      }
    }
    throw first;
  }
}
