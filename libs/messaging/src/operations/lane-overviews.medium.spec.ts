import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scaled } from '@gatehouse/testing';
import { OperationsDatabase } from '../../test/operations-fixture.js';
import type { LaneOverview } from './lane-overview.js';
import { LaneOverviews } from './lane-overviews.js';

const interactive = 'group-sync.interactive';
const bulk = 'group-sync.bulk';
const ago = (seconds: number) => `now() - interval '${seconds} seconds'`;
const ahead = (seconds: number) => `now() + interval '${seconds} seconds'`;

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Actual Rows': number;
  readonly 'Actual Loops': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly PlanNode[];
}

describe('the overview of a lane', () => {
  let database: OperationsDatabase;
  let overviews: LaneOverviews;

  beforeAll(async () => {
    database = await OperationsDatabase.open();
    overviews = new LaneOverviews(database.dataSource, [interactive, bulk]);
  });
  afterAll(() => database.close());
  beforeEach(() => database.empty());

  const lane = async (queue = interactive): Promise<LaneOverview> =>
    (await overviews.read()).find((overview) => overview.queue === queue)!;

  it('Q02 is 0 s old when it is empty, and within target', async () => {
    expect(await overviews.read()).toMatchObject([
      { queue: interactive, oldestReadySeconds: 0, withinTarget: true, targetSeconds: 5, etaSeconds: 0, workers: 0 },
      { queue: bulk, oldestReadySeconds: 0, withinTarget: true, targetSeconds: null },
    ]);
  });

  it.each<[string, Record<string, string>, { ready: number; waiting: number }]>([
    ['an open one since its commit', { created_at: ago(40) }, { ready: 40, waiting: 40 }],
    [
      'a sent one since its commit',
      { created_at: ago(40), state: `'sent'`, sent_at: 'now()' },
      { ready: 40, waiting: 40 },
    ],
    [
      'a fact about later since it became due',
      { created_at: ago(90), not_before: ago(30) },
      { ready: 30, waiting: 30 },
    ],
    ['not one that is not due yet', { created_at: ago(90), not_before: ahead(30) }, { ready: 0, waiting: 0 }],
    [
      'not one that waits out a backoff',
      { created_at: ago(40), state: `'sent'`, sent_at: 'now()', retry_at: ahead(9) },
      { ready: 0, waiting: 40 },
    ],
    [
      'one whose backoff is over since then',
      { created_at: ago(40), state: `'sent'`, sent_at: 'now()', retry_at: ago(10) },
      { ready: 10, waiting: 40 },
    ],
  ])('Q02 counts %s', async (_, columns, { ready, waiting }) => {
    await database.outboxRows(interactive, 1, columns);
    const overview = await lane();
    expect(overview.oldestReadySeconds).toBeCloseTo(ready, -0.4);
    expect(overview.oldestWaitingSeconds).toBeCloseTo(waiting, -0.4);
    expect(overview.withinTarget).toBe(ready <= 5);
    expect((await lane(bulk)).oldestReadySeconds).toBe(0);
  });

  it('counts jobs by what they wait for', async () => {
    const sent = { state: `'sent'`, sent_at: 'now()' };
    await database.outboxRows(interactive, 3, {});
    await database.outboxRows(interactive, 4, { not_before: ahead(60) });
    await database.outboxRows(interactive, 2, { not_before: ago(1) });
    await database.outboxRows(interactive, 5, sent);
    await database.outboxRows(interactive, 6, { ...sent, retry_at: ahead(60) });
    await database.park();
    expect((await lane()).counts).toEqual({ ready: 10, sent: 11, backoff: 6, delayed: 4, parked: 1, atLeast: false });
  });

  it('Q04 tells in, out, net drain and how long the backlog lasts', async () => {
    await database.outboxRows(interactive, 30, { created_at: ago(200) });
    const settled = { state: `'settled'`, outcome: `'applied'` };
    await database.outboxRows(interactive, 60, { ...settled, created_at: ago(1_000), settled_at: ago(30) });
    await database.outboxRows(interactive, 30, { ...settled, created_at: ago(800), settled_at: ago(600) });
    const { throughput, netPerMinute, etaSeconds } = await lane();
    expect(throughput).toEqual([
      { minutes: 1, inPerMinute: 0, outPerMinute: 60 },
      { minutes: 5, inPerMinute: 6, outPerMinute: 12 },
      { minutes: 15, inPerMinute: 4, outPerMinute: 6 },
    ]);
    expect({ netPerMinute, etaSeconds }).toEqual({ netPerMinute: 6, etaSeconds: 300 });
  });

  it('Q05 tells outbox lag from queue age: a paused or a full lane holds its rows back on purpose', async () => {
    await database.outboxRows(interactive, 1, { created_at: ago(40) });
    expect((await lane()).oldestUnsentSeconds).toBeCloseTo(40, -0.4);
    await database.dataSource.query(
      `insert into messaging.lane_state (queue, paused_by, reason) values ($1, 'token:ada', 'Jira upgrade')`,
      [interactive],
    );
    expect(await lane()).toMatchObject({ oldestUnsentSeconds: 0, paused: { by: 'token:ada', reason: 'Jira upgrade' } });
    await database.outboxRows(bulk, 1_000, { state: `'sent'`, sent_at: 'now()' });
    await database.outboxRows(bulk, 1, { created_at: ago(40) });
    expect(await lane(bulk)).toMatchObject({ oldestUnsentSeconds: 0 });
  });

  it('Q19 counts the processes that show signs of life and take jobs', async () => {
    const worker = (seen: string, draining: boolean, queue: string) =>
      database.dataSource.query(
        `insert into messaging.worker (id, host, pid, version, services, queues, started_at, seen_at, draining)
         values (gen_random_uuid(), 'h', 1, '1', '{group-sync}', array[$1], now(), ${seen}, $2)`,
        [queue, draining],
      );
    await worker('now()', false, interactive);
    await worker(ago(30), false, interactive);
    await worker('now()', true, interactive);
    await worker('now()', false, bulk);
    expect((await lane()).workers).toBe(1);
  });

  it('names the newest outage that jobs wait for, for a minute', async () => {
    const waits = (code: string, at: string, outcome = 'waits') =>
      database.dataSource.query(
        `insert into messaging.job_attempt (job, queue, key, trace_id, attempt, outcome, code, worker_id, run_ms, at)
         values ('work', $1, 'k', 't', 1, $2, $3, gen_random_uuid(), 1, ${at})`,
        [interactive, outcome, code],
      );
    await waits('jira.unavailable', ago(61));
    expect((await lane()).outageCode).toBeUndefined();
    await waits('jira.rate_limited', ago(20));
    await waits('jira.conflict', ago(1), 'retries');
    expect((await lane()).outageCode).toBe('jira.rate_limited');
  });

  it('reads a bounded number of rows, however large the backlog is', async () => {
    const backlog = scaled(1_000_000, 100_000) + 50_000;
    await database.outboxRows(bulk, backlog, { created_at: ago(60) });
    await database.outboxRows(interactive, 20, {});
    await database.dataSource.query('vacuum (analyze) messaging.outbox');
    const plans = await plansOf(database, overviews);
    const heapRows = plans.flatMap(nodesOf).filter((node) => node['Relation Name'] === 'outbox');
    const fetched = heapRows.filter((node) => !node['Node Type'].startsWith('Index Only')).map(rowsOf);
    expect(heapRows.map((node) => node['Node Type'])).not.toContain('Seq Scan');
    expect(Math.max(...heapRows.map(rowsOf))).toBeLessThanOrEqual(2 * 100_000); // of both lanes
    expect(fetched.reduce((sum, rows) => sum + rows, 0)).toBeLessThanOrEqual(45_000);
    expect((await lane(bulk)).counts).toMatchObject({ ready: 100_000, atLeast: true });
    expect((await lane()).counts).toMatchObject({ ready: 20 });
  }, 60_000);
});

/** The plans of the very statements that the overview runs. */
async function plansOf(database: OperationsDatabase, overviews: LaneOverviews): Promise<readonly PlanNode[]> {
  const { dataSource } = database;
  const original = dataSource.query.bind(dataSource);
  const plans: PlanNode[] = [];
  dataSource.query = async function explained<Result>(sql: string, parameters?: unknown[]): Promise<Result> {
    const [row] = await original<{ 'QUERY PLAN': [{ Plan: PlanNode }] }[]>(
      `explain (analyze, format json) ${sql}`,
      parameters,
    );
    plans.push(row!['QUERY PLAN'][0].Plan);
    return original<Result>(sql, parameters);
  };
  try {
    await overviews.read();
  } finally {
    dataSource.query = original;
  }
  return plans;
}

function nodesOf(node: PlanNode): readonly PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)];
}

function rowsOf(node: PlanNode): number {
  return (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * Math.max(1, node['Actual Loops']);
}
