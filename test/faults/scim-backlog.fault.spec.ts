import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canStartRedis, scaled, testScale, waitFor } from '@gatehouse/testing';
import { judgeDirectory, nothingLost } from './checks/directory.js';
import { flawless, judge } from './checks/everything.js';
import { overlappingRuns } from './checks/overlapping-runs.js';
import { Backlog } from './support/backlog.js';
import { Crowd } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import { askRedis } from './support/redis-client.js';
import type { JiraState } from './support/sandbox.js';
import { ScimPusher } from './support/scim-pusher.js';
import { topologies } from './support/topology.js';

const isWhole = testScale >= 1;
/** By the square: a million at full scale, and what every test run can work off to the end. */
const rows = Math.max(6_000, Math.round(1_000_000 * testScale ** 2));
const requests = scaled(1_000, 50);
const signIns = scaled(300, 10);
const people = scaled(200, 20);
const deactivatedWithinMs = 10_000;
/** A process that has the machine for itself works off some hundred a second. */
const withinMs = 60_000 + rows * 5;
const redisBytesMax = 1_024 ** 3;
/** Goal: 1.2 at most, on a machine with cores for everybody. Here it must not grow with what waits. */
const slowerAtMost = 5;
/** The last tenth of the backlog, to the first. What takes seconds says less. */
const drainRatioMin = isWhole ? 0.9 : 0.4;

const onRedis = canStartRedis('The fault test of a backlog on Redis');

describe('an identity provider pushes behind a backlog', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;
  let pusher: ScimPusher;

  beforeAll(async () => {
    const topology = onRedis ? topologies.scimReplicasOnRedis : topologies.scimReplicas;
    installation = await FaultInstallation.start({ topology, appendonly: true });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
    pusher = await ScimPusher.start(installation, crowd.ledger, withinMs);
  }, 180_000);
  afterAll(() => installation.discard());

  it(
    'F19 every job is delivered two to five times, in all lanes and to two workers at the same time: everybody is in Jira once',
    async () => {
      const names = Array.from({ length: people }, (_, index) => `load-${3_001 + index}`);
      for (const name of names) crowd.claimed.set(name, []);
      const pushed = Promise.all(names.map((name) => pusher.create(name)));
      let delivered = 0;
      while (pusher.people.size < people || (await unsettled()) > 0) {
        delivered += await deliverAgain();
        await delay(50);
      }
      await pushed;
      expect(delivered).toBeGreaterThan(people);
      expect(await judge(installation, crowd, before, 0, withinMs)).toEqual(flawless);
      expect(await judgeDirectory(installation.database, pusher)).toEqual(nothingLost);
      expect(await overlappingRuns(installation.database)).toEqual([]);
    },
    2 * withinMs,
  );

  it(
    `F22 of ${rows} jobs: the newest deactivation is in Jira within 10 s, requests and sign-ins are answered without regard to it, and the last is worked off as fast as the first`,
    async () => {
      const who = 'load-3001';
      const visitors = await crowd.newcomers(2);
      await crowd.signIn(visitors, { overMs: 0, withinMs: 60_000 });
      const quiet = { request: await requestsP99(), signIn: await signInsP99() };
      const backlog = new Backlog(installation.database, rows);
      await backlog.add();
      const busy = { request: await requestsP99(), signIn: await signInsP99() };
      const startedAt = performance.now();
      await pusher.patch(`/Users/${pusher.people.get(who)}`, { op: 'replace', value: { active: false } });
      await waitFor(async () => (await installation.sandbox.jiraUser(who))?.active === false, {
        timeoutMs: deactivatedWithinMs,
        what: `${who} to be deactivated in Jira`,
      });
      const tookMs = performance.now() - startedAt;
      const left = await backlog.left();
      const redisBytes = onRedis ? await usedMemory() : 0;
      const { first, last } = await backlog.drain(withinMs);
      tell(
        `${rows} jobs: p99 of requests ${ms(quiet.request)}, then ${ms(busy.request)}, of sign-ins ${ms(quiet.signIn)}, then ${ms(busy.signIn)}; ` +
          `deactivated after ${ms(tookMs)} with ${left} left; Redis ${Math.round(redisBytes / 1_024 ** 2)} MB; ` +
          `${Math.round(first)} a second at first and ${Math.round(last)} at last`,
      );
      expect(left).toBeGreaterThan(0);
      expect(busy.request).toBeLessThan(Math.max(500, slowerAtMost * quiet.request));
      expect(busy.signIn).toBeLessThan(Math.max(2_000, slowerAtMost * quiet.signIn));
      expect(redisBytes).toBeLessThan(redisBytesMax);
      expect(last / first).toBeGreaterThan(drainRatioMin);
    },
    3 * withinMs,
  );

  /** What is on its way is published once more, in several lanes of its service. @returns how many rows that were */
  async function deliverAgain(): Promise<number> {
    const again = await installation.database.rows(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
       select case job when 'map-directory-user' then 'directory.user-mapping-due' else event end, job, split_part(queue, '.', 1) || '.' || lane, key, payload, trace_id
       from (select distinct on (job, key) * from messaging.outbox
             where job in ('map-directory-user', 'reconcile-account') and state <> 'settled' order by job, key, id) as due
       cross join unnest(case job when 'reconcile-account' then '{interactive,bulk}'::text[]
         else '{provisioning,offboarding,bulk}'::text[] end) as lane
       where (select count(*) from messaging.outbox as same where same.key = due.key and same.job = due.job) < 3
       returning id`,
    );
    return again.length;
  }

  function unsettled(): Promise<number> {
    return installation.database.count(`select 1 from messaging.outbox where state <> 'settled'`);
  }

  async function usedMemory(): Promise<number> {
    const info = await askRedis(installation.redis.url, (redis) => redis.info('memory'));
    return Number(/^used_memory:(\d+)/m.exec(info)![1]);
  }

  /** Each a change that is committed with its event, and behind it a question by name. */
  function requestsP99(): Promise<number> {
    const id = pusher.people.get('load-3002')!;
    const filter = encodeURIComponent('userName eq "load-3002"');
    let nth = 0;
    return percentile99(requests, async () => {
      nth += 1;
      await pusher.patch(`/Users/${id}`, { op: 'replace', path: 'title', value: `title ${nth}` });
      expect((await pusher.ask('GET', `/Users?filter=${filter}`))?.body?.totalResults).toBe(1);
    });
  }

  /** Of somebody who has been here before, with a fresh browser. */
  function signInsP99(): Promise<number> {
    return percentile99(signIns, async () => {
      expect(await crowd.again('load-0001').signIn(60_000)).toBe('landed');
    });
  }
});

async function percentile99(count: number, work: () => Promise<void>): Promise<number> {
  const times: number[] = [];
  for (let nth = 0; nth < count; nth += 1) {
    const startedAt = performance.now();
    await work();
    times.push(performance.now() - startedAt);
  }
  return times.toSorted((one, other) => one - other)[Math.ceil(times.length * 0.99) - 1]!;
}

function ms(value: number): string {
  return `${Math.round(value)} ms`;
}

function tell(text: string): void {
  process.stderr.write(`${text}\n`);
}
