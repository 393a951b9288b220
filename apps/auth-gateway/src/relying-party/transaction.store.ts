import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { hashSecret, newLoginSecret } from './login-secret.js';

export const transactionSeconds = 600;

export interface Transaction {
  readonly id: string;
  readonly provider: string;
  readonly interaction: string;
  readonly traceId: string;
}

/** A sign-in whose answer was committed and which waits for the account. */
export interface AnsweredTransaction extends Transaction {
  readonly identityId: string;
  readonly answeredSecondsAgo: number;
}

export type Claimed = { kind: 'claimed'; transaction: Transaction } | { kind: 'replayed' } | { kind: 'unknown' };

interface Row {
  id: string;
  provider: string;
  interaction: string;
  trace_id: string;
}

@Injectable()
export class TransactionStore {
  constructor(private readonly dataSource: DataSource) {}

  /** @returns the id, which is sent as `state`, and the secret for the browser's cookie */
  async begin(start: Omit<Transaction, 'id'>): Promise<{ id: string; secret: string }> {
    const id = randomUUID();
    const secret = newLoginSecret();
    await this.dataSource.query(
      `insert into gateway.login_transaction (id, secret_hash, provider, interaction, trace_id, expires_at)
       values ($1, $2, $3, $4, $5, now() + make_interval(secs => $6))`,
      [id, hashSecret(secret), start.provider, start.interaction, start.traceId, transactionSeconds],
    );
    return { id, secret };
  }

  /** Spends it, once, however many ask at the same time. Without its secret nobody can spend it either. */
  async claim(id: string, secret: string): Promise<Claimed> {
    const [rows] = await this.dataSource.query<[Row[], number]>(
      `update gateway.login_transaction set consumed_at = now()
       where id = $1 and secret_hash = $2 and consumed_at is null and expires_at > now()
       returning id, provider, interaction, trace_id`,
      [id, hashSecret(secret)],
    );
    const row = rows[0];
    if (row) return { kind: 'claimed', transaction: transactionOf(row) };
    const known = await this.dataSource.query<unknown[]>(
      `select 1 from gateway.login_transaction where id = $1 and secret_hash = $2 and consumed_at is not null`,
      [id, hashSecret(secret)],
    );
    return { kind: known.length > 0 ? 'replayed' : 'unknown' };
  }

  /** Remembers whom the provider named; the wait starts here and may outlast the sign-in itself. */
  async answered(manager: EntityManager, id: string, loginId: string, identityId: string | null): Promise<void> {
    await manager.query(
      `update gateway.login_transaction
       set login_id = $2, identity_id = $3, expires_at = greatest(expires_at, now() + make_interval(secs => $4))
       where id = $1`,
      [id, loginId, identityId, transactionSeconds],
    );
  }

  async waiting(id: string, secret: string): Promise<AnsweredTransaction | undefined> {
    const rows = await this.dataSource.query<(Row & { identity_id: string; seconds: number })[]>(
      `select t.id, t.provider, t.interaction, t.trace_id, t.identity_id,
              extract(epoch from now() - l.at)::float8 as seconds
       from gateway.login_transaction t join gateway.login l on l.id = t.login_id
       where t.id = $1 and t.secret_hash = $2 and t.identity_id is not null
         and t.finished_at is null and t.expires_at > now()`,
      [id, hashSecret(secret)],
    );
    const row = rows[0];
    return row && { ...transactionOf(row), identityId: row.identity_id, answeredSecondsAgo: row.seconds };
  }

  /** @returns false when another request of this browser finished it first */
  async finish(manager: EntityManager, id: string): Promise<boolean> {
    const [, count] = await manager.query<[unknown[], number]>(
      `update gateway.login_transaction set finished_at = now() where id = $1 and finished_at is null`,
      [id],
    );
    return count === 1;
  }
}

function transactionOf(row: Row): Transaction {
  return { id: row.id, provider: row.provider, interaction: row.interaction, traceId: row.trace_id };
}
