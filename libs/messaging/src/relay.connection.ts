import { transactionAbandonedAfterMs } from '@gatehouse/database';
import pg from 'pg';
import { within } from './within.js';

export interface LaneRow {
  readonly queue: string;
  /** How many more of this lane may be sent. */
  readonly room: number;
  readonly id: string | null;
  readonly job: string;
  readonly key: string;
  readonly payload: unknown;
}

const endWithinMs = 1_500;

/** The open rows, inside a transaction that holds those it has taken. */
export class OpenRows {
  constructor(private readonly client: pg.PoolClient) {}

  /** At least one line for each lane that is not paused, the most urgent lane first and the oldest row first. */
  async take(queues: readonly string[], batchSize: number, window: number): Promise<readonly LaneRow[]> {
    const { rows } = await this.client.query<LaneRow>({
      name: 'take-open-rows',
      text: takeOpenRows,
      values: [queues, batchSize, window],
    });
    return rows;
  }

  async markSent(ids: readonly string[]): Promise<void> {
    await this.client.query({ name: 'mark-sent', text: markSent, values: [ids] });
  }
}

/**
 * The relay's own connection: a sign-in never waits for the queue, nor the queue for the sign-ins of a busy process, and
 * the statement that stands between every commit and its job is planned once. Its plan must not be the one for the
 * empty table that it met first, so whole tables are never read here.
 */
export class RelayConnection {
  private readonly pool: pg.Pool;

  /** Connects when it is first used, and again when the connection is lost. */
  constructor(databaseUrl: string) {
    this.pool = new pg.Pool({
      connectionString: databaseUrl,
      max: 1,
      idleTimeoutMillis: 0,
      keepAlive: true,
      options: '-c enable_seqscan=off',
      application_name: 'gatehouse-relay',
      connectionTimeoutMillis: 5_000,
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: transactionAbandonedAfterMs,
    });
    // Without a listener a connection that loses its server ends the process; the next statement reports it.
    this.pool.on('error', () => undefined);
    this.pool.on('connect', (client) => client.on('error', () => undefined));
  }

  async transaction<Result>(work: (rows: OpenRows) => Promise<Result>): Promise<Result> {
    const client = await this.pool.connect();
    try {
      await client.query('begin');
      const result = await work(new OpenRows(client));
      await client.query('commit');
      client.release();
      return result;
    } catch (error) {
      client.release(true); // Ends the connection, and with it the transaction.
      throw error;
    }
  }

  async close(): Promise<void> {
    await within(endWithinMs, this.pool.end());
  }
}

const markSent = `update messaging.outbox set state = 'sent', sent_at = now() where id = any($1::bigint[])`;

/**
 * A line for an empty lane too, so that it can be told from a full one. Room is counted only where something waits. What
 * became due waits in an index of its own. `between` and the order by both columns keep the planner on the lane's index.
 */
const takeOpenRows = `
with lane as (
  select named.queue, named.rank,
         case when (select id from messaging.outbox
                    where state = 'open' and queue between named.queue and named.queue and not_before is null
                    order by queue, id limit 1) is not null
                or exists (select 1 from messaging.outbox where state = 'open' and queue = named.queue and not_before <= now())
         then $3::integer - (
           select count(*)::integer
           from (select 1 from messaging.outbox where state = 'sent' and queue = named.queue limit $3) as waiting)
         else $3::integer end as room
  from unnest($1::text[]) with ordinality as named (queue, rank)
  where not exists (select 1 from messaging.lane_state as paused where paused.queue = named.queue)
), at_once as (
  select lane.rank, open.* from lane cross join lateral (
    select id, job, key, payload from messaging.outbox
    where state = 'open' and queue between lane.queue and lane.queue and not_before is null
    order by queue, id limit least($2::integer, lane.room) for update skip locked
  ) as open
), due as (
  select lane.rank, open.* from lane cross join lateral (
    select id, job, key, payload from messaging.outbox
    where state = 'open' and queue between lane.queue and lane.queue and not_before <= now()
    order by queue, not_before limit least($2::integer, lane.room) for update skip locked
  ) as open
)
select lane.queue, lane.room, open.id, open.job, open.key, open.payload
from lane left join (select * from at_once union all select * from due) as open on open.rank = lane.rank
order by lane.rank, open.id`;
