import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { identityVerified } from '@gatehouse/contracts';
import { LiveConfigReader, Statements } from '@gatehouse/database';
import { RetryableError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { Outbox } from '@gatehouse/messaging';
import { isUsable } from './account-standing.js';
import { AccountStore } from './account.store.js';
import { acceptLogin, endLogin, finishLogin } from './login-record-sql.js';
import { interactionResult } from '../provider/interactions.service.js';
import type { PendingLogin } from '../provider/interactions.service.js';
import { opSessionSeconds } from '../provider/op-configuration.js';
import { keyOf } from '../provider/op-model.store.js';
import { sessionGrant } from '../provider/session-grant.js';
import { hashSecret } from '../relying-party/login-secret.js';
import { transactionSeconds } from '../relying-party/transaction.store.js';
import type { Transaction } from '../relying-party/transaction.store.js';
import type { Claims } from '../relying-party/merge-claims.js';

export interface Accepted {
  readonly transaction: Transaction;
  readonly pending: PendingLogin;
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
  /** Something worth keeping that did not stop the sign-in. */
  readonly note: ErrorCode | undefined;
  readonly oldToken: string | undefined;
  readonly startedAt: number;
}

export interface OpenedSession {
  /** The secret for the browser's cookie. */
  readonly token: string;
  readonly accountId: string;
  /** Where the browser goes on to Jira; undefined when Jira's request has expired meanwhile. */
  readonly returnTo: string | undefined;
}

/** Somebody else's first sign-in under the same subject may come between the look and the commit, hardly twice. */
const attemptsMax = 3;

/** Writes how a sign-in ended. Each of these is one statement, and so one commit. */
@Injectable()
export class LoginRecords {
  private readonly statements: Statements;

  constructor(
    dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly accounts: AccountStore,
    private readonly liveConfig: LiveConfigReader,
  ) {
    this.statements = new Statements(dataSource);
  }

  /**
   * Identity with its claims, login and event, and at once the session, its grant and the OP's answer when the account
   * is usable already.
   */
  async accept(accepted: Accepted): Promise<{ identityId: string; session: OpenedSession | undefined }> {
    const { transaction, note, oldToken, startedAt } = accepted;
    for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
      const known = await this.accounts.knownPerson(transaction.provider, accepted);
      const identityId = known?.identityId ?? randomUUID();
      const accountId = known && isUsable(known.facts) ? known.facts.accountId! : null;
      const opening = await this.opening(accepted.pending, accountId, oldToken);
      const row = await this.statements.first(acceptLogin, [
        ...opening.values,
        identityId,
        transaction.provider,
        accepted.issuer,
        accepted.subject,
        JSON.stringify(accepted.claims),
        this.outbox.rowsOf(identityVerified, { identityId, traceId: transaction.traceId }),
        randomUUID(),
        note ?? null,
        transaction.traceId,
        Math.round(Date.now() - startedAt),
        transaction.id,
        transactionSeconds,
        accountId,
        await this.accounts.verifiedHours(),
      ]);
      if (row) return { identityId, session: openedSession(opening.token, row) };
    }
    throw new RetryableError('login.unexpected', 'This person is being signed in elsewhere at the same moment');
  }

  /** For a sign-in that waited. Undefined when another request of the same browser was first. */
  async finishWaiting(
    transaction: Transaction,
    pending: PendingLogin | undefined,
    { identityId, accountId }: { identityId: string; accountId: string },
    oldToken: string | undefined,
  ): Promise<OpenedSession | undefined> {
    const opening = await this.opening(pending, accountId, oldToken);
    const row = await this.statements.first(finishLogin, [...opening.values, transaction.id, identityId, accountId]);
    return row && openedSession(opening.token, row);
  }

  async end(
    { id, provider, traceId }: Transaction,
    outcome: 'refused' | 'failed',
    code: ErrorCode,
    startedAt: number,
  ): Promise<void> {
    const durationMs = Math.round(Date.now() - startedAt);
    await this.statements.rows(endLogin, [randomUUID(), provider, outcome, code, traceId, durationMs, id]);
  }

  /** In the order of `openingPlaces`. */
  private async opening(
    pending: PendingLogin | undefined,
    accountId: string | null,
    oldToken: string | undefined,
  ): Promise<{ token: string; values: unknown[] }> {
    const { session } = (await this.liveConfig.current()).document.settings;
    const token = randomBytes(32).toString('base64url');
    const now = new Date();
    const result = accountId && pending ? interactionResult(pending, { accountId, authenticatedAt: now }) : {};
    return {
      token,
      values: [
        hashSecret(token),
        oldToken === undefined ? null : hashSecret(oldToken),
        session.absoluteHours,
        session.idleMinutes,
        randomUUID(),
        pending ? keyOf('Interaction', pending.uid) : null,
        JSON.stringify(result),
        JSON.stringify(accountId ? sessionGrant(accountId, Math.floor(now.getTime() / 1000)) : {}),
        opSessionSeconds,
      ],
    };
  }
}

function openedSession(
  token: string,
  row: { account_id: string | null; return_to: string | null },
): OpenedSession | undefined {
  if (row.account_id === null) return undefined;
  return { token, accountId: row.account_id, returnTo: row.return_to ?? undefined };
}
