import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { scaled, testScale, waitFor } from '@gatehouse/testing';
import { earlyCalls, restCallsAfter } from './checks/calls-to-jira.js';
import { flawless, judge } from './checks/everything.js';
import { attemptsUsed, logLinesSaying } from './checks/log-lines.js';
import { Crowd, leftOutside } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import type { JiraState } from './support/sandbox.js';
import { topologies } from './support/topology.js';
import { secondJiraToken } from './support/secrets.js';

const people = scaled(100, 10);
const faultMs = scaled(60_000, 6_000);
const refusedMs = testScale < 1 ? 4_000 : 180_000;
const timing = { overMs: people * 50, withinMs: 120_000 + people * 200 + faultMs };
const timeoutMs = 2 * timing.withinMs + 120_000;
const rest = { pathPrefix: '/rest/api' };

describe('F13 F17 F18 Jira misbehaves towards our service account', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;

  beforeAll(async () => {
    installation = await FaultInstallation.start({ topology: topologies.suite });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
  }, 120_000);
  afterEach(() => installation.sandbox.jiraFaults());
  afterAll(() => installation.discard());

  it.each([
    { name: 'with Retry-After', fault: { kind: 'ratelimit', retryAfterSeconds: 2 }, quietMs: 2_000 },
    { name: 'without Retry-After', fault: { kind: 'status', status: 429 }, quietMs: 0 },
  ])(
    'F13 429 $name to all calls: nothing is sent before its time, no attempt is used, everybody lands',
    async ({ fault, quietMs }) => {
      const startedAt = new Date();
      await installation.sandbox.jiraFaults({ match: rest, ...fault });
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      await delay(faultMs);
      let calls: ReturnType<typeof restCallsAfter> = [];
      await waitFor(
        async () => {
          calls = restCallsAfter(await installation.sandbox.jira(), startedAt);
          return calls.length > 1;
        },
        { what: 'Jira to be asked again' },
      );
      await installation.sandbox.jiraFaults();

      expect(earlyCalls(calls, quietMs)).toEqual([]);
      expect(leftOutside(await arrivals)).toEqual([]);
      expect(attemptsUsed(await installation.logs())).toBe(1);
      expect(await judge(installation, crowd, before, calls.length / 10)).toEqual(flawless);
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
    'F18 credentials refused: one alert, at most one call a minute, nothing parked; a new token alone repairs it',
    async () => {
      const { sandbox } = installation;
      const suite = installation.process('suite');
      await sandbox.jiraFaults({ match: rest, kind: 'status', status: 401 });
      const alertsBefore = logLinesSaying(await suite.log(), /the breaker opened/);
      const startedAt = new Date();
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      await waitFor(async () => restCallsAfter(await sandbox.jira(), startedAt).length > 0, { what: 'a refused call' });
      await delay(refusedMs);

      const calls = restCallsAfter(await sandbox.jira(), startedAt);
      expect(earlyCalls(calls, 60_000)).toEqual([]);
      expect(logLinesSaying(await suite.log(), /the breaker opened/) - alertsBefore).toBe(1);
      expect(await installation.database.count('select 1 from messaging.parked_job')).toBe(0);

      await sandbox.jiraFaults();
      await suite.terminate();
      await suite.start({ JIRA_TOKEN: secondJiraToken });
      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await judge(installation, crowd, before, 1 + calls.length / 10)).toEqual(flawless);
    },
    timeoutMs + refusedMs,
  );
});

/** Each cut allows the call that it has swallowed to be made again. */
function calls(cuts: number): number {
  return (2 * cuts) / 10;
}
