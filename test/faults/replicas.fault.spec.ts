import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { scaled, waitFor } from '@gatehouse/testing';
import { flawless, judge } from './checks/everything.js';
import { overlappingRuns } from './checks/overlapping-runs.js';
import { Crowd, leftOutside } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import type { JiraState } from './support/sandbox.js';
import type { ServiceProcess } from './support/service-process.js';
import { topologies } from './support/topology.js';

const people = scaled(100, 10);
const timing = { overMs: people * 100, withinMs: 60_000 + people * 200 };
/** Longer than a lease of 10 s, whatever the scale. */
const frozenMs = scaled(60_000, 17_000);
const timeoutMs = timing.overMs + timing.withinMs + 2 * frozenMs + 120_000;
const memberships = { method: 'POST', pathPrefix: '/rest/api/2/group/user' };

describe('F19 F28 two replicas of the gateway and of group-sync', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;

  beforeAll(async () => {
    installation = await FaultInstallation.start({
      topology: topologies.replicas,
      over: ['jira'],
      overFrom: ['group-sync'],
    });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
  }, 120_000);
  afterEach(() => installation.sandbox.jiraFaults());
  afterAll(() => installation.discard());

  it(
    'F28 a login that starts on one gateway ends on the other: every request goes to the next one',
    async () => {
      const arrivals = await crowd.signIn(await crowd.newcomers(people), timing);

      expect(leftOutside(arrivals)).toEqual([]);
      expect(arrivals.flatMap(({ visitor }) => visitor.failures)).toEqual([]);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
    },
    timeoutMs,
  );

  it(
    'F19 each job delivered several times at once, in all lanes and to both workers: one at a time, no call too many',
    async () => {
      await installation.sandbox.jiraFaults({ match: memberships, kind: 'slow', delayMs: 200 });
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      let delivered = 0;
      let over = false;
      const ended = arrivals.finally(() => (over = true));
      while (!isOver()) {
        delivered += await deliverAgain();
        await delay(100);
      }

      expect(leftOutside(await ended)).toEqual([]);
      expect(delivered).toBeGreaterThan(people);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
      expect(await overlappingRuns(installation.database)).toEqual([]);

      function isOver(): boolean {
        return over;
      }
    },
    timeoutMs,
  );

  it(
    'F28 a schedule that is due runs once, whichever of six processes looks, also while one of them is frozen',
    async () => {
      const { database } = installation;
      const times = scaled(10, 2);
      const runs = (condition: 'true' | `state = 'settled'`) =>
        database.count(`select 1 from messaging.outbox where event = 'drift.sweep-due' and ${condition}`);
      const isDue = () =>
        database.rows(
          `update messaging.schedule set next_run_at = now() - interval '1 day' where name = 'drift-sweep'`,
        );
      const known = await runs('true');
      installation.process('group-sync').freeze();
      for (let time = 1; time <= times; time += 1) {
        await isDue();
        await waitFor(async () => (await runs(`state = 'settled'`)) >= known + time, {
          what: 'its run',
          timeoutMs: 20_000,
        });
      }
      installation.process('group-sync').thaw();
      // Each says that it is there, and looks then.
      const since = new Date();
      const looked = async () =>
        (await database.count('select 1 from messaging.worker where seen_at > $1', [since])) >=
        installation.processes.length;
      await waitFor(looked, { what: 'every process to look', timeoutMs: 20_000 });

      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
      expect(await runs('true')).toBe(known + times);
    },
    timeoutMs,
  );

  it(
    'F28 a worker frozen in the middle of its jobs sends one late call at most when it wakes, and 20 s later Jira is right',
    async () => {
      const frozen = installation.process('group-sync');
      const other = installation.process('group-sync-2');
      await other.terminate();
      await installation.sandbox.jiraFaults({ match: memberships, kind: 'slow', delayMs: 1_000 });
      const arrivals = crowd.signIn(await crowd.newcomers(people), { ...timing, overMs: 500 });
      const membershipsOf = async () =>
        (await installation.sandbox.jira()).calls.byRoute['POST /rest/api/2/group/user'] ?? 0;
      const callsBefore = await membershipsOf();
      await waitFor(async () => (await membershipsOf()) > callsBefore, { what: 'a job under way', timeoutMs: 20_000 });
      frozen.freeze();
      await installation.sandbox.jiraFaults();
      await other.start();
      await delay(frozenMs);
      expect(leftOutside(await arrivals)).toEqual([]);

      const afterwards = installation.proxy('jira').watch(/^(POST|PUT|DELETE) \/rest\/api\//);
      frozen.thaw();
      await delay(3_000);
      // Of all its jobs, ten at once with up to eight calls each.
      expect(afterwards.count).toBeLessThanOrEqual(1);
      expect(await judge(installation, crowd, before, 1, 20_000)).toEqual(flawless);
    },
    timeoutMs,
  );

  it(
    'F28 a worker frozen in the middle of a transaction keeps nobody waiting for longer than its jobs would',
    async () => {
      const frozen = installation.process('group-sync');
      const newcomers = await crowd.newcomers(scaled(120, 40));
      const arrivals = crowd.signIn(newcomers, { overMs: newcomers.length * 250, withinMs: 30_000 });
      let over = false;
      const ended = arrivals.finally(() => (over = true));
      const caught = await freezeInTransaction(frozen, () => over);
      try {
        expect(caught).not.toEqual([]);
        expect(leftOutside(await ended)).toEqual([]);
      } finally {
        frozen.thaw();
      }
      expect(await judge(installation, crowd, before, 1, 20_000)).toEqual(flawless);
    },
    timeoutMs,
  );

  /** Freezes it again and again until it stands still with a transaction open. @returns which; none when it is `over` */
  async function freezeInTransaction(process: ServiceProcess, isOver: () => boolean): Promise<readonly string[]> {
    while (!isOver()) {
      process.freeze();
      await delay(15);
      const open = await openTransactions();
      await delay(open.length === 0 ? 0 : 100);
      const still = open.length === 0 ? [] : await openTransactions();
      const its = still.filter((transaction) => open.includes(transaction));
      if (its.length > 0) return its;
      process.thaw();
      await delay(Math.random() * 15);
    }
    return [];
  }

  /** Those that hold locks and wait for their process. */
  async function openTransactions(): Promise<readonly string[]> {
    const rows = await installation.database.rows<{ name: string }>(
      `select format('%s %s since %s', application_name, pid, state_change) as name from pg_stat_activity
       where datname = current_database() and state = 'idle in transaction' and backend_xid is not null`,
    );
    return rows.map(({ name }) => name);
  }

  /** What is on its way is published once more, in every lane of group-sync. @returns how many rows that were */
  async function deliverAgain(): Promise<number> {
    const rows = await installation.database.rows(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
       select 'access.desired', job, lane.queue, key, payload, trace_id
       from (select distinct on (key) * from messaging.outbox
             where job = 'reconcile-account' and state <> 'settled' order by key, id) as due
       cross join unnest($1::text[]) as lane (queue)
       where (select count(*) from messaging.outbox as same where same.key = due.key and same.job = due.job) < 12
       returning id`,
      [['group-sync.interactive', 'group-sync.bulk']],
    );
    return rows.length;
  }
});
