import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { scaled, testScale, waitFor } from '@gatehouse/testing';
import { earlyCalls, idealCalls, restCalls, restCallsAfter } from './checks/calls-to-jira.js';
import { flawless, judge } from './checks/everything.js';
import { jiraWrites } from './checks/jira-changes.js';
import { attemptsUsed, logLinesSaying, slowestJiraCallMs } from './checks/log-lines.js';
import { Crowd, leftOutside } from './support/crowd.js';
import type { Arrival } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import type { JiraState } from './support/sandbox.js';
import { topologies } from './support/topology.js';
import { jiraToken, secondJiraToken } from './support/secrets.js';

const people = scaled(100, 10);
const faultMs = testScale < 1 ? 4_000 : 60_000;
const refusedMs = testScale < 1 ? 4_000 : 180_000;
const timing = { overMs: people * 50, withinMs: 120_000 + people * 200 + faultMs };
const timeoutMs = 2 * timing.withinMs + 120_000;
/** The whole of it is gone for so long. */
const outageMs = testScale < 0.2 ? 4_000 : 600_000 * testScale;
/** A probe waits at least half a second, and what was under way when the breaker opened comes back until then. */
const probeNeverSoonerMs = 400;
const underWayMs = 500;
const leaseMs = 10_000;
const slowMs = 3_500;
const callDeadlineMs = 5_000;
/** A share of what nobody could do with less. */
const callsTooManyAtMost = 1.05;
/** Until a timer that is due has fired and the line is written, on a busy machine. */
const lineLaterMs = 1_000;
const rest = { pathPrefix: '/rest/api' };

describe('F13-F18 Jira misbehaves towards our service account', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;

  beforeAll(async () => {
    installation = await FaultInstallation.start({ topology: topologies.suite, over: ['jira'] });
    crowd = new Crowd(installation);
  }, 120_000);
  // What one test leaves behind is no write too many of the next one.
  beforeEach(async () => void (before = await installation.sandbox.jira()));
  afterEach(async () => {
    await installation.sandbox.jiraFaults();
    await installation.sandbox.jiraSwitches({ nodes: 1 });
  });
  afterAll(() => installation.discard());

  it.each([
    { name: 'with Retry-After to all calls', fault: { kind: 'ratelimit', retryAfterSeconds: 2 }, quietMs: 2_000 },
    { name: 'without Retry-After to all calls', fault: { kind: 'status', status: 429 }, quietMs: 0 },
    {
      name: 'with Retry-After of one node of two',
      fault: { kind: 'ratelimit', retryAfterSeconds: 2, match: { ...rest, node: 2 } },
      quietMs: 2_000,
    },
  ])(
    'F13 429 $name: nothing is sent there before its time, no attempt is used, no call is made for nothing, everybody lands',
    async ({ fault, quietMs }) => {
      const { sandbox } = installation;
      await sandbox.jiraSwitches({ nodes: 2 });
      const startedAt = new Date();
      const refusing = { match: rest, ...fault };
      const { node } = refusing.match as { node?: number };
      await sandbox.jiraFaults(refusing);
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      await delay(faultMs);
      const refused = async () =>
        restCallsAfter(await sandbox.jira(), startedAt).filter((call) => node === undefined || call.node === node);
      await waitFor(async () => (await refused()).length > 1, { what: 'Jira to be asked again', timeoutMs: 20_000 });
      const calls = await refused();
      await sandbox.jiraFaults();

      expect(earlyCalls(calls, quietMs)).toEqual([]);
      expect(leftOutside(await arrivals)).toEqual([]);
      expect(attemptsUsed(await installation.logs())).toBe(1);
      expect(await judge(installation, crowd, before, calls.length / 10)).toEqual(flawless);
      const after = await sandbox.jira();
      const made = restCalls(after) - restCalls(before);
      expect(made).toBeLessThanOrEqual(Math.ceil(idealCalls(before, after) * callsTooManyAtMost) + calls.length);
    },
    timeoutMs,
  );

  it.each([
    { name: 'before its work', kind: 'reset' },
    { name: 'after its commit', kind: 'reset-after' },
  ])(
    'F17 connections cut $name end as success, with one user each',
    async ({ kind }) => {
      const cuts = 3;
      await installation.sandbox.jiraFaults(
        { match: { method: 'POST', pathPrefix: '/rest/api/2/user' }, kind, times: cuts },
        { match: { method: 'POST', pathPrefix: '/rest/api/2/group/user' }, kind, times: cuts },
      );
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);

      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await installation.sandbox.jiraFaultsLeft()).toBe(0);
      expect(await judge(installation, crowd, before, calls(cuts))).toEqual(flawless);
    },
    timeoutMs,
  );

  it(
    'F17 answers lost on the network after Jira has done the work end as success, with one user each',
    async () => {
      const cuts = 3;
      installation.proxy('jira').resetAfter(/^POST \/rest\/api\/2\/(group\/)?user/, cuts);
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);

      expect(leftOutside(await arrivals)).toEqual([]);
      await installation.proxy('jira').heal();
      expect(await judge(installation, crowd, before, calls(cuts))).toEqual(flawless);
    },
    timeoutMs,
  );

  it(
    'F14 errors of a third of the calls, then of all of them: one probe at a time, nothing parked, no attempt used, everybody lands',
    async () => {
      const { sandbox, database } = installation;
      const startedAt = new Date();
      const shares = [500, 502, 503].map((status) => ({ match: rest, kind: 'status', status, probability: 0.11 }));
      await sandbox.jiraFaults(...shares);
      const patient = { ...timing, withinMs: timing.withinMs + outageMs };
      const arrivals = crowd.signIn(await crowd.newcomers(people), patient);
      await delay(timing.overMs / 2);
      // A third of the calls may have opened it already: then it is a failed probe that tells of the outage.
      const standing = async () => (await database.rows<{ since: string; failures: number }>(openBreakers))[0];
      const before503 = await standing();
      await sandbox.jiraFaults({ match: rest, kind: 'status', status: 503 });
      const isSeen = async () => {
        const now = await standing();
        return now !== undefined && (now.since !== before503?.since || now.failures > before503.failures);
      };
      await waitFor(isSeen, { what: 'the breaker to open', timeoutMs: 20_000 });
      await delay(underWayMs);
      const openSince = new Date();
      await delay(outageMs);
      const whileOpen = restCallsAfter(await sandbox.jira(), openSince);
      await sandbox.jiraFaults();

      expect(whileOpen.filter(({ path }) => !path.includes('/mypermissions'))).toEqual([]);
      expect(whileOpen.length).toBeGreaterThan(0);
      expect(earlyCalls(whileOpen, probeNeverSoonerMs, 0)).toEqual([]);
      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await database.count('select 1 from messaging.parked_job')).toBe(0);
      expect(attemptsUsed(await installation.logs())).toBe(1);
      const calls = restCallsAfter(await sandbox.jira(), startedAt).length;
      expect(await judge(installation, crowd, before, calls / 10)).toEqual(flawless);
    },
    timeoutMs + outageMs,
  );

  it('F15 answers that take long, but not too long: the lease is renewed, and no call is made twice', async () => {
    const visitors = await crowd.newcomers(1);
    // One group only: two calls at once would wait for each other, and the deadline counts that too.
    await crowd.regroup(visitors[0]!.name, []);
    await installation.sandbox.jiraFaults({ match: rest, kind: 'slow', delayMs: slowMs });
    const arrivals = await crowd.signIn(visitors, { overMs: 0, withinMs: 60_000 });
    await installation.sandbox.jiraFaults();

    expect(leftOutside(arrivals)).toEqual([]);
    expect(arrivals[0]!.tookMs).toBeGreaterThan(leaseMs);
    expect(logLinesSaying(await installation.logs(), /lease\.lost/)).toBe(0);
    expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
  }, 120_000);

  it(
    'F15 I6 calls that are never answered, half-open or too late: known people sign in as ever, newcomers follow',
    async () => {
      const { sandbox } = installation;
      const known = (await crowd.newcomers(2)).map(({ name }) => name);
      const here = await crowd.signIn(
        known.map((name) => crowd.again(name)),
        { overMs: 0, withinMs: 60_000 },
      );
      expect(leftOutside(here)).toEqual([]);
      const startedAt = new Date();
      await sandbox.jiraFaults(
        { match: { method: 'GET', pathPrefix: '/rest/api/2/user' }, kind: 'half-open', times: 1 },
        { match: { method: 'POST', pathPrefix: '/rest/api/2/user' }, kind: 'timeout', times: 1 },
        { match: { method: 'POST', pathPrefix: '/rest/api/2/group/user' }, kind: 'slow', delayMs: 30_000, times: 1 },
      );
      const arrivals = crowd.signIn(await crowd.newcomers(3), timing);
      const tookMs: number[] = [];
      while ((await sandbox.jiraFaultsLeft()) > 0) {
        const from = performance.now();
        expect(await crowd.again(known[tookMs.length % known.length]!).tryOnce()).toEqual({ kind: 'landed' });
        tookMs.push(performance.now() - from);
      }

      expect(Math.max(...tookMs)).toBeLessThan(callDeadlineMs);
      expect(slowestJiraCallMs(await installation.logs())).toBeLessThan(callDeadlineMs + lineLaterMs);
      expect(leftOutside(await arrivals)).toEqual([]);
      const calls = restCallsAfter(await sandbox.jira(), startedAt).length;
      expect(await judge(installation, crowd, before, calls / 10)).toEqual(flawless);
    },
    timeoutMs,
  );

  it(
    'F15 another Jira is served as ever while this one answers nothing, with its own Gatehouse on the same PostgreSQL',
    async () => {
      const other = await FaultInstallation.start({ topology: topologies.suite, beside: installation });
      try {
        const there = new Crowd(other);
        const otherBefore = await other.sandbox.jira();
        const calm = await there.signIn(await there.newcomers(people), timing);
        await installation.sandbox.jiraFaults({ match: rest, kind: 'slow', delayMs: 30_000 });
        const here = crowd.signIn(await crowd.newcomers(people), timing);
        await waitFor(async () => restCalls(await installation.sandbox.jira()) > restCalls(before), {
          what: 'this one to be asked',
          timeoutMs: 20_000,
        });
        const arrivals = await there.signIn(await there.newcomers(people), timing);

        expect(leftOutside([...calm, ...arrivals])).toEqual([]);
        // Nobody waits for a call of the other Jira; a busy machine makes everything slow.
        expect(slowest(arrivals)).toBeLessThan(Math.max(callDeadlineMs, 2 * slowest(calm)));
        expect(await judge(other, there, otherBefore, 0)).toEqual(flawless);
        const asked = restCalls(await installation.sandbox.jira()) - restCalls(before);
        await installation.sandbox.jiraFaults();
        expect(leftOutside(await here)).toEqual([]);
        expect(await judge(installation, crowd, before, asked / 10)).toEqual(flawless);
      } finally {
        await other.discard();
      }
    },
    timeoutMs,
  );

  it.each(['html', 'redirect'])(
    'F16 "%s" where a user is due is neither "no groups" nor "no such user": nothing is taken away, nobody is made',
    async (kind) => {
      const { sandbox } = installation;
      const names = (await crowd.newcomers(4)).map(({ name }) => name);
      const again = () =>
        crowd.signIn(
          names.map((name) => crowd.again(name)),
          { overMs: 0, withinMs: 60_000 },
        );
      expect(leftOutside(await again())).toEqual([]);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
      const [there, startedAt] = [await sandbox.jira(), new Date()];
      await sandbox.jiraFaults({ match: { method: 'GET', pathPrefix: '/rest/api/2/user' }, kind });
      for (const [index, name] of names.entries()) await crowd.regroup(name, index % 2 === 0 ? [] : ['support']);
      expect(leftOutside(await again())).toEqual([]);
      const asked = async () => restCallsAfter(await sandbox.jira(), startedAt).length >= names.length;
      await waitFor(asked, { what: 'Jira to be asked', timeoutMs: 20_000 });

      expect(jiraWrites(await sandbox.jira())).toBe(jiraWrites(there));
      await sandbox.jiraFaults();
      expect(await judge(installation, crowd, there, 0)).toEqual(flawless);
    },
    timeoutMs,
  );

  it.each([
    { name: 'the token is revoked', status: 401, next: secondJiraToken },
    { name: 'its account may not any more, or a CAPTCHA is due', status: 403, next: jiraToken },
  ])(
    'F18 $name: one alert, at most one call a minute, nothing parked; a new token alone repairs it',
    async ({ status, next }) => {
      const { sandbox } = installation;
      const suite = installation.process('suite');
      await sandbox.jiraFaults({ match: rest, kind: 'status', status });
      const alertsBefore = logLinesSaying(await suite.log(), /the breaker opened/);
      const startedAt = new Date();
      const patient = { ...timing, withinMs: timing.withinMs + refusedMs };
      const arrivals = crowd.signIn(await crowd.newcomers(people), patient);
      await waitFor(async () => restCallsAfter(await sandbox.jira(), startedAt).length > 0, {
        what: 'a refused call',
        timeoutMs: 20_000,
      });
      await delay(refusedMs);

      const calls = restCallsAfter(await sandbox.jira(), startedAt);
      expect(earlyCalls(calls, 60_000)).toEqual([]);
      expect(logLinesSaying(await suite.log(), /the breaker opened/) - alertsBefore).toBe(1);
      expect(await installation.database.count('select 1 from messaging.parked_job')).toBe(0);

      await sandbox.jiraFaults();
      await suite.terminate();
      await suite.start({ JIRA_TOKEN: next });
      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await judge(installation, crowd, before, 1 + calls.length / 10)).toEqual(flawless);
    },
    timeoutMs + 2 * refusedMs,
  );
});

const openBreakers = `select opened_at::text as since, failures from messaging.breaker where state <> 'closed'`;
const slowest = (arrivals: readonly Arrival[]) => Math.max(...arrivals.map(({ tookMs }) => tookMs));

/** Each cut allows the call that it has swallowed to be made again. */
function calls(cuts: number): number {
  return (2 * cuts) / 10;
}
