import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { scaled, testScale, waitFor } from '@gatehouse/testing';
import { judgeDirectory, nothingLost } from './checks/directory.js';
import { flawless, judge } from './checks/everything.js';
import { jiraWrites } from './checks/jira-changes.js';
import { Crowd } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import { killWhile } from './support/kill-loop.js';
import type { JiraState } from './support/sandbox.js';
import { ScimPusher, userOf } from './support/scim-pusher.js';
import { chooseSeed } from './support/seed.js';
import { topologies } from './support/topology.js';

const people = scaled(500, 40);
/** F01: who waits in the queue of group-sync while it is killed. */
const queued = testScale < 1 ? 40 : 2_000;
const queueKills = scaled(50, 2);
const writers = 20;
const loop = { pauseMs: { min: 200, max: 800 }, killsMin: 1, killsMax: scaled(20, 2) };
const withinMs = 60_000 + loop.killsMax * 10_000;
const timeoutMs = 2 * withinMs + people * 200;
const recoveredWithinMs = 5_000;

describe('an identity provider pushes while something fails', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;
  let pusher: ScimPusher;
  let next = 1;
  const random = chooseSeed('an identity provider pushes');

  beforeAll(async () => {
    installation = await FaultInstallation.start({
      topology: topologies.scim,
      over: ['postgres'],
      overFrom: ['scim-ingest'],
    });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
    pusher = await ScimPusher.start(installation, crowd.ledger, withinMs);
  }, 120_000);
  afterEach(() => installation.proxy('postgres').heal());
  afterAll(() => installation.discard());

  /** Names that nobody has yet, whose groups are as the directory says. */
  function newcomers(count: number, groups: readonly string[] = []): readonly string[] {
    const names = Array.from({ length: count }, () => `load-${String(next++).padStart(4, '0')}`);
    for (const name of names) crowd.claimed.set(name, groups);
    return names;
  }

  async function eachOf(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<void> {
    const waiting = [...names];
    const writer = async () => {
      for (let name = waiting.shift(); name !== undefined; name = waiting.shift()) await work(name);
    };
    await Promise.all(Array.from({ length: writers }, writer));
  }

  /** Everything that was accepted is in the directory, has its event, and is in Jira, with no call too many. */
  async function allIsWell(): Promise<void> {
    const renames = pusher.displayNames.size;
    expect(await judge(installation, crowd, before, 0, withinMs, renames)).toEqual(flawless);
    expect(await judgeDirectory(installation.database, pusher)).toEqual(nothingLost);
  }

  const inDirectory = (name: string) =>
    installation.database.count('select 1 from directory.directory_user where user_name_folded = $1', [name]);

  it(
    'F03 kill -9 between the commit and the answer: the repeat meets the same person, once',
    async () => {
      const [name] = newcomers(1) as [string];
      const scim = installation.process('scim-ingest');
      // The answer to the commit is on its way for so long; the commit itself is seen past the proxy.
      installation.proxy('postgres').delay(400);
      const answer = pusher.ask('POST', '/Users', userOf(name));
      await waitFor(async () => (await inDirectory(name)) === 1, { timeoutMs: 20_000, what: 'the commit' });
      await scim.kill();
      const first = await answer;
      expect([first?.status, Number(first?.retryAfter) > 0]).toEqual([503, true]);
      await installation.proxy('postgres').heal();
      await scim.start();

      const again = await pusher.ask('POST', '/Users', userOf(name));
      expect([again?.status, again?.body?.scimType]).toEqual([409, 'uniqueness']);
      await pusher.create(name);
      expect(await inDirectory(name)).toBe(1);
      await allIsWell();
    },
    timeoutMs,
  );

  it(
    'F03 kill -9 before the commit: nothing is there, and the repeat makes it',
    async () => {
      const [name] = newcomers(1) as [string];
      const scim = installation.process('scim-ingest');
      // One statement, planned before: what is new of it is whom it makes.
      const reached = installation.proxy('postgres').holdAt(new RegExp(name));
      const answer = pusher.ask('POST', '/Users', userOf(name));
      await reached;
      await scim.kill();
      await installation.proxy('postgres').heal();
      expect((await answer)?.status).toBe(503);
      expect(await inDirectory(name)).toBe(0);
      await scim.start();
      expect((await pusher.ask('POST', '/Users', userOf(name)))?.status).toBe(201);
      await pusher.create(name);
      await allIsWell();
    },
    timeoutMs,
  );

  it(
    'F17 an answer of the database that is lost is 503 and claims nothing, and the repeat meets the same person',
    async () => {
      const [name] = newcomers(1) as [string];
      installation.proxy('postgres').resetAfter(new RegExp(name));
      const first = await pusher.ask('POST', '/Users', userOf(name));
      expect([first?.status, Number(first?.retryAfter) > 0]).toEqual([503, true]);
      expect(first?.body?.detail).not.toMatch(/nothing was changed/i);
      expect(await inDirectory(name)).toBe(1);
      expect((await pusher.ask('POST', '/Users', userOf(name)))?.status).toBe(409);
      await pusher.create(name);
      await allIsWell();
    },
    timeoutMs,
  );

  it(
    `C88 kill -9 during a burst of ${people} people, their groups and new names: every 2xx is there, and in Jira once`,
    async () => {
      const dev = await pusher.createGroup('dev');
      let kills = 0;
      // A burst that is answered before the first kill proves nothing: then there is another one.
      for (let bursts = 0; bursts < 5 && pusher.failures.length === 0; bursts += 1) {
        const names = newcomers(people, ['dev']);
        const burst = eachOf(names, async (name) => {
          await pusher.addMember(dev, await pusher.create(name));
          await pusher.rename(name, `${name} renamed`);
        });
        kills += await killWhile(burst, [installation.process('scim-ingest')], {
          ...loop,
          random,
          progress: () => pusher.accepted,
        });
        await burst;
      }
      expect(kills).toBeGreaterThanOrEqual(loop.killsMin);
      expect(pusher.failures).not.toEqual([]);
      await allIsWell();
    },
    timeoutMs,
  );

  it(
    `P19 C67 E14 ${writers} writers on one group lose nothing, with a kill in between`,
    async () => {
      const support = await pusher.createGroup('support');
      const names = newcomers(2 * writers, ['support']);
      await eachOf(names, (name) => pusher.create(name));
      const changes = eachOf(names, (name) => pusher.addMember(support, pusher.people.get(name)!));
      await waitFor(() => pusher.members.get(support)!.size >= 3, { timeoutMs: 20_000, what: 'the first members' });
      await installation.process('scim-ingest').restart();
      await changes;
      expect(pusher.members.get(support)!.size).toBe(names.length);
      await allIsWell();
    },
    timeoutMs,
  );

  it.each(['restart', 'kill'] as const)(
    'F10 PostgreSQL fails in the middle of it (%s): every 2xx is there, the rest is 503 with Retry-After',
    async (fault) => {
      pusher.failures.length = 0;
      // A burst that is answered before PostgreSQL goes down proves nothing: then there is another one.
      for (let bursts = 0; bursts < 5 && pusher.failures.length === 0; bursts += 1) {
        const names = newcomers(people);
        const burst = eachOf(names, (name) => pusher.create(name));
        await waitFor(() => names.some((name) => pusher.people.has(name)), { timeoutMs: 20_000, what: 'the first' });
        if (fault === 'restart') await installation.postgres.restart();
        else {
          await installation.postgres.kill();
          await delay(500);
          await installation.postgres.startAgain();
        }
        await Promise.all(
          installation.processes.map((process) =>
            waitFor(() => process.isReady(), { timeoutMs: recoveredWithinMs, what: `${process.name} to recover` }),
          ),
        );
        await burst;
      }
      expect(pusher.failures).not.toEqual([]);
      expect(pusher.failures.filter((failure) => !/^503 [1-9]\d*$/.test(failure))).toEqual([]);
      expect(installation.processes.filter(({ running }) => !running)).toEqual([]);
      await allIsWell();
    },
    timeoutMs,
  );

  it(
    `F01 I1 I2 I5 kill -9 of group-sync in mid-job, again and again, while ${queued} people wait for it`,
    async () => {
      const { sandbox } = installation;
      const sync = installation.process('group-sync');
      before = await sandbox.jira();
      await sync.kill();
      const names = newcomers(queued, ['dev']);
      const dev = await pusher.createGroup('dev');
      await eachOf(names, async (name) => pusher.addMember(dev, await pusher.create(name)));
      await sync.start();
      const wanted = jiraWrites(before) + 3 * queued;
      let written = 0;
      const drained = waitFor(async () => (written = jiraWrites(await sandbox.jira())) >= wanted, {
        what: 'the queue to be worked off',
        timeoutMs: withinMs + queueKills * 10_000,
      });
      const kills = await killWhile(drained, [sync], {
        ...loop,
        killsMax: queueKills,
        random,
        progress: () => written,
      });
      await drained;

      expect(kills).toBeGreaterThanOrEqual(loop.killsMin);
      expect(await judge(installation, crowd, before, kills, withinMs)).toEqual(flawless);
      expect(await judgeDirectory(installation.database, pusher)).toEqual(nothingLost);
      expect(await installation.logs()).not.toMatch(/stalled more than/);
    },
    timeoutMs + queueKills * 10_000 + queued * 100,
  );
});
