import { setTimeout as delay } from 'node:timers/promises';
import type { Database } from './database.js';

const lane = 'claim-mapping.provisioning';
const lookEveryMs = 250;

/** Facts about people whom nobody has any more, in the lane of what providers push: each starts a job that looks, finds nothing and settles. */
export class Backlog {
  constructor(
    private readonly database: Database,
    private readonly rows: number,
  ) {}

  async add(): Promise<void> {
    await this.database.rows(
      `with made as (
         insert into messaging.outbox (event, job, queue, key, payload, trace_id)
         select 'directory.user-mapping-due', 'map-directory-user', $2, id,
           jsonb_build_object('directoryUserId', id, 'traceId', trace), trace
         from (select gen_random_uuid()::text as id, replace(gen_random_uuid()::text, '-', '') as trace
               from generate_series(1, $1::integer)) as facts
         returning 1
       ) select pg_notify('gatehouse_outbox', '') from (select count(*) from made) as told`,
      [this.rows, lane],
    );
  }

  left(): Promise<number> {
    return this.database.count(`select 1 from messaging.outbox where queue = $1 and state <> 'settled'`, [lane]);
  }

  /** Waits for the end. @returns how many a second of what is left now: of its first tenth, and of its last */
  async drain(withinMs: number): Promise<{ first: number; last: number }> {
    const startedAt = performance.now();
    const from = await this.left();
    const seen = [{ left: from, at: startedAt }];
    while (seen.at(-1)!.left > 0) {
      if (performance.now() - startedAt > withinMs) throw new Error(`${seen.at(-1)!.left} jobs have not ended`);
      await delay(lookEveryMs);
      seen.push({ left: await this.left(), at: performance.now() });
    }
    const rate = (upper: number, lower: number) => {
      const begin = seen.find(({ left }) => left <= upper)!;
      const end = seen.find(({ left }) => left <= lower)!;
      return ((begin.left - end.left) * 1_000) / Math.max(1, end.at - begin.at);
    };
    return { first: rate(from, from * 0.9), last: rate(from * 0.1, 0) };
  }
}
