import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { identityVerified } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { Outbox } from '@gatehouse/messaging';
import { metrics } from '@gatehouse/telemetry';
import { isUsable } from './account-standing.js';
import { AccountStore } from './account.store.js';
import { TransactionStore } from '../relying-party/transaction.store.js';
import type { Transaction } from '../relying-party/transaction.store.js';
import type { Claims } from '../relying-party/merge-claims.js';
import { SessionStore } from '../session/session.store.js';

export interface Accepted {
  readonly transaction: Transaction;
  readonly issuer: string;
  readonly subject: string;
  readonly claims: Claims;
  /** Something worth keeping that did not stop the sign-in. */
  readonly note: ErrorCode | undefined;
  readonly oldToken: string | undefined;
  readonly startedAt: number;
}

export interface OpenedSession {
  readonly token: string;
  readonly accountId: string;
}

/** Writes how a sign-in ended. */
@Injectable()
export class LoginRecords {
  constructor(
    private readonly dataSource: DataSource,
    private readonly outbox: Outbox,
    private readonly accounts: AccountStore,
    private readonly transactions: TransactionStore,
    private readonly sessions: SessionStore,
  ) {}

  /** One commit: identity with its claims, login, event, and at once the session when the account is usable already. */
  async accept(accepted: Accepted): Promise<{ identityId: string; session: OpenedSession | undefined }> {
    const { transaction, note, oldToken, startedAt } = accepted;
    return this.dataSource.transaction(async (manager) => {
      const identityId = await upsertIdentity(manager, accepted);
      await this.outbox.publish(manager, identityVerified, { identityId, traceId: transaction.traceId });
      const loginId = await this.insertLogin(manager, transaction, 'accepted', note ?? null, startedAt, identityId);
      await this.transactions.answered(manager, transaction.id, loginId, identityId);
      const facts = await this.accounts.factsOf(identityId, manager);
      if (!isUsable(facts)) return { identityId, session: undefined };
      return {
        identityId,
        session: await this.openSession(manager, transaction, identityId, facts.accountId!, oldToken),
      };
    });
  }

  /** For a sign-in that waited. Undefined when another request of the same browser was first. */
  async finishWaiting(
    transaction: Transaction,
    identityId: string,
    accountId: string,
    oldToken: string | undefined,
  ): Promise<OpenedSession | undefined> {
    return this.dataSource.transaction((manager) =>
      this.openSession(manager, transaction, identityId, accountId, oldToken),
    );
  }

  async end(
    transaction: Transaction,
    outcome: 'refused' | 'failed',
    code: ErrorCode,
    startedAt: number,
  ): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const loginId = await this.insertLogin(manager, transaction, outcome, code, startedAt, null);
      await this.transactions.answered(manager, transaction.id, loginId, null);
      await this.transactions.finish(manager, transaction.id);
    });
  }

  private async openSession(
    manager: EntityManager,
    transaction: Transaction,
    identityId: string,
    accountId: string,
    oldToken: string | undefined,
  ): Promise<OpenedSession | undefined> {
    if (!(await this.transactions.finish(manager, transaction.id))) return undefined;
    return { token: await this.sessions.open(manager, { identityId, accountId, oldToken }), accountId };
  }

  private async insertLogin(
    manager: EntityManager,
    { provider, traceId }: Transaction,
    outcome: 'accepted' | 'refused' | 'failed',
    code: ErrorCode | null,
    startedAt: number,
    identityId: string | null,
  ): Promise<string> {
    const id = randomUUID();
    const durationMs = Math.round(Date.now() - startedAt);
    await manager.query(
      `insert into gateway.login (id, provider, identity_id, outcome, code, trace_id, duration_ms)
       values ($1, $2, $3, $4, $5, $6, $7)`,
      [id, provider, identityId, outcome, code, traceId, durationMs],
    );
    metrics.login(provider, outcome, durationMs / 1000);
    return id;
  }
}

async function upsertIdentity(manager: EntityManager, { transaction, ...person }: Accepted): Promise<string> {
  const rows = await manager.query<{ id: string }[]>(
    `insert into gateway.identity (provider, issuer, subject, claims) values ($1, $2, $3, $4)
     on conflict (provider, issuer, subject) do update set
       claims = excluded.claims,
       claims_changed_at =
         case when identity.claims is distinct from excluded.claims then now() else identity.claims_changed_at end,
       verified_at = now()
     returning id`,
    [transaction.provider, person.issuer, person.subject, JSON.stringify(person.claims)],
  );
  return rows[0]!.id;
}
