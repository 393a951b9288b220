import { describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { gate, thing } from './harness.js';
import { thingChanged, thingSwept } from './scripted.js';
import type { Subject } from './subject.js';

const bulk = 'claim-mapping.bulk';

/** What an operator, the clock and other lanes may do to a lane. */
export function lanes(subject: Subject): void {
  describe('lanes', () => {
    const sweep = async () => {
      const swept = thing();
      await subject.installation.publish(subject.process, thingSwept, swept);
      return swept;
    };
    const control = () => subject.process.messaging.lanes;

    it('Q14 starts nothing of a paused lane while others go on, and goes on when it is resumed', async () => {
      expect(await control().pause(bulk, { actor: 'ada', reason: 'Jira is reindexing' })).toBe('paused');
      const swept = await sweep();
      await subject.installation.settled((await subject.trigger()).thingId);
      expect(subject.script.runsOf(swept.thingId)).toEqual([]);
      expect((await control().list()).find(({ queue }) => queue === bulk)).toMatchObject({
        pause: { pausedBy: 'ada', reason: 'Jira is reindexing', resumeAt: null },
      });
      expect(await control().resume(bulk, { actor: 'grace' })).toBe('resumed');
      await subject.installation.settled(swept.thingId);
      expect(await control().resume(bulk, { actor: 'grace' })).toBe('not-paused');
    });

    it('Q14 stops what already waits in the store', async () => {
      const release = gate();
      // As many as one process runs at once, and one that waits behind them.
      const running = Array.from({ length: 10 }, () => thing());
      for (const { thingId } of running) subject.script.on(thingId, () => release.opened);
      for (const one of running) await subject.installation.publish(subject.process, thingSwept, one);
      await waitFor(() => running.every(({ thingId }) => subject.script.runsOf(thingId).length === 1), {
        what: 'every place to be taken',
      });
      const behind = await sweep();
      await waitFor(async () => (await subject.installation.rows(behind.thingId))[0]!.state === 'sent', {
        what: 'the job to wait in the store',
      });
      await control().pause(bulk, { actor: 'ada', reason: 'a test' });
      release.open();
      for (const { thingId } of running) await subject.installation.settled(thingId);
      await subject.installation.settled((await subject.trigger()).thingId);
      expect(subject.script.runsOf(behind.thingId)).toEqual([]);
      await control().resume(bulk, { actor: 'ada' });
      await subject.installation.settled(behind.thingId);
    });

    it('Q14 goes on by itself at the time that was given', async () => {
      const resumeAt = new Date(Date.now() + 300);
      await control().pause(bulk, { actor: 'ada', reason: 'a moment', resumeAt });
      const swept = await sweep();
      const restarted = await subject.installation.start({ script: subject.script, tuning: { upkeepEveryMs: 100 } });
      await subject.installation.settled(swept.thingId);
      expect(Date.now()).toBeGreaterThanOrEqual(resumeAt.getTime());
      expect((await control().list()).every(({ pause }) => pause === undefined)).toBe(true);
      await restarted.close();
    });

    it('knows the lanes of the flow and no other', async () => {
      expect(await control().pause('claim-mapping.offboard', { actor: 'ada', reason: 'a slip' })).toBe('no-such-lane');
      expect(await control().resume('claim-mapping.offboard', { actor: 'ada' })).toBe('no-such-lane');
      expect((await control().list()).map(({ queue }) => queue)).toEqual([
        'claim-mapping.interactive',
        'group-sync.interactive',
        'claim-mapping.bulk',
        'group-sync.bulk',
      ]);
    });

    it('starts nothing of a fact about later before its time, and covers it by no run before', async () => {
      const { thingId } = thing();
      const notBefore = new Date(Date.now() + 1_000);
      const later = thing(thingId);
      await subject.installation.dataSource.transaction((manager) =>
        subject.process.messaging.outbox.publish(manager, thingChanged, later, { notBefore }),
      );
      await subject.trigger(thing(thingId));
      await waitFor(() => subject.script.runsOf(thingId).length === 1, { what: 'the run of now' });
      await subject.installation.settled(thingId);
      const [first, second] = subject.script.runsOf(thingId);
      expect(first!.context.coveredTraceIds).not.toContain(later.traceId);
      expect(second!.payload.traceId).toBe(later.traceId);
      expect(Date.now()).toBeGreaterThanOrEqual(notBefore.getTime());
      expect(await subject.installation.outcomes(thingId)).toEqual(['applied', 'applied']);
    });

    it('works bulk jobs one by one while somebody signs in', async () => {
      const release = gate();
      let running = 0;
      let most = 0;
      const signIn = thing();
      subject.script.on(signIn.thingId, () => release.opened);
      await subject.trigger(signIn);
      await waitFor(() => subject.script.runsOf(signIn.thingId).length === 1, { what: 'the sign-in to run' });
      const swept = Array.from({ length: 5 }, () => thing());
      for (const one of swept) {
        subject.script.on(one.thingId, async () => {
          most = Math.max(most, (running += 1));
          await new Promise(setImmediate);
          running -= 1;
        });
        await subject.installation.publish(subject.process, thingSwept, one);
      }
      for (const { thingId } of swept) await subject.installation.settled(thingId);
      expect(most).toBe(1);
      release.open();
      await subject.installation.settled(signIn.thingId);
    });
  });
}
