import { describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { triggerIdOf } from '../src/queue-store.js';
import { gate, thing } from './harness.js';
import { followThing, thingChanged, thingDone, thingSwept, workOnThing } from './scripted.js';
import type { Subject } from './subject.js';

/** Within a lane a key never runs twice at once, and no trigger is dropped. */
export function keyedJobs(subject: Subject): void {
  describe('one key, one run at a time', () => {
    it('I4 never runs a key twice at once, and runs it once more after the last trigger', async () => {
      const { thingId } = thing();
      const running = gate();
      const release = gate();
      subject.script.on(thingId, async (_run, nth) => {
        running.open();
        if (nth === 1) await release.opened;
      });
      await subject.trigger(thing(thingId));
      await running.opened;
      for (let trial = 0; trial < 8; trial += 1) await subject.trigger(thing(thingId));
      await waitFor(async () => (await subject.installation.rows(thingId)).every(({ state }) => state === 'sent'), {
        what: 'the triggers to reach the store',
      });
      const lastTriggerAt = performance.now();
      release.open();
      await subject.installation.settled(thingId);
      const runs = subject.script.runsOf(thingId);
      expect(runs).toHaveLength(2);
      expect(runs[1]!.startedAt).toBeGreaterThan(runs[0]!.endedAt!);
      expect(runs[1]!.startedAt).toBeGreaterThan(lastTriggerAt);
      expect(await subject.installation.outcomes(thingId)).toEqual([
        'applied',
        ...Array<string>(7).fill('superseded'),
        'applied',
      ]);
    });

    it('P23 I4 never drops the newest trigger, wherever it falls into a run', async () => {
      const { thingId } = thing();
      const sawState: number[] = [];
      let state = 0;
      subject.script.on(thingId, async () => {
        sawState.push(state);
        await new Promise(setImmediate);
      });
      for (let trial = 0; trial < 60; trial += 1) {
        state = trial;
        await subject.trigger(thing(thingId));
      }
      await subject.installation.settled(thingId, 15_000);
      expect(sawState.at(-1)).toBe(59);
      const runs = subject.script.runsOf(thingId);
      runs.slice(1).forEach((run, index) => expect(run.startedAt).toBeGreaterThanOrEqual(runs[index]!.endedAt!));
    });

    it('settles no row that became visible after the handler started, even with a lower id', async () => {
      const { thingId } = thing();
      const running = gate();
      const release = gate();
      subject.script.on(thingId, async (_run, nth) => {
        running.open();
        if (nth === 1) await release.opened;
      });
      const slow = subject.installation.dataSource.createQueryRunner();
      await slow.startTransaction();
      await subject.process.messaging.outbox.publish(slow.manager, thingChanged, thing(thingId)); // takes the lower id
      await subject.trigger(thing(thingId));
      await running.opened;
      await slow.commitTransaction();
      await slow.release();
      release.open();
      await subject.installation.settled(thingId);
      expect(subject.script.runsOf(thingId)).toHaveLength(2);
      expect(await subject.installation.outcomes(thingId)).toEqual(['applied', 'applied']);
    });

    it('covers triggers of another lane, whose job then ends without a run', async () => {
      const { thingId } = thing();
      const running = gate();
      const release = gate();
      subject.script.on(thingId, () => {
        running.open();
        return release.opened;
      });
      await subject.installation.dataSource.transaction(async (manager) => {
        await subject.process.messaging.outbox.publish(manager, thingSwept, thing(thingId));
        await subject.process.messaging.outbox.publish(manager, thingChanged, thing(thingId));
        // Only the interactive one reaches the store for now.
        await manager.query(`update messaging.outbox set queue = 'held back' where key = $1 and queue like '%.bulk'`, [
          thingId,
        ]);
      });
      await running.opened;
      await subject.installation.dataSource.query(
        `update messaging.outbox set queue = 'claim-mapping.bulk' where key = $1 and queue = 'held back'`,
        [thingId],
      );
      release.open();
      await subject.installation.settled(thingId);
      const ends = () => subject.process.logLines.filter(({ key }) => key === thingId).map(({ outcome }) => outcome);
      await subject.process.store.add('claim-mapping.bulk', [
        { triggerId: triggerIdOf(workOnThing, thingId), job: workOnThing.name, payload: thing(thingId) },
      ]);
      await waitFor(() => ends().length === 2, { what: 'the job of the other lane to end' });
      expect(ends()).toEqual(['applied', 'nothing-open']);
      expect(await subject.installation.outcomes(thingId)).toEqual(['superseded', 'applied']);
    });

    it('keeps the trace of an absorbed trigger pending until what its run caused is done', async () => {
      const { thingId } = thing();
      const release = gate();
      const [first, second] = [thing(thingId), thing(thingId)];
      subject.script.on(thingId, async ({ payload, context }) => {
        await subject.installation.dataSource.transaction(async (manager) => {
          await subject.process.messaging.outbox.publish(manager, thingDone, payload, { context });
          await context.settle(manager);
        });
      });
      subject.script.on(thingId, () => release.opened, followThing.name);
      await subject.installation.dataSource.transaction(async (manager) => {
        await subject.process.messaging.outbox.publish(manager, thingChanged, first);
        await subject.process.messaging.outbox.publish(manager, thingChanged, second);
      });
      await waitFor(() => subject.script.runsOf(thingId, followThing.name).length === 1, {
        what: 'the consequence to run',
      });
      expect(subject.script.runsOf(thingId)).toHaveLength(1);
      expect(await subject.process.messaging.traces.stateOf(first.traceId)).toBe('pending');
      expect(await subject.process.messaging.traces.stateOf(second.traceId)).toBe('pending');
      release.open();
      await subject.installation.settled(thingId);
      expect(await subject.process.messaging.traces.stateOf(first.traceId)).toBe('settled');
      expect(await subject.process.messaging.traces.stateOf(second.traceId)).toBe('settled');
      expect(subject.script.runsOf(thingId, followThing.name)).toHaveLength(1);
    });
  });
}
