import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { canStartRedis, scaled } from '@gatehouse/testing';
import { flawless, judge } from './checks/everything.js';
import { Crowd, leftOutside } from './support/crowd.js';
import { FaultInstallation } from './support/installation.js';
import { askRedis } from './support/redis-client.js';
import type { JiraState } from './support/sandbox.js';
import { topologies } from './support/topology.js';

const rows = scaled(50_000, 5_000);
/** Rows of one lane that may be in the store, and the batch that is on its way there (libs/messaging/src/relay.ts). */
const inStoreMax = 1_000 + 20;
const againWithinMs = 60_000;
/** A process that has the machine for itself works off some hundred a second. */
const drainWithinMs = 60_000 + rows * 5;

const describeWithRedis = canStartRedis('The fault test of a backlog') ? describe : describe.skip;

describeWithRedis('F06 FLUSHALL in the middle of a backlog', () => {
  let installation: FaultInstallation;
  let crowd: Crowd;
  let before: JiraState;

  beforeAll(async () => {
    installation = await FaultInstallation.start({ topology: topologies.suiteOnRedis });
    crowd = new Crowd(installation);
    before = await installation.sandbox.jira();
  }, 120_000);
  afterAll(() => installation.discard());

  it(
    `of ${rows} rows enqueues what the store has lost again within 60 s, never more than a window, while people go on signing in`,
    async () => {
      await addBacklog();
      await untilSettled(rows / 10, drainWithinMs);
      const lost = await inStore();
      expect(lost.length).toBeGreaterThan(0);
      await askRedis(installation.redis.url, (redis) => redis.flushall());

      const flushedAt = Date.now();
      const arrivals = crowd.signIn(await crowd.newcomers(4), { overMs: 2_000, withinMs: 60_000 });
      let mostInStore = 0;
      let againAfterMs: number | undefined;
      while ((await unsettled()) > 0 && Date.now() - flushedAt < drainWithinMs) {
        mostInStore = Math.max(mostInStore, (await inStore()).length);
        if (againAfterMs === undefined && (await stillUnsettled(lost)) === 0) againAfterMs = Date.now() - flushedAt;
        await delay(200);
      }

      expect(await unsettled()).toBe(0);
      expect(againAfterMs ?? Date.now() - flushedAt).toBeLessThan(againWithinMs);
      expect(mostInStore).toBeLessThanOrEqual(inStoreMax);
      expect(leftOutside(await arrivals)).toEqual([]);
      expect(await judge(installation, crowd, before, 0)).toEqual(flawless);
    },
    2 * drainWithinMs + 60_000,
  );

  /** Facts about identities that nobody has any more: each starts a job that looks, finds nothing and settles. */
  async function addBacklog(): Promise<void> {
    await installation.database.rows(
      `with made as (
         insert into messaging.outbox (event, job, queue, key, payload, trace_id)
         select 'identity.mapping-due', 'map-claims', 'claim-mapping.bulk', id,
                jsonb_build_object('identityId', id, 'traceId', trace), trace
         from (select gen_random_uuid()::text as id, replace(gen_random_uuid()::text, '-', '') as trace
               from generate_series(1, $1::integer)) as facts
         returning 1
       ) select pg_notify('gatehouse_outbox', '') from (select count(*) from made) as told`,
      [rows],
    );
  }

  async function untilSettled(count: number, withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (rows - (await unsettled()) < count) {
      if (Date.now() > deadline) throw new Error(`only ${rows - (await unsettled())} rows were settled`);
      await delay(50);
    }
  }

  async function inStore(): Promise<readonly string[]> {
    const found = await installation.database.rows<{ id: string }>(
      `select id from messaging.outbox where state = 'sent' and queue = 'claim-mapping.bulk'`,
    );
    return found.map(({ id }) => id);
  }

  function unsettled(): Promise<number> {
    return installation.database.count(
      `select 1 from messaging.outbox where state <> 'settled' and queue = 'claim-mapping.bulk'`,
    );
  }

  function stillUnsettled(ids: readonly string[]): Promise<number> {
    return installation.database.count(
      `select 1 from messaging.outbox where state <> 'settled' and id = any($1::bigint[])`,
      [ids],
    );
  }
});
