import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { AdapterPayload } from 'oidc-provider';
import { DataSource } from 'typeorm';
import { statement, Statements } from '@gatehouse/database';
import { interactionKeyOf } from '../provider/interaction-sql.js';
import { hashSecret, newLoginSecret } from '@gatehouse/relying-party';
import { givenUpCode } from '../session/session-sql.js';

export const transactionSeconds = 600;

export interface Transaction {
  readonly id: string;
  readonly provider: string;
  readonly interaction: string;
  readonly traceId: string;
  /** How long ago the browser was sent to the provider, rounded up. */
  readonly ageSeconds: number;
}

/** One that is not committed yet. */
export interface NewTransaction {
  /** Sent as `state`. */
  readonly id: string;
  /** For the browser's cookie. */
  readonly secret: string;
  /** What `beginning` inserts, in its order. */
  readonly values: readonly unknown[];
}

export function newTransaction({
  provider,
  interaction,
  traceId,
}: Omit<Transaction, 'id' | 'ageSeconds'>): NewTransaction {
  const id = randomUUID();
  const secret = newLoginSecret();
  return { id, secret, values: [id, hashSecret(secret), provider, interaction, traceId, transactionSeconds] };
}

/** A sign-in whose answer was committed and which waits for the account. */
export interface AnsweredTransaction extends Transaction {
  readonly identityId: string;
  readonly answeredSecondsAgo: number;
}

export type Claimed =
  /** `interaction`: the OP's, as it keeps it; undefined when Jira's request has expired. */
  | { kind: 'claimed'; transaction: Transaction; interaction: AdapterPayload | undefined }
  | { kind: 'replayed'; interaction: string }
  | { kind: 'unknown' };

interface Row {
  id: string;
  provider: string;
  interaction: string;
  trace_id: string;
  age_seconds: number;
}

@Injectable()
export class TransactionStore {
  private readonly statements: Statements;

  constructor(dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  async begin({ values }: NewTransaction): Promise<void> {
    await this.statements.rows(begin, values);
  }

  /** Spends it, once, however many ask at the same time. Without its secret nobody can spend it either. */
  async claim(id: string, secret: string): Promise<Claimed> {
    const values = [id, hashSecret(secret)];
    const row = await this.statements.first(claim, values);
    if (row) return { kind: 'claimed', transaction: transactionOf(row), interaction: row.payload ?? undefined };
    const interaction = await this.spentBy(id, secret);
    return interaction === undefined ? { kind: 'unknown' } : { kind: 'replayed', interaction };
  }

  /** @returns the interaction of a spent one, to whoever holds its secret */
  async spentBy(id: string, secret: string): Promise<string | undefined> {
    return (await this.statements.first(spent, [id, hashSecret(secret)]))?.interaction;
  }

  /** Where one that was spent stands. `signed-in` only for half a minute: after that, a session may have ended again. */
  async stageOf(id: string, secret: string): Promise<'answering' | 'signed-in' | 'other'> {
    const row = await this.statements.first(stage, [id, hashSecret(secret)]);
    return row?.stage ?? 'other';
  }

  async waiting(id: string, secret: string): Promise<AnsweredTransaction | undefined> {
    const row = await this.statements.first(answered, [id, hashSecret(secret)]);
    return row && { ...transactionOf(row), identityId: row.identity_id, answeredSecondsAgo: row.seconds };
  }

  /** Whether somebody ended it while it waited for the account. Only for whoever has shown its secret. */
  async wasGivenUp(id: string): Promise<boolean> {
    return (await this.statements.first(givenUp, [id, givenUpCode])) !== undefined;
  }
}

function transactionOf(row: Row): Transaction {
  const { id, provider, interaction, trace_id: traceId, age_seconds: ageSeconds } = row;
  return { id, provider, interaction, traceId, ageSeconds };
}

/** The insert, for a statement with placeholders for it from `$first` on. @param from rows without which nothing begins */
export function beginning(first: number, from = ''): string {
  const [id, secretHash, provider, interaction, traceId, seconds] = Array.from(
    { length: transactionValues },
    (_, index) => `$${first + index}`,
  );
  return `insert into gateway.login_transaction (id, secret_hash, provider, interaction, trace_id, expires_at)
   select ${id}::uuid, ${secretHash}::text, ${provider}::text, ${interaction}::text, ${traceId}::text,
          now() + make_interval(secs => ${seconds}::float8) ${from}`;
}

/** Until it is answered, it expires a fixed time after it began. */
function age(transaction: string): string {
  return `ceil(extract(epoch from now() - ${transaction}.expires_at) + ${transactionSeconds})::float8`;
}

const transactionValues = 6;
const begin = statement(beginning(1));

/** Whoever spends it needs the interaction next, so it comes along. */
const claim = statement<Row & { payload: AdapterPayload | null }>(`
with claimed as (
  update gateway.login_transaction set consumed_at = now()
  where id = $1 and secret_hash = $2 and consumed_at is null and expires_at > now()
  returning id, provider, interaction, trace_id, ${age('login_transaction')} as age_seconds
)
select claimed.id, claimed.provider, claimed.interaction, claimed.trace_id, claimed.age_seconds, waiting.payload
from claimed left join gateway.op_model waiting
  on waiting.model = 'Interaction' and waiting.id = ${interactionKeyOf('claimed.interaction')}
  and waiting.expires_at > now()`);

const spent = statement<{ interaction: string }>(
  `select interaction from gateway.login_transaction where id = $1 and secret_hash = $2 and consumed_at is not null`,
);

/** Longer than all limits of a provider's calls together: after it, whoever had spent the answer is gone. */
const answeringSeconds = 10;
const signedInSeconds = 30;
const since = (moment: string, seconds: number) => `${moment} > now() - interval '${seconds} seconds'`;

const stage = statement<{ stage: 'answering' | 'signed-in' | 'other' }>(
  `select case when login_id is null and finished_at is null and ${since('consumed_at', answeringSeconds)} then 'answering'
               when identity_id is not null and ${since('finished_at', signedInSeconds)} then 'signed-in'
               else 'other' end as stage
   from gateway.login_transaction where id = $1 and secret_hash = $2 and consumed_at is not null`,
);

const answered = statement<Row & { identity_id: string; seconds: number }>(
  `select t.id, t.provider, t.interaction, t.trace_id, t.identity_id, ${age('t')} as age_seconds,
          extract(epoch from now() - l.at)::float8 as seconds
   from gateway.login_transaction t join gateway.login l on l.id = t.login_id
   where t.id = $1 and t.secret_hash = $2 and t.identity_id is not null
     and t.finished_at is null and t.expires_at > now()`,
);

const givenUp = statement(
  `select from gateway.login_transaction t join gateway.login l on l.id = t.login_id where t.id = $1 and l.code = $2`,
);
