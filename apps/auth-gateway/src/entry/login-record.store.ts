import { randomBytes, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { identityVerified } from '@gatehouse/contracts';
import { Encryption, identityPlaces, LiveConfigReader, Statements } from '@gatehouse/database';
import type { ErrorCode } from '@gatehouse/errors';
import { Outbox } from '@gatehouse/messaging';
import { metrics } from '@gatehouse/telemetry';
import { AccountStore } from './account.store.js';
import { acceptLogin, endLogin, finishLogin, stopKeeping } from './login-record-sql.js';
import type { AcceptedRow } from './login-record-sql.js';
import { interactionResult } from '../provider/pending-login.js';
import type { PendingLogin } from '../provider/pending-login.js';
import { opSessionSeconds } from '../provider/op-configuration.js';
import { keyOf } from '../provider/op-model.store.js';
import type { Resumption } from '../provider/resumption.js';
import { sessionGrant } from '../provider/session-grant.js';
import { foldName } from '@gatehouse/mapping';
import { hashSecret } from '@gatehouse/relying-party';
import type { MergedClaims } from '@gatehouse/relying-party';
import { transactionSeconds } from '../relying-party/transaction.store.js';
import type { RawSources } from '../provider-test/raw-answer.js';
import type { Transaction } from '../relying-party/transaction.store.js';

export interface Accepted extends MergedClaims {
  readonly transaction: Transaction;
  readonly pending: PendingLogin;
  readonly issuer: string;
  /** By which its provider's directory may know the person. */
  readonly username: string | undefined;
  readonly subject: string;
  /** Something worth keeping that did not stop the sign-in. */
  readonly note: ErrorCode | undefined;
  /** The technical cause of the note. */
  readonly reason: string | undefined;
  readonly oldToken: string | undefined;
  readonly startedAt: number;
  /** The provider's own session. */
  readonly sid?: string;
  /** The ID token, where signing out will need it. */
  readonly idTokenHint: string | undefined;
  readonly authenticatedAt: Date;
  /** By which patterns of the mapping the person came in this time. */
  readonly entries: readonly string[];
  /** What each source said, for an administrator to look at (X48). */
  readonly apart: RawSources;
}

export interface OpenedSession {
  /** The secret for the browser's cookie. */
  readonly token: string;
  /** Undefined: until the browser is closed. */
  readonly rememberSeconds: number | undefined;
  readonly accountId: string;
  /** Where the browser goes on to Jira; undefined when Jira's request has expired meanwhile. */
  readonly returnTo: string | undefined;
  /** For an OP that goes on at once; undefined after a wait, or when there is nothing to go on with. */
  readonly resumption: Resumption | undefined;
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
const secondsOfDay = 86_400;

/** Where a sealed ID token is kept, so that it opens nowhere else. */
export const idTokenPlace = 'gateway.session/id-token';

/** Writes how a sign-in ended. Each of these is one statement, and so one commit. */
@Injectable()
export class LoginRecords {
  private readonly statements: Statements;

  constructor(
    dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly accounts: AccountStore,
    private readonly liveConfig: LiveConfigReader,
    private readonly encryption: Encryption,
  ) {
    this.statements = new Statements(dataSource);
  }

  /**
   * Identity with its claims, login and event, and at once the session, its grant and the OP's answer when the account
   * is usable already.
   * @returns `deactivated`: nothing was written
   */
  async accept(
    accepted: Accepted,
  ): Promise<{ identityId: string; session: OpenedSession | undefined } | 'deactivated'> {
    const { transaction, note, startedAt } = accepted;
    const opening = await this.opening(accepted.pending, accepted.oldToken);
    const proposedId = randomUUID();
    const durationMs = Math.round(Date.now() - startedAt);
    const { unheeded, overruling } = await this.accounts.directoryPolicy();
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
      accepted.sid ?? null,
      accepted.idTokenHint === undefined ? null : this.encryption.seal(accepted.idTokenHint, idTokenPlace),
      accepted.authenticatedAt,
      shortened(accepted.reason),
      JSON.stringify(accepted.sources),
      accepted.username === undefined ? null : foldName(accepted.username),
      unheeded,
      overruling,
      accepted.entries,
      this.encryption.seal(
        JSON.stringify(accepted.apart),
        identityPlaces.answer({ ...accepted, provider: transaction.provider }),
      ),
    ]);
    if (!row) return 'deactivated';
    metrics.login(transaction.provider, 'accepted', durationMs / 1000);
    const { identity_id: identityId } = row;
    const session = openedSession(opening, row, resumptionOf(accepted.pending, row));
    return { identityId, session };
  }

  /** For a sign-in that waited. Undefined when another request of the same browser was first, or when it was given up. */
  async finishWaiting(
    transaction: Transaction,
    pending: PendingLogin | undefined,
    { identityId, accountId }: { identityId: string; accountId: string },
    oldToken: string | undefined,
  ): Promise<OpenedSession | undefined> {
    const opening = await this.opening(pending, oldToken);
    const row = await this.statements.first(finishLogin, [...opening.values, transaction.id, identityId, accountId]);
    return row && openedSession(opening, row);
  }

  /** For a wait that was told to lead nowhere. A reload is told again, and may still find the account usable. */
  async stopKeeping({ id }: Transaction): Promise<void> {
    await this.statements.rows(stopKeeping, [id]);
  }

  /** @param attempt without an id when no transaction is spent by it */
  async end(
    { id, provider, traceId }: Pick<Transaction, 'provider' | 'traceId'> & { readonly id: string | null },
    { outcome, code, reason, subject }: Ended,
    startedAt: number,
  ): Promise<void> {
    const durationMs = Math.round(Date.now() - startedAt);
    const values = [randomUUID(), provider, outcome, code, traceId, durationMs, id];
    await this.statements.rows(endLogin, [...values, shortened(reason), subject ?? null]);
    metrics.login(provider, outcome, durationMs / 1000);
  }

  /** In the order of `opening` of the statements. */
  private async opening(pending: PendingLogin | undefined, oldToken: string | undefined): Promise<Opening> {
    const { session } = (await this.liveConfig.current()).document.settings;
    const token = randomBytes(32).toString('base64url');
    const now = new Date();
    return {
      token,
      rememberSeconds: session.remember ? session.rememberDays * secondsOfDay : undefined,
      values: [
        hashSecret(token),
        oldToken === undefined ? null : hashSecret(oldToken),
        session.remember ? session.rememberDays * 24 : session.absoluteHours,
        session.idleMinutes,
        randomUUID(),
        pending ? keyOf('Interaction', pending.uid) : null,
        JSON.stringify(interactionResult(pending ?? { passes: 0 }, now)),
        JSON.stringify(sessionGrant(Math.floor(now.getTime() / 1000))),
        opSessionSeconds,
        session.remember,
      ],
    };
  }
}

function shortened(reason: string | undefined): string | null {
  return reason?.replace(/\p{Cc}/gu, ' ').slice(0, reasonLengthMax) ?? null;
}

interface Opening {
  readonly token: string;
  readonly rememberSeconds: number | undefined;
  readonly values: readonly unknown[];
}

function openedSession(
  { token, rememberSeconds }: Opening,
  row: { account_id: string | null; return_to: string | null },
  resumption?: Resumption,
): OpenedSession | undefined {
  if (row.account_id === null) return undefined;
  return { token, rememberSeconds, accountId: row.account_id, returnTo: row.return_to ?? undefined, resumption };
}

function resumptionOf(
  { uid }: PendingLogin,
  { identity_id: identityId, account_id: accountId, session_id: sessionId, username, interaction }: AcceptedRow,
): Resumption | undefined {
  if (accountId === null || sessionId === null || username === null || interaction === null) return undefined;
  return { uid, interaction, admitted: { sessionId, identityId, account: { accountId, username }, isGranted: true } };
}
