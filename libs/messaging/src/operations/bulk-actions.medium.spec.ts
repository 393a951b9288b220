import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OperationsDatabase } from '../../test/operations-fixture.js';
import { BulkActions } from './bulk-actions.js';
import type { BulkCreated, BulkRequest } from './bulk-actions.js';
import { BulkRunner } from './bulk-runner.js';

describe('one action on many parked jobs', () => {
  let database: OperationsDatabase;
  let actions: BulkActions;
  let runners: readonly BulkRunner[];

  beforeAll(async () => {
    database = await OperationsDatabase.open();
    actions = new BulkActions(database.dataSource);
    runners = [1, 2].map(() => new BulkRunner(database.dataSource, database.logger));
  });
  afterAll(() => database.close());
  beforeEach(() => database.empty());

  const park = (count: number, queue?: string) =>
    Promise.all(Array.from({ length: count }, () => database.park(queue ? { queue } : {})));

  async function create(facts: Partial<BulkRequest> = {}): Promise<BulkCreated> {
    const request: BulkRequest = {
      kind: 'retry',
      filter: {},
      reason: 'Jira is repaired',
      actor: 'token:ada',
      idempotencyKey: randomUUID(),
      expectedCount: 12,
      canary: 3,
      ratePerSecond: 4,
      errorThreshold: 0.2,
      ...facts,
    };
    return database.dataSource.transaction((manager) => actions.create(manager, request));
  }

  async function created(facts: Partial<BulkRequest> = {}): Promise<string> {
    const answer = await create(facts);
    if (answer.kind !== 'created') throw new Error(answer.kind);
    return answer.action.id;
  }

  /** One second of both processes. */
  async function second(id: string) {
    await database.dataSource.query('update messaging.bulk_action set next_step_at = now()');
    await Promise.all(runners.map((runner) => runner.step()));
    return (await actions.find(id))!;
  }

  it('Q08 counts first, by cause, and says which of them are offboardings', async () => {
    await park(2);
    await park(1, 'group-sync.offboarding');
    await database.park({ code: 'jira.group_missing' });
    expect(await actions.preview({})).toMatchObject({
      count: 4,
      offboarding: 1,
      byCode: [
        { code: 'jira.conflict', count: 3 },
        { code: 'jira.group_missing', count: 1 },
      ],
    });
    expect(await actions.preview({ code: 'jira.group_missing' })).toMatchObject({ count: 1 });
    expect((await actions.preview({ queue: 'nowhere.bulk' })).sample).toEqual([]);
  });

  it('Q12 retries a canary, waits for its end, then the rest at one pace for all processes', async () => {
    await park(12);
    const id = await created();
    expect(await second(id)).toMatchObject({ done: 3, pending: 3, left: 9, canaryPassed: false });
    expect(await second(id)).toMatchObject({ done: 3, canaryPassed: false });
    await database.settleRetries('applied');
    expect(await second(id)).toMatchObject({ done: 7, succeeded: 3, canaryPassed: true, state: 'running' });
    await second(id);
    expect(await second(id)).toMatchObject({ done: 12, left: 0, state: 'done', finishedAt: expect.any(Date) });
    await database.settleRetries('applied');
    expect(await actions.find(id)).toMatchObject({ succeeded: 12, failed: 0, pending: 0 });
  });

  it('Q12 stops by itself when the canary fails again, goes on when somebody says so, and stops for good', async () => {
    await park(12);
    const id = await created();
    await second(id);
    await database.settleRetries('parked');
    expect(await second(id)).toMatchObject({
      state: 'paused',
      pausedWhy: '3 of the last 3 retries failed again',
      done: 3,
    });
    expect(await second(id)).toMatchObject({ done: 3 });

    expect(await database.dataSource.transaction((manager) => actions.resume(manager, id))).toBe('changed');
    expect(await second(id)).toMatchObject({ state: 'running', done: 7 });
    expect(await database.dataSource.transaction((manager) => actions.cancel(manager, id))).toBe('changed');
    expect(await second(id)).toMatchObject({ state: 'cancelled', done: 7 });
    expect(await actions.preview({})).toMatchObject({ count: 5 }); // What it had not handled is free again.
    expect(await database.dataSource.transaction((manager) => actions.resume(manager, id))).toBe('not-possible');
  });

  it('Q08 never loses a job: each one is open in the outbox in the commit that resolves it', async () => {
    const ids = await park(3);
    const id = await created({ expectedCount: 3 });
    await second(id);
    const rows = await database.dataSource.query<unknown[]>(
      `select parked.id, resolution, resolved_by, resolution_reason, state from messaging.parked_job as parked
       join messaging.outbox on outbox.id = parked.retried_as order by parked.id`,
    );
    expect(rows).toEqual(
      ids.toSorted().map((parked) => ({
        id: parked,
        resolution: 'retried',
        resolved_by: 'token:ada',
        resolution_reason: 'Jira is repaired',
        state: 'open',
      })),
    );
  });

  it('Q09 discards without a run, with the reason on each job', async () => {
    await park(3);
    const id = await created({ kind: 'discard', expectedCount: 3, reason: 'test people' });
    expect(await second(id)).toMatchObject({ state: 'done', done: 3 });
    expect(
      await database.dataSource.query(
        `select distinct resolution, resolution_reason, (select count(*)::int from messaging.outbox) as jobs
         from messaging.parked_job`,
      ),
    ).toEqual([{ resolution: 'discarded', resolution_reason: 'test people', jobs: 0 }]);
  });

  it('holds each job for one action only', async () => {
    const [first] = await park(3);
    await created({ filter: { ids: [first!] }, expectedCount: 1 });
    expect(await actions.preview({})).toMatchObject({ count: 2 });
  });

  it('is refused when the count has changed much since somebody looked', async () => {
    await park(12);
    await expect(
      database.dataSource.transaction(async (manager) => {
        const answer = await actions.create(manager, {
          kind: 'retry',
          filter: {},
          reason: 'r',
          actor: 'a',
          idempotencyKey: randomUUID(),
          expectedCount: 2,
          canary: 3,
          ratePerSecond: 4,
          errorThreshold: 0.2,
        });
        throw new Error(answer.kind);
      }),
    ).rejects.toThrow('count-differs');
    expect(await actions.preview({})).toMatchObject({ count: 12 });
    expect(await actions.list()).toEqual([]);
  });

  it('is made once, however often it is sent', async () => {
    await park(12);
    const idempotencyKey = randomUUID();
    const id = await created({ idempotencyKey });
    expect(await create({ idempotencyKey })).toMatchObject({ kind: 'known', action: { id } });
    expect(await create({ idempotencyKey, kind: 'discard' })).toEqual({ kind: 'key-taken' });
    expect(await actions.list()).toHaveLength(1);
  });
});
