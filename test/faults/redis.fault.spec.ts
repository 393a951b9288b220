import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { canStartRedis, scaled, testScale } from '@gatehouse/testing';
import { flawless, judge } from './checks/everything.js';
import { Crowd, leftOutside } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import { askRedis } from './support/redis-client.js';
import type { JiraState } from './support/sandbox.js';
import { topologies } from './support/topology.js';

const people = scaled(200, 12);
const timing = { overMs: people * 150, withinMs: 120_000 + people * 200 };
const awayMs = testScale < 1 ? 6_000 : 300_000;
const convergedWithinMs = 60_000;
const mostGrowthBytes = 30 * 1_024 * 1_024;
const mostResidentBytes = 512 * 1_024 * 1_024;
const timeoutMs = timing.overMs + timing.withinMs + 2 * awayMs + 120_000;

const describeWithRedis = canStartRedis('The fault tests of Redis') ? describe : describe.skip;

describeWithRedis('F06 F07 F08 Redis fails while people sign in for the first time', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;
  /** They have been here before anything fails. */
  let known: readonly string[];

  beforeAll(async () => {
    installation = await FaultInstallation.start({
      topology: topologies.suiteOnRedis,
      over: ['redis'],
      appendonly: true,
    });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
    known = (await crowd.newcomers(12)).map(({ name }) => name);
    const arrivals = await crowd.signIn(
      known.map((name) => crowd.again(name)),
      { overMs: 1_000, withinMs: 60_000 },
    );
    expect(leftOutside(arrivals)).toEqual([]);
  }, 180_000);
  afterEach(() => installation.proxy('redis').heal());
  afterAll(() => installation.discard());

  const losses: readonly { name: string; strike: () => Promise<unknown> }[] = [
    { name: 'FLUSHALL', strike: () => flush() },
    { name: 'a restart with its append-only file', strike: () => installation.redis.restart() },
    {
      name: 'a crash and a start with nothing in it',
      strike: async () => {
        await installation.proxy('redis').refuse();
        await flush();
        await installation.redis.kill();
        await installation.redis.restart();
        await installation.proxy('redis').heal();
      },
    },
  ];

  it.each(losses)(
    '$name: everybody lands, nothing is lost, all is applied within 60 s',
    async ({ strike }) => {
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      await delay(timing.overMs / 2);
      await strike();

      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await judge(installation, crowd, before, 0, convergedWithinMs)).toEqual(flawless);
    },
    timeoutMs,
  );

  const absences: readonly { name: string; begin: () => Promise<unknown>; end: () => Promise<unknown> }[] = [
    {
      name: 'away',
      begin: async () => {
        await installation.proxy('redis').refuse();
      },
      end: () => installation.proxy('redis').heal(),
    },
    {
      name: 'half-open: it accepts and never answers',
      begin: async () => {
        installation.proxy('redis').blackhole();
      },
      end: () => installation.proxy('redis').heal(),
    },
  ];

  it.each(absences)(
    'I6 $name: known people sign in as ever, newcomers follow, memory stays bounded',
    async ({ begin, end }) => {
      // Newcomers cannot get in before it is over, and keep trying until then.
      const patient = { ...timing, withinMs: timing.withinMs + awayMs };
      const suite = installation.process('suite');
      const arrivals = crowd.signIn(await crowd.newcomers(people), patient);
      await delay(timing.overMs / 4);
      await begin();

      const failures: string[] = [];
      const resident: { atMs: number; bytes: number }[] = [];
      const begunAt = Date.now();
      for (let turn = 0; Date.now() - begunAt < awayMs || turn < known.length; turn += 1) {
        const outcome = await crowd.again(known[turn % known.length]!).tryOnce();
        if (outcome.kind !== 'landed') failures.push(JSON.stringify(outcome));
        resident.push({ atMs: Date.now() - begunAt, bytes: await suite.residentBytes() });
      }
      expect(failures).toEqual([]);
      expect(growthOf(resident)).toBeLessThan(mostGrowthBytes);
      expect(Math.max(...resident.map(({ bytes }) => bytes))).toBeLessThan(mostResidentBytes);
      await end();

      const endedAt = Date.now();
      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await judge(installation, crowd, before, 0, convergedWithinMs)).toEqual(flawless);
      expect(Date.now() - endedAt).toBeLessThan(convergedWithinMs + timing.overMs);
    },
    timeoutMs,
  );

  function flush(): Promise<unknown> {
    return askRedis(installation.redis.url, (redis) => redis.flushall());
  }
});

/**
 * From the second third of the time to the last one, of the least it held: what is left when garbage was just collected.
 * V8 lets a heap that is quick to collect grow to several times what lives in it, so the most says little about what is
 * kept. In the first third the process is still finding its size: it serves more sign-ins a second than before, because
 * nothing follows them.
 */
function growthOf(resident: readonly { atMs: number; bytes: number }[]): number {
  const lasted = resident.at(-1)!.atMs;
  const least = (from: number, to: number) =>
    Math.min(...resident.filter(({ atMs }) => atMs > lasted * from && atMs <= lasted * to).map(({ bytes }) => bytes));
  return least(2 / 3, 1) - least(1 / 3, 2 / 3);
}
