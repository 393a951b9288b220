import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { OutageError, RetryableError, TerminalError } from '@gatehouse/errors';
import { waitFor } from '@gatehouse/testing';
import { thing } from './harness.js';
import { workOnThing } from './scripted.js';
import type { Subject } from './subject.js';

const interactive = 'claim-mapping.interactive';

/** Each kind of error ends as the table of error kinds says. */
export function failures(subject: Subject): void {
  describe('failures', () => {
    const parked = async (thingId: string) =>
      (await subject.process.messaging.parkedJobs.list({ limit: 100 })).items.filter(({ key }) => key === thingId);

    it('retries with a backoff, and then settles', async () => {
      const { thingId } = thing();
      subject.script.on(thingId, (_run, nth) => {
        if (nth < 3) throw new RetryableError('jira.conflict', 'Jira refused');
      });
      await subject.trigger(thing(thingId));
      await subject.installation.settled(thingId, 10_000);
      expect(subject.script.runsOf(thingId).map(({ context }) => context.attempt)).toEqual([1, 2, 3]);
      expect(await subject.installation.outcomes(thingId)).toEqual(['applied']);
    });

    it('waits at least as long as the other side asked for', async () => {
      const { thingId } = thing();
      subject.script.on(thingId, (_run, nth) => {
        if (nth === 1) throw new RetryableError('jira.conflict', 'Jira refused', { retryAfterMs: 800 });
      });
      await subject.trigger(thing(thingId));
      await subject.installation.settled(thingId);
      const [first, second] = subject.script.runsOf(thingId);
      expect(second!.startedAt - first!.endedAt!).toBeGreaterThanOrEqual(799);
    });

    it('Q02 notes when the next try is due, so that waiting for it does not count as being late', async () => {
      const { thingId } = thing();
      subject.script.on(thingId, (_run, nth) => {
        if (nth === 1) throw new OutageError('jira.rate_limited', 'later', { retryAfterMs: 1_500 });
      });
      await subject.trigger(thing(thingId));
      const retryInMs = async () => {
        const [row] = await subject.installation.dataSource.query<{ ms: number | null }[]>(
          `select extract(epoch from retry_at - now())::float8 * 1000 as ms from messaging.outbox where key = $1`,
          [thingId],
        );
        return row!.ms;
      };
      const noted = await waitFor(retryInMs, { what: 'the next try to be noted' });
      expect(noted).toBeGreaterThan(0);
      expect(noted).toBeLessThanOrEqual(2_000);
      await subject.installation.settled(thingId);
      expect(subject.script.runsOf(thingId)).toHaveLength(2);
    });

    it('uses no attempt for an outage, however long it lasts', async () => {
      const { thingId } = thing();
      subject.script.on(thingId, (_run, nth) => {
        if (nth <= workOnThing.attempts + 2) throw new OutageError('jira.unreachable', 'away', { retryAfterMs: 1 });
      });
      await subject.trigger(thing(thingId));
      await subject.installation.settled(thingId, 15_000);
      expect(subject.script.runsOf(thingId).map(({ context }) => context.attempt)).toEqual(Array(6).fill(1));
      expect(await subject.installation.outcomes(thingId)).toEqual(['applied']);
    });

    it('counts an outage of PostgreSQL inside a handler as an outage', async () => {
      const { thingId } = thing();
      subject.script.on(thingId, (_run, nth) => {
        if (nth <= 4) throw Object.assign(new Error('terminating connection'), { code: '57P01' });
      });
      await subject.trigger(thing(thingId));
      await subject.installation.settled(thingId, 20_000);
      expect(subject.script.runsOf(thingId).at(-1)!.context.attempt).toBe(1);
    });

    it('parks at once what a person must act on', async () => {
      const { thingId, traceId } = thing();
      subject.script.on(thingId, () => {
        throw new TerminalError('jira.directory_read_only', 'This user cannot be written', {
          internal: 'directory 7',
        });
      });
      await subject.trigger({ thingId, traceId });
      expect((await subject.installation.settled(thingId))[0]!.outcome).toBe('parked');
      expect(await parked(thingId)).toEqual([
        expect.objectContaining({
          job: 'work-on-thing',
          queue: interactive,
          code: 'jira.directory_read_only',
          message: 'This user cannot be written',
          detail: 'jira.directory_read_only: directory 7',
          attempts: 1,
          traceId,
        }),
      ]);
      expect(subject.script.runsOf(thingId)).toHaveLength(1);
      expect(await subject.process.messaging.traces.stateOf(traceId)).toBe('parked');
    });

    it('F21 parks an unknown error with its stack when the attempts have run out', async () => {
      const { thingId } = thing();
      subject.script.on(thingId, () => {
        throw Object.assign(new Error('a bug'), { parameters: ['ada@example.test'] });
      });
      await subject.trigger(thing(thingId));
      await subject.installation.settled(thingId, 10_000);
      const [job] = await parked(thingId);
      expect(job).toMatchObject({ code: 'job.failed', attempts: 3 });
      expect(job!.detail).toMatch(/^Error: a bug\n\s+at /);
      expect(JSON.stringify([job, subject.process.logLines])).not.toContain('ada@example.test');
      expect(subject.script.runsOf(thingId)).toHaveLength(3);
    });

    it('F21 parks a payload that breaks its contract without calling the handler', async () => {
      const { thingId, traceId } = thing();
      await subject.installation.dataSource.query(
        `insert into messaging.outbox (event, job, queue, key, payload, trace_id) values ('x', $1, $2, $3, $4, $5)`,
        [
          workOnThing.name,
          interactive,
          thingId,
          JSON.stringify({ thingId, traceId, email: 'ada@example.test' }),
          traceId,
        ],
      );
      await subject.installation.settled(thingId);
      const [job] = await parked(thingId);
      expect(job).toMatchObject({ code: 'job.payload_invalid', attempts: 1 });
      expect(job!.detail).toContain('unrecognized_keys');
      expect(JSON.stringify(job)).not.toContain('ada@example.test');
      expect(subject.script.runsOf(thingId)).toEqual([]);
    });

    it('runs newer triggers of a key that has a parked job, and their success resolves it', async () => {
      const { thingId, traceId } = thing();
      subject.script.on(thingId, (_run, nth) => {
        if (nth === 1) throw new TerminalError('jira.directory_read_only', 'no');
      });
      await subject.trigger({ thingId, traceId });
      await subject.installation.settled(thingId);
      await subject.trigger(thing(thingId));
      await waitFor(async () => (await subject.installation.settled(thingId)).length === 2, {
        what: 'the second trigger',
      });
      expect(await parked(thingId)).toEqual([]);
      expect(await subject.installation.outcomes(thingId)).toEqual(['superseded', 'applied']);
      expect(await subject.process.messaging.traces.stateOf(traceId)).toBe('settled');
    });

    it('keeps one parked job per person and cause, the newest, however often the person comes back', async () => {
      const { thingId } = thing();
      subject.script.on(thingId, (_run, nth) => {
        throw new TerminalError('jira.group_missing', `No such group (${nth})`);
      });
      for (const nth of [1, 2]) {
        await subject.trigger(thing(thingId));
        await waitFor(async () => (await parked(thingId)).some(({ message }) => message.includes(`(${nth})`)), {
          timeoutMs: 10_000,
          what: 'the parked job',
        });
      }
      expect(await parked(thingId)).toHaveLength(1);
      expect(await subject.installation.outcomes(thingId)).toEqual(['superseded', 'parked']);
    });

    it('Q12 retries a parked job once, under its own trace, however often it is pressed', async () => {
      const { thingId, traceId } = thing();
      subject.script.on(thingId, (_run, nth) => {
        if (nth === 1) throw new TerminalError('jira.directory_read_only', 'no');
      });
      await subject.trigger({ thingId, traceId });
      await subject.installation.settled(thingId);
      const [job] = await parked(thingId);
      const answers = await Promise.all(
        ['ada', 'grace'].map((actor) => subject.process.messaging.parkedJobs.retry(job!.id, { actor })),
      );
      expect(answers.toSorted()).toEqual(['already-resolved', 'resolved']);
      await waitFor(() => subject.script.runsOf(thingId).length === 2, { what: 'the retry' });
      await subject.installation.settled(thingId);
      expect(await subject.installation.outcomes(thingId)).toEqual(['superseded', 'applied']);
      expect(await subject.process.messaging.traces.stateOf(traceId)).toBe('settled');
      const [entry] = await subject.installation.dataSource.query<{ resolution: string; resolved_by: string }[]>(
        'select resolution, resolved_by from messaging.parked_job where id = $1',
        [job!.id],
      );
      expect(entry!.resolution).toBe('retried');
      expect(['ada', 'grace']).toContain(entry!.resolved_by);
      expect(await subject.process.messaging.parkedJobs.retry(randomUUID(), { actor: 'ada' })).toBe('not-found');
      expect(await subject.process.messaging.parkedJobs.retry('no id', { actor: 'ada' })).toBe('not-found');
    });

    it('lists parked jobs page by page, newest first', async () => {
      for (let count = 0; count < 3; count += 1) {
        const { thingId } = thing();
        subject.script.on(thingId, () => {
          throw new TerminalError('jira.directory_read_only', 'no');
        });
        await subject.trigger(thing(thingId));
        await subject.installation.settled(thingId);
      }
      const whole = (await subject.process.messaging.parkedJobs.list({ limit: 100 })).items.map(({ id }) => id);
      const pages: string[] = [];
      let after: string | undefined;
      do {
        const page = await subject.process.messaging.parkedJobs.list({ limit: 2, ...(after ? { after } : {}) });
        pages.push(...page.items.map(({ id }) => id));
        after = page.next;
      } while (after);
      expect(pages).toEqual(whole);
      expect(whole.length).toBeGreaterThanOrEqual(3);
    });
  });
}
