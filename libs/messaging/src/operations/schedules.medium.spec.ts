import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { defineEvent, on, TraceId } from '@gatehouse/contracts';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { workOnThing } from '../../test/scripted.js';
import { OperationsDatabase } from '../../test/operations-fixture.js';
import { Outbox } from '../outbox.js';
import { Schedules } from './schedules.js';

const due = defineEvent({ name: 'tidy.due', meaning: 'it is time', data: z.strictObject({ traceId: TraceId }) });
const thingId = '00000000-0000-4000-8000-000000000001';
const flow = [on(due).start(workOnThing, 'bulk', ({ traceId }) => ({ thingId, traceId }))];

describe('schedules', () => {
  let database: OperationsDatabase;
  let replicas: readonly Schedules[];
  let schedules: Schedules;

  beforeAll(async () => {
    database = await OperationsDatabase.open();
    const definitions = [{ name: 'tidy', event: due, everySeconds: 3_600, meaning: 'Tidies.' }];
    replicas = [1, 2, 3].map(() => new Schedules(database.dataSource, new Outbox(flow), definitions));
    schedules = replicas[0]!;
  });
  afterAll(() => database.close());
  beforeEach(async () => {
    await database.empty();
    await Promise.all(replicas.map((replica) => replica.ensure()));
  });

  const itIsTime = () =>
    database.dataSource.query(`update messaging.schedule set next_run_at = now() - interval '5 hours'`);
  const step = () => Promise.all(replicas.map((replica) => replica.step()));
  const published = async () =>
    (await database.dataSource.query<unknown[]>(`select 1 from messaging.outbox where event = 'tidy.due'`)).length;
  const first = async () => (await schedules.list())[0]!;
  const inTransaction = <Result>(work: (manager: EntityManager) => Promise<Result>) =>
    database.dataSource.transaction(work);

  it('Q21 run for the first time after their interval', async () => {
    await step();
    expect(await published()).toBe(0);
    expect(await first()).toMatchObject({ name: 'tidy', lastRunAt: null, lastOutcome: null });
  });

  it('publish once when they are due, whichever replicas look, and do not make up for what was missed', async () => {
    await itIsTime();
    await step();
    await step();
    expect(await published()).toBe(1);
    const { nextRunAt, lastOutcome } = await first();
    expect(nextRunAt.getTime()).toBeGreaterThan(Date.now() + 3_500_000);
    expect(lastOutcome).toBe('running');
  });

  it('Q21 tell how the last run ended', async () => {
    await itIsTime();
    await step();
    await database.settleRetries('applied');
    expect(await first()).toMatchObject({ lastOutcome: 'done', lastError: null });

    await itIsTime();
    await step();
    await database.settleRetries('parked');
    await database.dataSource.query(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, attempts, outbox_ids)
       select job, queue, key, payload, trace_id, 'job.failed', 'm', 3, array[id] from messaging.outbox
       where trace_id = (select last_trace_id from messaging.schedule)`,
    );
    expect(await first()).toMatchObject({ lastOutcome: 'parked', lastError: 'job.failed' });
  });

  it('Q21 are paused with a name and a reason, run when somebody asks, and go on once after the pause', async () => {
    await inTransaction((manager) => schedules.pause(manager, 'tidy', { actor: 'token:ada', reason: 'too busy' }));
    await itIsTime();
    await step();
    expect(await published()).toBe(0);
    expect(await first()).toMatchObject({ pausedBy: 'token:ada', reason: 'too busy' });

    await inTransaction((manager) => schedules.runNow(manager, 'tidy'));
    expect(await published()).toBe(1);
    await itIsTime();
    expect(await inTransaction((manager) => schedules.resume(manager, 'tidy'))).toBe('changed');
    expect(await inTransaction((manager) => schedules.resume(manager, 'tidy'))).toBe('not-possible');
    await step();
    expect(await published()).toBe(2);
  });

  it('that nobody knows cannot be run', async () => {
    expect(await inTransaction((manager) => schedules.runNow(manager, 'nothing'))).toBe('not-found');
  });
});
