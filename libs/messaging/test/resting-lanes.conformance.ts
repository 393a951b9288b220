import { afterEach, describe, expect, it } from '@jest/globals';
import { DeferredError, OutageError } from '@gatehouse/errors';
import { waitFor } from '@gatehouse/testing';
import { thing } from './harness.js';
import { followThing, thingFollowed } from './scripted.js';
import type { Subject } from './subject.js';

/** While what they need is away as a whole, lanes rest; one person at whom it fails does not make them rest. */
export function restingLanes(subject: Subject): void {
  describe('lanes that need Jira', () => {
    const breaker = () => subject.process.messaging.breakers.of('jira');
    const follow = (thingId: string) => subject.installation.publish(subject.process, thingFollowed, thing(thingId));
    const runsOf = (thingId: string) => subject.script.runsOf(thingId, followThing.name);
    const register = (ask: () => Promise<void>) => breaker().register({ connection: 'test', ask });
    const close = () =>
      subject.installation.dataSource.query(`update messaging.breaker set until = now() where state <> 'closed'`);

    afterEach(async () => {
      register(() => Promise.resolve());
      await close();
      await waitFor(() => !breaker().isOpen, { what: 'the breaker to close' });
    });

    it('F14 rest while the breaker is open, use no attempt, and go on within a second once it closes', async () => {
      const away = new OutageError('jira.unavailable', 'Jira is away');
      register(() => Promise.reject(away));
      const [first, second] = [thing().thingId, thing().thingId];
      subject.script.on(
        first,
        (_run, nth) => {
          if (nth === 1) throw away;
        },
        followThing.name,
      );
      await follow(first);
      await waitFor(() => breaker().isOpen, { what: 'the breaker to open' });
      await follow(second);
      // A lane of something else is not concerned.
      await subject.installation.settled((await subject.trigger()).thingId);
      const jobs = () => subject.script.runs.filter(({ job }) => job === followThing.name).length;
      const before = jobs();
      await waitFor(
        async () => {
          const rows = await subject.installation.dataSource.query<{ failures: number }[]>(
            'select failures from messaging.breaker',
          );
          return rows[0]!.failures > 0;
        },
        { what: 'a failed probe' },
      );
      // One may have been taken in the moment in which the lane came to rest.
      expect(jobs() - before).toBeLessThanOrEqual(1);

      register(() => Promise.resolve());
      await close();
      await waitFor(() => !breaker().isOpen, { what: 'the breaker to close' });
      const closedAt = performance.now();
      await Promise.all([first, second].map((thingId) => subject.installation.settled(thingId)));
      expect(performance.now() - closedAt).toBeLessThan(1_500);
      expect(runsOf(first).map(({ context }) => context.attempt)).toEqual(runsOf(first).map(() => 1));
    });

    it('F14 do not rest for one person at whom Jira fails every time; that one is parked after 30 waits', async () => {
      register(() => Promise.resolve());
      const [broken, other] = [thing().thingId, thing().thingId];
      subject.script.on(
        broken,
        () => {
          throw new OutageError('jira.unavailable', 'status 500');
        },
        followThing.name,
      );
      const patience = Math.random;
      Math.random = () => 0; // the shortest backoffs
      try {
        await follow(broken);
        await waitFor(() => runsOf(broken).length > 3, { what: 'some waits' });
        expect(breaker().isOpen).toBe(false);
        await follow(other);
        await subject.installation.settled(other);
        const [row] = await subject.installation.settled(broken, 20_000);
        expect(row!.outcome).toBe('parked');
      } finally {
        Math.random = patience;
      }
      expect(runsOf(broken)).toHaveLength(30);
      expect(runsOf(broken).at(-1)!.context.attempt).toBe(1);
      const { items } = await subject.process.messaging.parkedJobs.list({ limit: 100 });
      expect(items.find(({ key }) => key === broken)).toMatchObject({ code: 'jira.fails_for_one' });
    }, 30_000);
  });

  describe('a job that meets another of its key', () => {
    it('F19 comes back after a moment, uses no attempt, and is no news', async () => {
      const { thingId } = thing();
      subject.script.on(thingId, (_run, nth) => {
        if (nth < 4) throw new DeferredError('lease.held', 'another is at it', { retryAfterMs: 250 });
      });
      await subject.trigger(thing(thingId));
      await subject.installation.settled(thingId);
      const runs = subject.script.runsOf(thingId);
      expect(runs.map(({ context }) => context.attempt)).toEqual([1, 1, 1, 1]);
      const gaps = runs.slice(1).map(({ startedAt }, index) => startedAt - runs[index]!.endedAt!);
      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(240);
      const lines = subject.process.logLines.filter((line) => line['key'] === thingId);
      expect(lines.map(({ level }) => level)).toEqual(['debug', 'debug', 'debug', 'info']);
    });
  });
}
