import { randomUUID } from 'node:crypto';
import { Writable } from 'node:stream';
import { openDatabase } from '@gatehouse/database';
import { createLogger } from '@gatehouse/telemetry';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';

export interface ParkedFacts {
  readonly job?: string;
  readonly queue?: string;
  readonly key?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly group?: string | null;
}

/** The messaging tables of an installation without any process on it. */
export class OperationsDatabase {
  readonly logger = createLogger('silent', new Writable({ write: (_chunk, _encoding, done) => done() }));

  private constructor(
    private readonly database: TestDatabase,
    readonly dataSource: DataSource,
  ) {}

  static async open(): Promise<OperationsDatabase> {
    const database = await createTestDatabase();
    return new OperationsDatabase(database, await openDatabase(database.url, 5));
  }

  async close(): Promise<void> {
    await this.dataSource.destroy();
    await this.database.drop();
  }

  async empty(): Promise<void> {
    await this.dataSource.query(
      `truncate messaging.outbox, messaging.parked_job, messaging.job_attempt, messaging.worker, messaging.bulk_action,
         messaging.recovery, messaging.lane_state, messaging.schedule cascade`,
    );
  }

  /** Rows of one lane: any column may be given as SQL, `n` counts them. */
  async outboxRows(queue: string, count: number, columns: Record<string, string>): Promise<void> {
    const names = Object.keys(columns);
    await this.dataSource.query(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id${names.map((name) => `, ${name}`).join('')})
       select 'thing.changed', 'work', $1, 'key-' || n, '{}', repeat('ab', 16)${names.map((name) => `, ${columns[name]}`).join('')}
       from generate_series(1, $2::integer) as n`,
      [queue, count],
    );
  }

  async park(facts: ParkedFacts = {}): Promise<string> {
    const { job = 'reconcile-account', queue = 'group-sync.interactive', key = randomUUID() } = facts;
    const { code = 'jira.conflict', detail = `${code}: user ${key} is locked`, group = null } = facts;
    const [row] = await this.dataSource.query<{ id: string }[]>(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, detail, attempts, outbox_ids, group_id)
       values ($1, $2, $3, '{}', repeat('ab', 16), $4, 'Public words.', $5, 8, '{}', $6) returning id`,
      [job, queue, key, code, detail, group],
    );
    return row!.id;
  }

  /** How the runs of retries end, as a worker would settle them. */
  async settleRetries(outcome: 'applied' | 'parked'): Promise<void> {
    await this.dataSource.query(
      `update messaging.outbox set state = 'settled', settled_at = now(), outcome = $1 where state <> 'settled'`,
      [outcome],
    );
  }
}
