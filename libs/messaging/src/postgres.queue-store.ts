import { advisoryLocks, transactionAbandonedAfterMs } from '@gatehouse/database';
import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import pg from 'pg';
import { addTriggers } from './add-triggers.js';
import { workerOptions } from './bullmq-options.js';
import type { LaneObserver, LaneProcessor, LaneWorker, QueueStore, Trigger } from './queue-store.js';
import type { RawQueue } from './raw-queues.js';
import { within } from './within.js';

const { Queue, Worker } = withBackend(createPostgresBackend);

class PostgresWorker extends Worker<unknown, void> {
  /** What still runs is redelivered elsewhere, because its lock is not renewed any more. */
  async abandon(): Promise<void> {
    await this.lockManager.close();
    await this.disconnect();
  }
}

const schema = 'bullmq';
/** Besides the listening connections, of which each open lane holds one. Who only sends needs fewer. */
const sharedConnections = { working: 4, sendingOnly: 3 };
const poolEndMs = 1_500;

/** BullMQ's own PostgreSQL backend, on one bounded pool for the whole process. */
export class PostgresQueueStore implements QueueStore {
  readonly name = 'postgres';
  private readonly producers = new Map<string, InstanceType<typeof Queue>>();

  private constructor(private readonly pool: pg.Pool) {}

  /** Migrates the schema `bullmq` under BullMQ's own lock, whichever process comes first. */
  static async open(databaseUrl: string, laneCount: number): Promise<PostgresQueueStore> {
    const pool = new pg.Pool({
      connectionString: databaseUrl,
      max: laneCount + (laneCount > 0 ? sharedConnections.working : sharedConnections.sendingOnly),
      keepAlive: true, // otherwise BullMQ cannot trust its LISTEN connection and polls
      // Bookkeeping: the mark in the outbox that follows is durable, and takes what is before it in the log along
      // (docs/decisions/0007).
      options: `-c search_path=${schema} -c synchronous_commit=off`,
      application_name: 'gatehouse-queue',
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: transactionAbandonedAfterMs,
    });
    pool.setMaxListeners(0); // BullMQ adds one for each queue and worker
    // Without a listener an idle client that loses its server ends the process; the next query reports it.
    pool.on('error', () => undefined);
    // The same for one that is cut the moment it is made: the server speaks before whoever asked for it listens.
    pool.on('connect', (client) => client.on('error', () => undefined));
    try {
      const client = await pool.connect();
      try {
        await runMigrations(client, schema);
        await client.query(storeTable);
      } finally {
        client.release();
      }
      return new PostgresQueueStore(pool);
    } catch (error) {
      await pool.end();
      throw error;
    }
  }

  add(queue: string, triggers: readonly Trigger[]): Promise<readonly string[]> {
    return addTriggers(this.producer(queue), triggers);
  }

  async promote(queue: string, triggerIds: readonly string[]): Promise<void> {
    await this.pool.query(promoteDelayed, [queue, triggerIds, Date.now()]);
  }

  async held(queue: string, triggerIds: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.pool.query<{ dedup_id: string }>(
      `select dedup.dedup_id from dedup join job on job.queue = dedup.queue and job.id = dedup.job_id
       where dedup.queue = $1 and dedup.dedup_id = any($2) and job.state in ('waiting', 'delayed', 'active')`,
      [queue, triggerIds],
    );
    return new Set(rows.map((row) => row.dedup_id));
  }

  openLane(
    queue: string,
    process: LaneProcessor,
    observer: LaneObserver,
    jobsAtOnce: number = workerOptions.concurrency,
  ): LaneWorker {
    const worker = new PostgresWorker(queue, (job, token) => process(job, token), {
      ...workerOptions,
      concurrency: jobsAtOnce,
      connection: this.pool,
    });
    // BullMQ starts its loop anew after a pause; whoever starts it, its end must be heard of.
    const run = worker.run.bind(worker);
    worker.run = () =>
      run().catch((error: unknown) => observer.ill(error instanceof Error ? error : new Error('worker ended')));
    worker.on('error', (error) => observer.ill(error));
    worker.on('active', () => observer.well());
    worker.on('stalled', () => observer.stalled());
    return {
      start: async () => {
        await worker.waitUntilReady();
        void worker.run();
      },
      pause: () => worker.pause(true),
      resume: () => worker.resume(),
      close: async (withinMs) => {
        if ((await within(withinMs, worker.close())) === 'late') await worker.abandon();
      },
    };
  }

  rawQueue(queue: string): RawQueue {
    // BullMQ types the queues of its backends apart; a board reads what both have.
    return this.producer(queue) as unknown as RawQueue;
  }

  async setPaused(queue: string, paused: boolean): Promise<void> {
    const producer = this.producer(queue);
    await (paused ? producer.pause() : producer.resume());
  }

  async pausedLanes(queues: readonly string[]): Promise<ReadonlySet<string>> {
    const { rows } = await this.pool.query<{ queue: string }>(
      `select queue from meta where queue = any($1) and field = 'paused'`,
      [queues],
    );
    return new Set(rows.map(({ queue }) => queue));
  }

  async epoch(): Promise<string | undefined> {
    const { rows } = await this.pool.query<{ epoch: string }>('select epoch from gatehouse_store');
    return rows[0]?.epoch;
  }

  async setEpoch(epoch: string): Promise<void> {
    await this.pool.query(
      `insert into gatehouse_store (epoch) values ($1) on conflict (only_row) do update set epoch = excluded.epoch`,
      [epoch],
    );
  }

  /** Never called: this store is away exactly when the outbox is, and cannot come back empty without it. */
  onReturn(): void {}

  async close(): Promise<void> {
    await Promise.all([...this.producers.values()].map((producer) => producer.close()));
    await within(poolEndMs, this.pool.end());
  }

  /** A producer holds no connection of its own: it never listens, and queries go through the pool. */
  private producer(queue: string): InstanceType<typeof Queue> {
    const known = this.producers.get(queue);
    if (known) return known;
    const producer = new Queue(queue, { connection: this.pool, skipMetasUpdate: true });
    producer.on('error', () => undefined); // the call that failed reports it
    this.producers.set(queue, producer);
    return producer;
  }
}

/** Beside BullMQ's own tables, so that it is lost with them. The lock: "if not exists" is no protection against a twin. */
const storeTable = `
do $$ begin
  perform pg_advisory_xact_lock(${advisoryLocks.makeQueueStore});
  create table if not exists bullmq.gatehouse_store (
    only_row boolean primary key default true check (only_row), epoch uuid not null);
end $$`;

/**
 * BullMQ's promote reads the state and then writes without looking again: a worker that takes the job in between would
 * have it taken away in mid-run, and two would run it at once. The row lock closes that gap; a row that is locked
 * already is being taken and needs no promotion.
 */
const promoteDelayed = `
with waiting as (
  select job.queue, job.id from dedup join job on job.queue = dedup.queue and job.id = dedup.job_id
  where dedup.queue = $1 and dedup.dedup_id = any($2) and job.state = 'delayed'
    and case when jsonb_typeof(job.progress) = 'object'
             then coalesce((job.progress ->> 'notBefore')::bigint, 0) else 0 end <= $3
  for update of job skip locked
)
select promote(queue, id) from waiting`;
