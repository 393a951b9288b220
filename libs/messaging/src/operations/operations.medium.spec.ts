import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { OutageError, RetryableError, TerminalError } from '@gatehouse/errors';
import { metrics } from '@gatehouse/telemetry';
import { waitFor } from '@gatehouse/testing';
import { gate, Installation, thing } from '../../test/harness.js';
import type { TestProcess } from '../../test/harness.js';
import { thingChanged, workOnThing } from '../../test/scripted.js';
import { PostgresQueueStore } from '../postgres.queue-store.js';
import type { Operations } from './operations.js';

describe('what an operator sees of a process at work', () => {
  let installation: Installation;
  let worker: TestProcess;
  let operations: Operations;

  beforeAll(async () => {
    installation = await Installation.open((url, lanes) => PostgresQueueStore.open(url, lanes));
    worker = await installation.start();
    operations = worker.messaging.operations;
  });
  afterAll(() => installation.close());

  it('Q19 the process, its lanes, and the job it is at, without what the job is about', async () => {
    const { thingId, traceId } = thing();
    const running = gate();
    const release = gate();
    worker.script.on(thingId, () => {
      running.open();
      return release.opened;
    });
    await installation.publish(worker, thingChanged, { thingId, traceId });
    await running.opened;
    expect(operations.watch.active()).toEqual([
      { queue: 'claim-mapping.interactive', job: workOnThing.name, key: thingId, traceId, since: expect.any(String) },
    ]);
    operations.wake();
    const seen = await waitFor(
      async () => (await operations.workers.list()).find(({ active }) => active.some(({ key }) => key === thingId)),
      { what: 'the heartbeat to tell of the job' },
    );
    release.open();
    expect(seen).toMatchObject({
      pid: process.pid,
      draining: false,
      silent: false,
      version: expect.stringMatching(/^\d/),
    });
    expect(seen!.queues).toContain('claim-mapping.interactive');
    await installation.settled(thingId);
    expect(operations.watch.active()).toEqual([]);
  });

  it('Q07 every run that did not succeed, newest first, with code, duration and worker', async () => {
    const { thingId, traceId } = thing();
    worker.script.on(thingId, (_run, nth) => {
      if (nth === 1) throw new OutageError('jira.unavailable', 'down', { retryAfterMs: 20 });
      if (nth === 2) throw new RetryableError('jira.conflict', 'later', { retryAfterMs: 20 });
      if (nth === 3) throw new TerminalError('jira.directory_read_only', 'no');
    });
    await installation.publish(worker, thingChanged, { thingId, traceId });
    const recorded = await waitFor(
      async () => {
        const all = await operations.attempts.of(workOnThing.name, thingId);
        return all.length === 3 ? all : undefined;
      },
      { what: 'three failed runs', timeoutMs: 15_000 },
    );
    expect(recorded!.map(({ outcome, code, attempt }) => [outcome, code, attempt])).toEqual([
      ['parked', 'jira.directory_read_only', 2],
      ['retries', 'jira.conflict', 1],
      ['waits', 'jira.unavailable', 1], // an outage uses no attempt
    ]);
    expect(recorded![0]).toMatchObject({
      traceId,
      runMs: expect.any(Number),
      worker: expect.stringContaining(`:${process.pid}`),
    });
    const [group] = await operations.failures.list();
    expect(group).toMatchObject({ code: 'jira.directory_read_only', count: 1 });
  });

  it('measures waiting and running of each job, by outcome', async () => {
    const { thingId } = await published();
    await installation.settled(thingId);
    const text = await waitFor(
      async () => {
        const shown = await metrics.registry.metrics();
        return shown.includes('gatehouse_job_wait_seconds_count{job="work-on-thing",outcome="applied"}') && shown;
      },
      { what: 'the run to be measured' },
    );
    expect(text).toContain('gatehouse_jobs_processed_total{job="work-on-thing",outcome="applied"}');
    expect(text).not.toContain(thingId);
  });

  it('Q20 jobs that the queue store has lost, found at once when somebody presses the button', async () => {
    const other = await Installation.open((url, lanes) => PostgresQueueStore.open(url, lanes));
    try {
      const sender = await other.start({ works: false });
      const { thingId, traceId } = thing();
      await other.publish(sender, thingChanged, { thingId, traceId });
      await waitFor(async () => (await other.rows(thingId))[0]?.state === 'sent', { what: 'the row to be sent' });
      await other.dataSource.query(`delete from bullmq.job`);
      await other.dataSource.query(`update messaging.outbox set sent_at = now() - interval '3 seconds'`);
      expect(await sender.messaging.operations.recover()).toBe(1);
      expect(await sender.messaging.operations.recoveries()).toMatchObject([
        { kind: 're-enqueued', queue: 'claim-mapping.interactive', count: 1, lastAt: expect.any(Date) },
      ]);
      const taker = await other.start({ relays: true });
      await other.settled(thingId, 10_000);
      expect(taker.script.runsOf(thingId)).toHaveLength(1);
    } finally {
      await other.close();
    }
  });

  it('Q19 a process that leaves takes its row along', async () => {
    const leaving = await installation.start();
    await waitFor(async () => (await operations.workers.list()).length === 2, { what: 'both heartbeats' });
    await leaving.close();
    expect(await operations.workers.list()).toHaveLength(1);
  });

  it('Q21 old leavings go, and what waits for somebody stays whatever its age', async () => {
    await installation.dataSource.query(
      `insert into messaging.parked_job (job, queue, key, payload, trace_id, code, message, attempts, outbox_ids, parked_at, resolved_at, resolution)
       values ('w', 'q.bulk', 'old-open', '{}', 't', 'c', 'm', 1, '{}', now() - interval '2 years', null, null),
              ('w', 'q.bulk', 'old-done', '{}', 't', 'c', 'm', 1, '{}', now() - interval '2 years', now() - interval '1 year', 'retried')`,
    );
    await installation.dataSource.query(`update messaging.job_attempt set at = now() - interval '8 days'`);
    await operations.retention.tidy();
    const kept = await installation.dataSource.query<{ key: string }[]>(
      `select key from messaging.parked_job where key like 'old-%'`,
    );
    expect(kept).toEqual([{ key: 'old-open' }]);
    expect(await installation.dataSource.query('select 1 from messaging.job_attempt')).toEqual([]);
  });

  async function published() {
    const reference = thing();
    await installation.publish(worker, thingChanged, reference);
    return reference;
  }
});
