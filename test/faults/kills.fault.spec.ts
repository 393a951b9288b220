import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scaled } from '@gatehouse/testing';
import { flawless, judge, neverLetIn } from './checks/everything.js';
import { Crowd, leftOutside } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import { killWhile } from './support/kill-loop.js';
import type { JiraState } from './support/sandbox.js';
import { chooseSeed } from './support/seed.js';
import { topologies } from './support/topology.js';

const people = scaled(200, 12);
const loop = { pauseMs: { min: 200, max: 1_500 }, killsMin: 2, killsMax: scaled(50, 3) };
/** From one kill to the next, with the start of the victim on a busy machine: people keep trying until the last is over. */
const killEveryMs = 10_000;
const timing = { overMs: people * 150, withinMs: 60_000 + people * 200 + loop.killsMax * killEveryMs };
const timeoutMs = timing.overMs + timing.withinMs + 120_000;

describe('F01 F02 F04 kill -9 of one service, again and again, while people sign in for the first time', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;
  let kills = 0;
  const random = chooseSeed('kills of one service');

  beforeAll(async () => {
    installation = await FaultInstallation.start({ topology: topologies.split });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
  }, 120_000);
  afterAll(() => installation.discard());

  it.each(['auth-gateway', 'claim-mapping', 'group-sync', 'console'])(
    'I1 I2 I3 I4 I5 I7 I8 hold when %s is killed: everybody has exactly one account and the right groups',
    async (victim) => {
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      const intruders = Promise.all(neverLetIn.map((name) => crowd.again(name).signIn(timing.withinMs)));
      kills += await killWhile(arrivals, [installation.process(victim)], {
        ...loop,
        random,
        progress: () => crowd.landed,
      });

      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await intruders).toEqual(neverLetIn.map(() => 'refused'));
      expect(await judge(installation, crowd, before, kills)).toEqual(flawless);
    },
    timeoutMs,
  );
});
