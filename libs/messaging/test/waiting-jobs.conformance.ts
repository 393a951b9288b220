import { describe, expect, it } from '@jest/globals';
import { OutageError, RetryableError } from '@gatehouse/errors';
import { waitFor } from '@gatehouse/testing';
import { thing } from './harness.js';
import type { Subject } from './subject.js';

/** A fresh trigger does not wait behind an old failure. */
export function waitingJobs(subject: Subject): void {
  describe('a fresh trigger and a waiting job', () => {
    /** Fails once in a way that would wait long, and returns once the job waits. */
    const waiting = async (thingId: string, error: Error) => {
      subject.script.on(thingId, (_run, nth) => {
        if (nth === 1) throw error;
      });
      await subject.trigger(thing(thingId));
      await waitFor(() => subject.process.logLines.find((line) => line['key'] === thingId), {
        what: 'the first try to end',
      });
    };

    it('ends a retry backoff', async () => {
      const { thingId } = thing();
      // The longest backoffs the jitter can choose: half a second, then a whole one.
      const patience = Math.random;
      Math.random = () => 0.999_999;
      try {
        subject.script.on(thingId, (_run, nth) => {
          if (nth <= 2) throw new RetryableError('jira.conflict', 'no');
        });
        await subject.trigger(thing(thingId));
        await waitFor(() => subject.script.runsOf(thingId).length === 2, { what: 'two tries' });
      } finally {
        Math.random = patience;
      }
      await waitFor(() => subject.process.logLines.filter((line) => line['key'] === thingId).length === 2, {
        what: 'the second try to end',
      });
      const triggeredAt = performance.now();
      await subject.trigger(thing(thingId));
      await subject.installation.settled(thingId);
      const last = subject.script.runsOf(thingId)[2]!;
      expect(last.startedAt - triggeredAt).toBeLessThan(500);
      expect(await subject.installation.outcomes(thingId)).toEqual(['superseded', 'applied']);
    });

    it('F13 does not end a wait that the other side asked for', async () => {
      const { thingId } = thing();
      await waiting(thingId, new OutageError('jira.rate_limited', 'no', { retryAfterMs: 1_200 }));
      await subject.trigger(thing(thingId));
      await subject.installation.settled(thingId);
      const [first, second] = subject.script.runsOf(thingId);
      expect(second!.startedAt - first!.endedAt!).toBeGreaterThanOrEqual(1_199);
    });
  });
}
