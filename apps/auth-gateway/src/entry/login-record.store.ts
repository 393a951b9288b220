import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { identityVerified } from '@gatehouse/contracts';
import { LiveConfigReader, Statements } from '@gatehouse/database';
import type { ErrorCode } from '@gatehouse/errors';
import { Outbox } from '@gatehouse/messaging';
import { metrics } from '@gatehouse/telemetry';
import { AccountStore } from './account.store.js';
import { acceptLogin, endLogin, finishLogin } from './login-record-sql.js';
import { interactionResult } from '../provider/pending-login.js';
import type { PendingLogin } from '../provider/pending-login.js';
import { opSessionSeconds } from '../provider/op-configuration.js';
import { keyOf } from '../provider/op-model.store.js';
import { sessionGrant } from '../provider/session-grant.js';
import { hashSecret } from '@gatehouse/relying-party';
import type { MergedClaims } from '@gatehouse/relying-party';
import { transactionSeconds } from '../relying-party/transaction.store.js';
import type { Transaction } from '../relying-party/transaction.store.js';

export interface Accepted extends MergedClaims {
  readonly transaction: Transaction;
  readonly pending: PendingLogin;
  readonly issuer: string;
  readonly subject: string;
  /** Something worth keeping that did not stop the sign-in. */
  readonly note: ErrorCode | undefined;
  /** The technical cause of the note. */
  readonly reason: string | undefined;
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

/** A sign-in that let nobody in. */
export interface Ended {
  readonly outcome: 'refused' | 'failed';
  readonly code: ErrorCode;
  /** The technical cause, in our words. */
  readonly reason: string | undefined;
  /** Whom the provider named, if that was verified. */
  readonly subject: string | undefined;
}

const reasonLengthMax = 300;

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
    const { transaction, note, startedAt } = accepted;
    const opening = await this.opening(accepted.pending, accepted.oldToken);
    const proposedId = randomUUID();
    const durationMs = Math.round(Date.now() - startedAt);
    const row = await this.statements.first(acceptLogin, [
      ...opening.values,
      proposedId,
      transaction.provider,
      accepted.issuer,
      accepted.subject,
      JSON.stringify(accepted.claims),
      this.outbox.rowsOf(identityVerified, { identityId: proposedId, traceId: transaction.traceId }),
      randomUUID(),
      note ?? null,
      transaction.traceId,
      durationMs,
      transaction.id,
      transactionSeconds,
      await this.accounts.verifiedHours(),
      shortened(accepted.reason),
      JSON.stringify(accepted.sources),
    ]);
    metrics.login(transaction.provider, 'accepted', durationMs / 1000);
    return { identityId: row!.identity_id, session: openedSession(opening.token, row!) };
  }

  /** For a sign-in that waited. Undefined when another request of the same browser was first. */
  async finishWaiting(
    transaction: Transaction,
    pending: PendingLogin | undefined,
    { identityId, accountId }: { identityId: string; accountId: string },
    oldToken: string | undefined,
  ): Promise<OpenedSession | undefined> {
    const opening = await this.opening(pending, oldToken);
    const row = await this.statements.first(finishLogin, [...opening.values, transaction.id, identityId, accountId]);
    return row && openedSession(opening.token, row);
  }

  async end(
    { id, provider, traceId }: Transaction,
    { outcome, code, reason, subject }: Ended,
    startedAt: number,
  ): Promise<void> {
    const durationMs = Math.round(Date.now() - startedAt);
    const values = [randomUUID(), provider, outcome, code, traceId, durationMs, id];
    await this.statements.rows(endLogin, [...values, shortened(reason), subject ?? null]);
    metrics.login(provider, outcome, durationMs / 1000);
  }

  /** In the order of `openingPlaces`. */
  private async opening(
    pending: PendingLogin | undefined,
    oldToken: string | undefined,
  ): Promise<{ token: string; values: unknown[] }> {
    const { session } = (await this.liveConfig.current()).document.settings;
    const token = randomBytes(32).toString('base64url');
    const now = new Date();
    return {
      token,
      values: [
        hashSecret(token),
        oldToken === undefined ? null : hashSecret(oldToken),
        session.absoluteHours,
        session.idleMinutes,
        randomUUID(),
        pending ? keyOf('Interaction', pending.uid) : null,
        JSON.stringify(interactionResult(pending ?? { passes: 0 }, now)),
        JSON.stringify(sessionGrant(Math.floor(now.getTime() / 1000))),
        opSessionSeconds,
      ],
    };
  }
}

function shortened(reason: string | undefined): string | null {
  return reason?.replace(/\p{Cc}/gu, ' ').slice(0, reasonLengthMax) ?? null;
}

function openedSession(
  token: string,
  row: { account_id: string | null; return_to: string | null },
): OpenedSession | undefined {
  if (row.account_id === null) return undefined;
  return { token, accountId: row.account_id, returnTo: row.return_to ?? undefined };
}
