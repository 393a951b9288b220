import type { DataSource } from 'typeorm';
import { percentile } from '../statistics.js';

const rows = 100_000;
const ratioMax = 1.2;

/** Facts for the bulk lane about identities that nobody has any more: each is a job that looks, finds nothing and settles. */
export async function addBacklog(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
     select 'identity.mapping-due', 'map-claims', 'claim-mapping.bulk', id, jsonb_build_object('identityId', id, 'traceId', trace), trace
     from (select gen_random_uuid()::text as id, replace(gen_random_uuid()::text, '-', '') as trace
           from generate_series(1, $1::integer)) as made`,
    [rows],
  );
  await dataSource.query(`select pg_notify('gatehouse_outbox', '')`);
}

/** @returns how many were still open */
export async function dropBacklog(dataSource: DataSource): Promise<number> {
  const [row] = await dataSource.query<{ count: number }[]>(
    `with dropped as (
       delete from messaging.outbox where queue = 'claim-mapping.bulk' and state <> 'settled' returning 1
     ) select count(*)::int as count from dropped`,
  );
  return row!.count;
}

/** Issue 3, item 6. */
export function backlogReport(
  idleMs: readonly number[],
  besideMs: readonly number[],
  leastLeft: number,
): { text: string; met: boolean } {
  const told = (ms: readonly number[]) =>
    `p50 ${percentile(ms, 0.5).toFixed(0)} ms, p99 ${percentile(ms, 0.99).toFixed(0)} ms`;
  const ratio = percentile(besideMs, 0.99) / percentile(idleMs, 0.99);
  // Or it was an idle system that was measured.
  const wasThere = leastLeft >= rows / 2;
  const met = wasThere && ratio <= ratioMax;
  return {
    text: [
      `First logins of ${idleMs.length} people, idle: ${told(idleMs)}`,
      `Beside ${rows} open rows of the bulk lane (at least ${leastLeft} left at the end): ${told(besideMs)}`,
      `p99 ${ratio.toFixed(2)} x idle (goal ${ratioMax}): ${met ? 'met' : wasThere ? 'MISSED' : 'NOT MEASURED, the backlog was gone'}`,
    ].join('\n'),
    met,
  };
}
