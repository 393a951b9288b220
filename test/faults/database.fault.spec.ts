import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { scaled, waitFor } from '@gatehouse/testing';
import { flawless, judge } from './checks/everything.js';
import { Crowd, leftOutside } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import type { JiraState } from './support/sandbox.js';
import { adminToken } from './support/secrets.js';
import { topologies } from './support/topology.js';

const people = scaled(200, 12);
const timing = { overMs: people * 150, withinMs: 60_000 + people * 200 };
const timeoutMs = timing.overMs + timing.withinMs + 120_000;
const recoveredWithinMs = 5_000;

describe.each([topologies.suite, topologies.split])('F10 PostgreSQL fails while people sign in: $name', (topology) => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;

  beforeAll(async () => {
    installation = await FaultInstallation.start({ topology });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
  }, 120_000);
  afterAll(() => installation.discard());

  it(
    'a fast restart: every accepted login is in the database, everybody lands, nobody had to be restarted',
    async () => {
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      await delay(timing.overMs / 2);
      await installation.postgres.restart();
      await recovered();

      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
      expect(installation.processes.filter(({ running }) => !running)).toEqual([]);
    },
    timeoutMs,
  );

  it(
    'a SIGKILL: the API answers 503 with Retry-After, nobody is ready, and then as above',
    async () => {
      const arrivals = crowd.signIn(await crowd.newcomers(people), timing);
      await delay(timing.overMs / 2);
      await installation.postgres.kill();
      for (const process of installation.processes) expect(await process.ask('/readyz')).toBe(503);
      const answer = await parked();
      expect(answer.status).toBe(503);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      await installation.postgres.startAgain();
      await recovered();

      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
      expect(installation.processes.filter(({ running }) => !running)).toEqual([]);
    },
    timeoutMs,
  );

  /** Every pool has found the server again, in every process. */
  async function recovered(): Promise<void> {
    await Promise.all(
      installation.processes.map((process) =>
        waitFor(() => process.isReady(), { timeoutMs: recoveredWithinMs, what: `${process.name} to recover` }),
      ),
    );
  }

  async function parked(): Promise<Response> {
    const console = installation.processes.find(({ options }) => ['suite', 'console'].includes(options.program))!;
    return fetch(`http://127.0.0.1:${console.options.port}/_sso/api/v1/parked`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
  }
});
