import { describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { triggerIdOf } from '../src/queue-store.js';
import { thing } from './harness.js';
import { followThing, thingChanged, thingDone, thingSwept, workOnThing } from './scripted.js';
import type { Subject } from './subject.js';
import { settling } from '../src/settlement.js';

const interactive = 'claim-mapping.interactive';

/** What is committed is run once, and what is rolled back is not. */
export function acceptedWork(subject: Subject): void {
  describe('accepted work is run', () => {
    it('runs the job that the flow starts with an event, and settles its row', async () => {
      const { thingId, traceId } = await subject.trigger();
      const [row] = await subject.installation.settled(thingId);
      expect(row).toMatchObject({ job: 'work-on-thing', queue: interactive, outcome: 'applied', traceId });
      expect(subject.script.runsOf(thingId)).toHaveLength(1);
      expect(subject.script.runsOf(thingId)[0]!.payload).toEqual({ thingId, traceId });
    });

    it('starts nothing for what was rolled back', async () => {
      const rolledBack = thing();
      const abandon = subject.installation.dataSource.transaction(async (manager) => {
        await subject.process.messaging.outbox.publish(manager, thingChanged, rolledBack);
        throw new Error('the caller failed');
      });
      await expect(abandon).rejects.toThrow('the caller failed');
      // The relay works in order: when a later trigger has run, an earlier one would have.
      await subject.installation.settled((await subject.trigger()).thingId);
      expect(subject.script.runsOf(rolledBack.thingId)).toEqual([]);
      expect(await subject.installation.rows(rolledBack.thingId)).toEqual([]);
    });

    it('runs what a handler publishes, in the lane of its cause and under the same trace', async () => {
      const swept = thing();
      subject.script.on(swept.thingId, ({ payload, context }) =>
        subject.installation.dataSource.transaction(async (manager) => {
          await subject.process.messaging.outbox.publish(manager, thingDone, payload, { context });
          await context.settle(manager);
        }),
      );
      await subject.installation.publish(subject.process, thingSwept, swept);
      await waitFor(async () => (await subject.installation.settled(swept.thingId)).length === 2, {
        what: 'both jobs',
      });
      const rows = await subject.installation.rows(swept.thingId);
      expect(rows.map(({ queue, outcome }) => [queue, outcome])).toEqual([
        ['claim-mapping.bulk', 'applied'],
        ['group-sync.bulk', 'applied'],
      ]);
      expect(subject.script.runsOf(swept.thingId, followThing.name)[0]!.context).toMatchObject({
        lane: 'bulk',
        traceId: swept.traceId,
        attempt: 1,
      });
    });

    it('is settled by the one statement that is its whole effect', async () => {
      const swept = thing();
      subject.script.on(swept.thingId, async ({ context }) => {
        const { values, done } = context.settlement!;
        const statement = `with ${settling(['$1', '$2', '$3', '$4', '$5'])} select count(*)::int as n from settled`;
        const rows = await subject.installation.dataSource.query<unknown[]>(statement, [...values]);
        done();
        expect(rows).toEqual([{ n: 1 }]);
      });
      await subject.installation.publish(subject.process, thingSwept, swept);
      await subject.installation.settled(swept.thingId);
      expect(await subject.installation.outcomes(swept.thingId)).toEqual(['applied']);
    });

    it('F19 calls the handler once however often a job is delivered', async () => {
      const once = await subject.trigger();
      await subject.installation.settled(once.thingId);
      const again = { triggerId: triggerIdOf(workOnThing, once.thingId), job: workOnThing.name, payload: once };
      for (let delivery = 0; delivery < 3; delivery += 1) {
        await subject.process.store.add(interactive, [again]);
        await waitFor(async () => (await subject.process.store.held(interactive, [again.triggerId])).size === 0, {
          what: 'the duplicate to end',
        });
      }
      expect(subject.script.runsOf(once.thingId)).toHaveLength(1);
    });
  });
}
