import type { DataSource } from 'typeorm';
import { waitFor } from '@gatehouse/testing';
import type { Measured } from '../login/processes.js';
import type { ReconcileInstallation } from './installation.js';

export interface Drained {
  readonly people: number;
  /** By the rows' own times: from the first that ended to the last. */
  readonly perSecond: number;
  readonly firstTenth: number;
  readonly lastTenth: number;
  /** Of the worker's process, per person; a machine that others use disturbs it little. */
  readonly cpuMs: number;
}

/** The newest fact there is, for `drain` to begin after it. */
export async function newestFact({ dataSource }: Pick<ReconcileInstallation, 'dataSource'>): Promise<string> {
  const [row] = await dataSource.query<[{ id: string }]>(
    'select coalesce(max(id), 0)::text as id from messaging.outbox',
  );
  return row.id;
}

/**
 * What one process works off, from the moment at which `start` has committed it.
 * @param after the facts that count are newer than this one; default: those that `start` leads to
 */
export async function drain(
  { dataSource }: Pick<ReconcileInstallation, 'dataSource'>,
  worker: Measured,
  job: string,
  start: () => Promise<unknown>,
  after?: string,
): Promise<Drained> {
  const mark = after ?? (await newestFact({ dataSource }));
  const before = await worker.usage();
  await start();
  await settled(dataSource, job, mark);
  const { cpuMs } = await worker.usage();
  const [row] = await dataSource.query<[{ people: number; per_second: number; first: number; last: number }]>(rates, [
    job,
    mark,
  ]);
  return {
    people: row.people,
    perSecond: row.per_second,
    firstTenth: row.first,
    lastTenth: row.last,
    cpuMs: (cpuMs - before.cpuMs) / row.people,
  };
}

async function settled(dataSource: DataSource, job: string, after: string): Promise<void> {
  await waitFor(
    async () => {
      const [row] = await dataSource.query<[{ open: boolean; any: boolean }]>(
        `select exists (select 1 from messaging.outbox where id > $2 and job = $1 and state in ('open', 'sent')) as open,
                exists (select 1 from messaging.outbox where id > $2 and job = $1) as any`,
        [job, after],
      );
      return row.any && !row.open;
    },
    // The rows tell the times. Asking is work for PostgreSQL, and was a tenth of it when asked forty times a second.
    { what: `${job} to be worked off`, timeoutMs: 1_800_000, everyMs: 500 },
  );
}

const rates = `
with ended as (
  select settled_at, row_number() over (order by settled_at) as place, count(*) over () as people
  from messaging.outbox where id > $2 and job = $1
), times as (
  select max(people)::int as people, min(settled_at) as began, max(settled_at) as finished,
         max(settled_at) filter (where place <= ceil(people * 0.1)) as tenth,
         min(settled_at) filter (where place >= floor(people * 0.9)) as nine_tenths
  from ended
)
select people,
       (people / greatest(extract(epoch from finished - began), 0.001))::float8 as per_second,
       (people * 0.1 / greatest(extract(epoch from tenth - began), 0.001))::float8 as first,
       (people * 0.1 / greatest(extract(epoch from finished - nine_tenths), 0.001))::float8 as last
from times`;
