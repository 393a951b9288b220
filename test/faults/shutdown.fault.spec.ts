import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scaled } from '@gatehouse/testing';
import { flawless, judge } from './checks/everything.js';
import { Crowd, leftOutside } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import type { JiraState } from './support/sandbox.js';
import type { ServiceProcess } from './support/service-process.js';
import { topologies } from './support/topology.js';

const people = scaled(100, 12);
const timing = { overMs: people * 100, withinMs: 60_000 };
const goneWithinMs = 10_000;

describe('F05 SIGTERM with work in flight, as a deployment sends it', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;

  beforeAll(async () => {
    installation = await FaultInstallation.start({
      topology: topologies.split,
      variables: { STOP_DELAY_SECONDS: '1' },
    });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
    // Long enough that something is always under way.
    await installation.sandbox.jiraFaults({ match: { pathPrefix: '/rest/api' }, kind: 'slow', delayMs: 400 });
  }, 120_000);
  afterAll(() => installation.discard());

  it.each(['group-sync', 'claim-mapping', 'auth-gateway'])(
    '%s says it is not ready, finishes what it has begun, and leaves within 10 s with exit code 0',
    async (name) => {
      const victim = installation.process(name);
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      await delay(timing.overMs / 2);
      const readiness = watchReadiness(victim);
      const exit = await victim.terminate();

      expect(exit).toMatchObject({ code: 0, signal: null });
      expect(exit.afterMs).toBeLessThan(goneWithinMs);
      expect((await readiness).at(-1)).toBe(503);
      await victim.start();
      expect(leftOutside(await arrivals)).toEqual([]);
      // Not one repeated call: every job was finished or given back, none was taken from a dead worker.
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
    },
    180_000,
  );
});

/** What it answered until it did not answer any more. */
async function watchReadiness(victim: ServiceProcess): Promise<readonly number[]> {
  const answers: number[] = [];
  while (true) {
    const status = await victim.ask('/readyz');
    if (status === undefined) return answers;
    answers.push(status);
  }
}
