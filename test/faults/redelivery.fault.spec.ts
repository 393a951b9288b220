import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canStartRedis, scaled, waitFor } from '@gatehouse/testing';
import { flawless, judge } from './checks/everything.js';
import { Crowd } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import type { JiraState } from './support/sandbox.js';
import { topologies } from './support/topology.js';

const kills = scaled(20, 2);
const redeliveredWithinMs = 15_000;
const stores = [topologies.split, ...(canStartRedis('Redelivery on Redis') ? [topologies.splitOnRedis] : [])];

describe('F01 a job whose worker is killed', () => {
  const installations: { installation: FaultInstallation; crowd: Crowd; before: JiraState }[] = [];

  beforeAll(async () => {
    const starting = stores.map(async (topology) => {
      const installation = await FaultInstallation.start({ topology });
      installations.push({
        installation,
        crowd: new Crowd(installation),
        before: await installation.sandbox.jira(),
      });
    });
    await Promise.all(starting);
  }, 120_000);
  afterAll(() => Promise.all(installations.map(({ installation }) => installation.discard())));

  it(
    `starts again within 15 s, ${kills} times in a row, on every store, and ends well`,
    async () => {
      const redeliveries = await Promise.all(
        installations.map(({ installation, crowd }) => killAgain(installation, crowd)),
      );

      for (const tookMs of redeliveries.flat()) expect(tookMs).toBeLessThan(redeliveredWithinMs);
      expect(redeliveries.map(({ length }) => length)).toEqual(installations.map(() => kills));
      for (const { installation, crowd, before } of installations) {
        expect(await judge(installation, crowd, before, kills)).toEqual(flawless);
        expect(await installation.logs()).not.toMatch(/stalled more than/);
      }
    },
    120_000 + kills * 20_000,
  );
});

/** Jira holds the call, the worker that made it dies, and the next one makes it again. @returns the time of each, in ms */
async function killAgain(installation: FaultInstallation, crowd: Crowd): Promise<readonly number[]> {
  const { sandbox } = installation;
  const worker = installation.process('group-sync');
  const [visitor] = await crowd.newcomers(1);
  const jobs = async () =>
    (await sandbox.jira()).calls.recent.filter(({ path }) => path.includes(`username=${visitor!.name}`)).length;
  await sandbox.jiraFaults({ match: { pathPrefix: '/rest/api/2/user' }, kind: 'slow', delayMs: 60_000 });
  const arrival = visitor!.signIn(60_000 + kills * 20_000);

  const redeliveries: number[] = [];
  await waitFor(async () => (await jobs()) === 1, { timeoutMs: 20_000, what: 'the first call' });
  for (let kill = 1; kill <= kills; kill += 1) {
    if (kill === kills) await sandbox.jiraFaults();
    const killedAt = performance.now();
    await worker.restart();
    await waitFor(async () => (await jobs()) === kill + 1, { timeoutMs: 60_000, what: 'the job to start again' });
    redeliveries.push(performance.now() - killedAt);
  }
  expect(await arrival).toBe('landed');
  return redeliveries;
}
