import { inspect } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { testScale } from '@gatehouse/testing';
import type { Schedule } from './interleavings/facts.js';
import { violations } from './interleavings/judge.js';
import { unjustified } from './interleavings/judge-writes.js';
import { Play } from './interleavings/play.js';
import { randomSchedule } from './interleavings/random-schedule.js';
import { shortest } from './interleavings/shortest.js';
import { stories } from './interleavings/stories.js';
import { World } from './interleavings/world.js';
import { chosenCount, chosenSeed } from './support/seed.js';

/** All of them take half an hour; every test run plays as many as fit into its seconds, however busy the machine. */
const isShort = testScale < 1 && chosenCount() === undefined;
const interleavings = chosenCount() ?? (isShort ? 100 : 10_000);
const shortMs = 12_000;
/** Each with stores and a Jira of its own: while one waits for PostgreSQL, another one thinks. */
const worldsAtOnce = 3;

describe('F20 logins, rules, directories, orders, hands in Jira, sweeps, faults and kills in any order', () => {
  let worlds: readonly World[] = [];
  let writesSeen = 0;

  beforeAll(async () => {
    worlds = await Promise.all(Array.from({ length: worldsAtOnce }, () => World.open()));
  });
  afterAll(() => Promise.all(worlds.map((world) => world.close())));

  it(
    `I1-I8 hold after each of ${isShort ? 'up to ' : ''}${interleavings} interleavings`,
    async () => {
      const first = chosenSeed('interleavings');
      const began = performance.now();
      let next = first;
      let failed: Schedule | undefined;
      const isOver = () =>
        failed !== undefined || next >= first + interleavings || (isShort && performance.now() > began + shortMs);
      await Promise.all(
        worlds.map(async (world) => {
          while (!isOver()) {
            const schedule = randomSchedule(next++);
            const wrong = await played(schedule, world);
            if (wrong.length === 0) continue;
            // At once, because what shortens it may take longer than anybody waits.
            process.stderr.write(`FAULT_SEED=${schedule.seed} fails: ${wrong.join('; ')}\n`);
            failed ??= schedule;
          }
        }),
      );
      if (failed) expect(await told(failed)).toEqual([]);
      process.stderr.write(`${next - first} interleavings in ${Math.round((performance.now() - began) / 1_000)} s\n`);
      // A client that goes by another way would meet no fault, and prove nothing.
      expect(writesSeen).toBeGreaterThan(0);
    },
    120_000 + interleavings * 3_000,
  );

  it.each(stories)('%s', async (_, schedule) => {
    expect(await played(schedule)).toEqual([]);
  });

  async function played(schedule: Schedule, world = worlds[0]!): Promise<readonly string[]> {
    const play = new Play(world, unjustified);
    try {
      await play.play(schedule);
      return await violations(play, world);
    } catch (error) {
      // Told with its seed, like everything else that is wrong.
      return [`it ended with ${inspect(error)}`];
    } finally {
      writesSeen += play.wire.writes.length;
    }
  }

  /** @returns what is wrong, and the shortest schedule that was found for it */
  async function told(schedule: Schedule): Promise<unknown[]> {
    const { steps, wrong } = await shortest(schedule, played);
    return [`FAULT_SEED=${schedule.seed}`, ...wrong, { before: schedule.before, steps }];
  }
});
