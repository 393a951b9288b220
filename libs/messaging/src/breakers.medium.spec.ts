import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Notifications, openDatabase } from '@gatehouse/database';
import { OutageError, RetryableError } from '@gatehouse/errors';
import { createLogger } from '@gatehouse/telemetry';
import { createTestDatabase, waitFor } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import type { Breaker } from './breaker.js';
import { Breakers } from './breakers.js';

const limited = (retryAfterMs: number) => new OutageError('jira.rate_limited', 'x', { retryAfterMs });
const unavailable = new OutageError('jira.unavailable', 'x');
const refused = new OutageError('jira.credentials_refused', 'x');

/** Jira, as far as a probe can tell, and how often each process asked. */
let fault: Error | undefined;
const asked: { at: number; by: string }[] = [];
const alerts: string[] = [];

let database: TestDatabase;
let dataSource: DataSource;
const processes: { breakers: Breakers; notifications: Notifications }[] = [];

async function start(connection: string | undefined, by = 'a worker'): Promise<Breaker> {
  const notifications = new Notifications(database.url);
  await notifications.start();
  const sink = {
    write: (line: string) => {
      if (line.includes('"level":"error"')) alerts.push(line);
    },
  };
  const breakers = new Breakers(dataSource, notifications, createLogger('info', sink));
  processes.push({ breakers, notifications });
  const breaker = breakers.of('jira');
  await breakers.load();
  const ask = async () => {
    asked.push({ at: performance.now(), by });
    await Promise.resolve();
    if (fault) throw fault;
  };
  if (connection !== undefined) breaker.register({ connection, ask });
  await breakers.start();
  return breaker;
}

const row = async () => {
  const rows = await dataSource.query<Record<string, unknown>[]>('select * from messaging.breaker');
  return rows[0];
};
const due = () => dataSource.query('update messaging.breaker set until = now()');
const opens = (breaker: Breaker) => waitFor(() => breaker.isOpen, { what: 'the breaker to open', timeoutMs: 900 });
const closes = (breaker: Breaker) => waitFor(() => !breaker.isOpen, { what: 'the breaker to close' });

beforeAll(async () => {
  database = await createTestDatabase();
  dataSource = await openDatabase(database.url, 8);
});
beforeEach(async () => {
  fault = undefined;
  asked.length = 0;
  alerts.length = 0;
  await dataSource.query('truncate messaging.breaker');
});
afterEach(async () => {
  for (const { breakers, notifications } of processes.splice(0)) {
    await breakers.stop();
    await notifications.close();
  }
});
afterAll(async () => {
  await dataSource.destroy();
  await database.drop();
});

describe('one breaker per Jira', () => {
  it('F13 what one process is told stops it at once and the others with the commit; nobody asks before the time is over', async () => {
    const [one, other] = [await start('token', 'one'), await start('token', 'other')];
    const toldAt = performance.now();
    one.trip(limited(1_500));
    expect(() => one.assertClosed()).toThrow(OutageError);
    await opens(other);
    expect(() => other.assertClosed()).toThrow(expect.objectContaining({ code: 'jira.rate_limited' }));
    await Promise.all([closes(one), closes(other)]);
    expect(asked).toHaveLength(1);
    expect(asked[0]!.at - toldAt).toBeGreaterThanOrEqual(1_499);
    one.assertClosed();
  });

  it('F14 one probe at a time, less and less often, until Jira answers', async () => {
    fault = unavailable;
    const breakers = [await start('token'), await start('token')];
    expect(await breakers[0]!.judge(unavailable)).toBe('whole');
    for (const probes of [1, 2, 3]) {
      await due();
      await waitFor(async () => (await row())!['failures'] === probes, { what: 'a failed probe' });
    }
    expect(asked).toHaveLength(1 + 3);
    fault = undefined;
    await due();
    await Promise.all(breakers.map(closes));
    expect(asked).toHaveLength(1 + 4);
    expect(await row()).toMatchObject({ state: 'closed', code: null, failures: 0, opened_at: null });
  });

  it('F14 one person at whom Jira fails does not stop everybody', async () => {
    const breaker = await start('token');
    expect(await Promise.all([1, 2, 3].map(() => breaker.judge(unavailable)))).toEqual(['own', 'own', 'own']);
    expect(asked).toHaveLength(1);
    expect(await row()).toBeUndefined();
    fault = new RetryableError('jira.answer_incomplete', 'an answer all the same');
    expect(await breaker.judge(unavailable)).toBe('own');
  });

  it('says nothing where nobody can ask', async () => {
    const breaker = await start(undefined);
    expect(await breaker.judge(unavailable)).toBeUndefined();
    expect(breaker.isOpen).toBe(false);
  });

  it('F18 alerts once per opening, whichever process finds out and however many failures follow', async () => {
    const [one, other] = [await start('token'), await start('token')];
    fault = refused;
    await Promise.all([one, other, one, other].map((breaker) => breaker.judge(refused)));
    await opens(other);
    await due();
    await waitFor(async () => (await row())!['failures'] === 1, { what: 'a failed probe' });
    await waitFor(() => alerts.length > 0, { what: 'the alert' });
    expect(alerts).toHaveLength(1);
    expect(alerts[0]).toContain('jira.credentials_refused');
    expect(JSON.stringify(await row())).toMatch(/alerted_at":"\d/);

    fault = undefined;
    await due();
    await closes(one);
    await one.judge(refused);
    // Whichever of the two has claimed it writes the line.
    await waitFor(() => alerts.length > 1, { what: 'the alert of the second opening' });
    expect(alerts).toHaveLength(2);
  });

  it('F18 a process that starts with another token asks at once; one with the same token does not', async () => {
    const old = await start('old token', 'old');
    await old.judge(refused);
    const same = await start('old token', 'same');
    expect(same.isOpen).toBe(true);
    const restarted = await start('new token', 'restarted');
    await Promise.all([closes(restarted), closes(old), closes(same)]);
    expect(asked.map(({ by }) => by)).toEqual(['restarted']);
  });

  it('F18 two processes with different refused tokens do not take turns', async () => {
    fault = refused;
    const one = await start('one', 'one');
    await one.judge(refused);
    await start('other', 'other');
    // The newcomer asks out of turn, and by that the row's connection is another's for the first one too: once each.
    await waitFor(async () => (await row())!['failures'] === 2, { what: 'both to have asked' });
    expect(asked.map(({ by }) => by)).toEqual(['other', 'one']);
    const before = asked.length;
    await dataSource.query(`select pg_notify('gatehouse_breaker', 'jira')`);
    await waitFor(async () => ((await row())!['state'] as string) === 'open', { what: 'rest' });
    expect(asked).toHaveLength(before);
  });

  it('replaces a prober that died', async () => {
    const breaker = await start('token');
    await breaker.judge(limited(60_000));
    await dataSource.query(
      `update messaging.breaker set state = 'probing', until = now(), probe_holder = gen_random_uuid(),
       probe_until = now() + interval '400 milliseconds'`,
    );
    const left = performance.now();
    await closes(breaker);
    expect(performance.now() - left).toBeGreaterThanOrEqual(350);
  });

  it('F13 F18 holds off those outside the queues only where Jira limits or refuses us', async () => {
    const worker = await start('token');
    fault = unavailable;
    await worker.judge(unavailable);
    expect([worker.isOpen, worker.holdsOff]).toEqual([true, false]);
    fault = refused;
    await due();
    await waitFor(() => worker.holdsOff, { what: 'the refusal' });
  });

  it('lets nobody outside the queues be held off by a breaker that nobody looks after', async () => {
    const worker = await start('token');
    await worker.judge(limited(60_000));
    const gateway = await start(undefined);
    expect(gateway.holdsOff).toBe(true);
    await Promise.all(
      processes.splice(0, 1).map(({ breakers, notifications }) => (breakers.stop(), notifications.close())),
    );
    await dataSource.query(`update messaging.breaker set until = now() - interval '2 minutes'`);
    await waitFor(() => !gateway.holdsOff, { what: 'the gateway to ask for itself' });
    expect(gateway.isOpen).toBe(true);
  });
});
