import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DelayedError } from 'bullmq';
import { reconcileAccount } from '@gatehouse/contracts';
import { openDatabase } from '@gatehouse/database';
import { createLogger, newTraceId } from '@gatehouse/telemetry';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import type { Breakers } from './breakers.js';
import type { JobContext } from './job-context.js';
import { JobRunner } from './job-runner.js';
import { Leases } from './leases.js';
import type { RunWatch } from './operations/run-watch.js';
import { Settlement } from './settlement.js';
import { Turns } from './turns.js';

let database: TestDatabase;
let dataSource: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDatabase(database.url, 4);
});
beforeEach(() => dataSource.query('truncate messaging.lease, messaging.outbox'));
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

const leases = () => dataSource.query<{ key: string }[]>('select key from messaging.lease');
const open = async () =>
  (await dataSource.query<unknown[]>(`select from messaging.outbox where state <> 'settled'`)).length;

async function due(accountId: string): Promise<void> {
  await dataSource.query(
    `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
     values ('access.desired', $1, 'group-sync.interactive', $2, $3, $4)`,
    [reconcileAccount.name, accountId, JSON.stringify({ accountId, traceId: newTraceId() }), newTraceId()],
  );
}

async function run(accountId: string, handler: (context: JobContext) => Promise<void>): Promise<void> {
  const breakers = { of: () => ({ judge: () => Promise.resolve('whole') }) } as unknown as Breakers;
  const watch = { begins: () => () => undefined } as unknown as RunWatch;
  const runner = new JobRunner(
    dataSource,
    new Settlement(dataSource),
    new Leases(dataSource),
    breakers,
    createLogger('silent'),
    () => undefined,
    watch,
    new Turns(),
  );
  const process = runner.forLane('group-sync.interactive', 'interactive', [reconcileAccount], (_, __, context) =>
    handler(context),
  );
  const job = {
    name: reconcileAccount.name,
    data: { accountId, traceId: newTraceId() },
    deduplicationId: `${reconcileAccount.name}/${accountId}`,
    attemptsMade: 0,
    attemptsStarted: 1,
    progress: undefined,
    updateProgress: () => Promise.resolve(),
    moveToDelayed: () => Promise.resolve(),
  };
  await process(job, undefined);
}

describe('a job that is defined with a lease', () => {
  it('F19 holds it from before its handler until it is settled', async () => {
    const accountId = randomUUID();
    await due(accountId);
    await run(accountId, async ({ lease }) => {
      expect(lease?.takenOver).toBe(false);
      expect(await leases()).toEqual([{ key: `account/${accountId}` }]);
      lease?.assertHeld();
    });
    expect([await leases(), await open()]).toEqual([[], 0]);
  });

  it('F19 comes back later, with its triggers open, while another worker has it', async () => {
    const accountId = randomUUID();
    await due(accountId);
    let isCalled = false;
    await new Leases(dataSource).hold(`account/${accountId}`, async () => {
      await expect(run(accountId, () => Promise.resolve(void (isCalled = true)))).rejects.toBeInstanceOf(DelayedError);
    });
    expect([isCalled, await open(), await leases()]).toEqual([false, 1, []]);
  });

  it('gives it back when its handler fails', async () => {
    const accountId = randomUUID();
    await due(accountId);
    await expect(run(accountId, () => Promise.reject(new Error('no')))).rejects.toThrow();
    expect([await leases(), await open()]).toEqual([[], 1]);
  });

  it('F01 is told that it took over from one that never gave it back', async () => {
    const accountId = randomUUID();
    await due(accountId);
    await dataSource.query(
      `insert into messaging.lease (key, holder, expires_at)
       values ($1, gen_random_uuid(), clock_timestamp() - interval '1 second')`,
      [`account/${accountId}`],
    );
    let isTakenOver: boolean | undefined;
    await run(accountId, ({ lease }) => Promise.resolve(void (isTakenOver = lease?.takenOver)));
    expect(isTakenOver).toBe(true);
  });

  it('F28 tells the next one too, when a handler fails before it has seen to what the last holder left', async () => {
    const accountId = randomUUID();
    await due(accountId);
    await dataSource.query(
      `insert into messaging.lease (key, holder, expires_at)
       values ($1, gen_random_uuid(), clock_timestamp() - interval '1 second')`,
      [`account/${accountId}`],
    );
    await expect(run(accountId, () => Promise.reject(new Error('no')))).rejects.toThrow();
    const told: (boolean | undefined)[] = [];
    const heeding = ({ lease }: JobContext) => {
      told.push(lease?.takenOver);
      lease?.heed();
      return Promise.reject(new Error('no'));
    };
    await expect(run(accountId, heeding)).rejects.toThrow();
    await run(accountId, ({ lease }) => Promise.resolve(void told.push(lease?.takenOver)));
    expect(told).toEqual([true, false]);
  });

  it('takes none when there is nothing to answer for', async () => {
    const accountId = randomUUID();
    await run(accountId, () => Promise.reject(new Error('called')));
    expect(await leases()).toEqual([]);
  });
});
