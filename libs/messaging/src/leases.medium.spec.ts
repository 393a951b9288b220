import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@gatehouse/database';
import { DeferredError } from '@gatehouse/errors';
import { createTestDatabase, waitFor } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { givingBack } from './lease.js';
import type { Lease } from './lease.js';
import { Leases } from './leases.js';

const key = 'account/1';
const short = { lastsMs: 400, renewEveryMs: 50, heldRetryMs: 250 };
/** Renews nothing by itself: only the clock of the test moves. */
const still = { lastsMs: 10_000, renewEveryMs: 3_600_000, heldRetryMs: 250 };

let database: TestDatabase;
/** What two processes of one installation have: a pool each. */
let one: DataSource;
let other: DataSource;

beforeAll(async () => {
  database = await createTestDatabase();
  [one, other] = [await openDatabase(database.url, 4), await openDatabase(database.url, 4)];
});
beforeEach(() => one.query('truncate messaging.lease'));
afterAll(async () => {
  await Promise.all([one.destroy(), other.destroy()]);
  await database.drop();
});

const held = async (leases: Leases) =>
  leases
    .hold(key, () => Promise.resolve(false))
    .catch((error: unknown) => (error as DeferredError).code === 'lease.held');

/** Holds a lease until told, as a worker does that is at it. */
async function holding(leases: Leases): Promise<{ lease: Lease; end: () => Promise<void> }> {
  let end: () => void = () => undefined;
  const ended = new Promise<void>((resolve) => (end = resolve));
  return new Promise((resolve, reject) => {
    const hold = leases.hold(key, async (lease) => {
      resolve({ lease, end: async () => (end(), hold) });
      await ended;
    });
    hold.catch(reject);
  });
}

/** What is left in the database when a holder was killed. */
const leftBehind = (expiresInMs: number) =>
  one.query(
    `insert into messaging.lease (key, holder, expires_at)
     values ($1, gen_random_uuid(), clock_timestamp() + $2 * interval '1 millisecond')`,
    [key, expiresInMs],
  );

describe('a lease', () => {
  it('F19 has one holder at a time, whichever process asks, and is free again at once when given back', async () => {
    const { lease, end } = await holding(new Leases(one));
    expect(lease.takenOver).toBe(false);
    expect(await held(new Leases(other))).toBe(true);
    expect(await held(new Leases(one))).toBe(true);
    await expect(new Leases(other).hold(key, () => Promise.resolve())).rejects.toMatchObject({ retryAfterMs: 250 });
    await end();
    expect(await held(new Leases(other))).toBe(false);
    expect(await one.query('select from messaging.lease')).toEqual([]);
  });

  it('is given back when the work fails', async () => {
    await expect(new Leases(one).hold(key, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await held(new Leases(other))).toBe(false);
  });

  it('is renewed for as long as the work takes', async () => {
    const { lease, end } = await holding(new Leases(one, short));
    const until = performance.now() + 2.5 * short.lastsMs;
    await waitFor(
      async () => {
        expect(await held(new Leases(other, short))).toBe(true);
        return performance.now() > until;
      },
      { what: 'longer than one lease lasts' },
    );
    lease.assertHeld();
    await end();
  });

  it('of a killed holder is taken over once it has expired, and not earlier', async () => {
    const leftAt = performance.now();
    await leftBehind(600);
    const leases = new Leases(other);
    const takenOver = await waitFor(
      () => leases.hold(key, ({ takenOver }) => Promise.resolve({ takenOver })).catch(() => undefined),
      { what: 'the takeover' },
    );
    expect(performance.now() - leftAt).toBeGreaterThanOrEqual(595);
    expect(takenOver).toEqual({ takenOver: true });
    expect(await leases.hold(key, ({ takenOver }) => Promise.resolve(takenOver))).toBe(false);
  });

  it('is counted from before the question, however late the answer comes', async () => {
    let now = 0;
    const { planned } = one as unknown as { planned: { query(asked: unknown): Promise<unknown> } };
    const query = async (asked: unknown) => {
      const answer = await planned.query(asked);
      now += 4_000;
      return answer;
    };
    const slow = Object.assign(Object.create(one) as DataSource, { planned: { query } });
    await new Leases(slow, still, () => now).hold(key, (lease) => {
      expect(lease.remainingMs).toBe(6_000);
      return Promise.resolve();
    });
  });

  it('is renewed before a call that it might not outlast', async () => {
    let now = 0;
    const { lease, end } = await holding(new Leases(one, still, () => now));
    now = 4_999;
    await lease.assure(5_000);
    expect(lease.remainingMs).toBe(5_001);
    now = 5_000;
    await lease.assure(5_000);
    expect(lease.remainingMs).toBe(10_000);
    await end();
  });
});

describe('F28 a holder that was frozen for a minute', () => {
  let now = 0;
  const frozen = async () => {
    now = 0;
    const holder = await holding(new Leases(one, still, () => now));
    await one.query(`update messaging.lease set expires_at = expires_at - interval '60 seconds'`);
    now = 60_000;
    return holder;
  };

  it('notices it without asking anybody', async () => {
    const own = await openDatabase(database.url, 2);
    now = 0;
    const { lease, end } = await holding(new Leases(own, still, () => now));
    await own.destroy();
    lease.assertHeld();
    now = 60_000;
    expect(() => lease.assertHeld()).toThrow(expect.objectContaining({ code: 'lease.lost' }));
    await end();
  });

  it('makes no further call once another has taken over', async () => {
    const { lease, end } = await frozen();
    const taker = await holding(new Leases(other));
    expect(taker.lease.takenOver).toBe(true);
    await expect(lease.assure(5_000)).rejects.toThrow(DeferredError);
    await expect(lease.assure(0)).rejects.toMatchObject({ code: 'lease.lost' });
    expect(() => lease.assertHeld()).toThrow(DeferredError);
    await Promise.all([end(), taker.end()]);
  });

  it('goes on where nobody has taken over', async () => {
    const { lease, end } = await frozen();
    await lease.assure(5_000);
    lease.assertHeld();
    expect(await held(new Leases(other))).toBe(true);
    await end();
  });

  it('gives back nothing that another holds', async () => {
    const { end } = await frozen();
    const taker = await holding(new Leases(other));
    await end();
    expect(await held(new Leases(one))).toBe(true);
    await taker.end();
  });

  it('commits nothing, and a taker waits for a commit that has begun', async () => {
    const { lease, end } = await frozen();
    let taken = false;
    let taker: Promise<void> | undefined;
    await one.transaction(async (manager) => {
      await lease.fence(manager);
      taker = new Leases(other).hold(key, () => Promise.resolve(void (taken = true)));
      await waitFor(
        async () =>
          (
            await one.query<unknown[]>(
              `select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            )
          ).length > 0,
        { what: 'the taker to wait' },
      );
      expect(taken).toBe(false);
    });
    await taker;
    await expect(one.transaction((manager) => lease.fence(manager))).rejects.toMatchObject({ code: 'lease.lost' });
    await end();
  });

  it('ends with the one statement that is a whole commit, which does nothing once it was taken over', async () => {
    const end = (lease: Lease) =>
      one.query<unknown[]>(
        `with ${givingBack('$1', '$2::uuid')}, done as (
           insert into messaging.breaker (name) select 'written by ' || key from held returning name
         ) select name from done`,
        [...lease.claim],
      );
    const { lease, end: wake } = await frozen();
    const taker = await holding(new Leases(other));
    expect(await end(lease)).toEqual([]);
    expect(() => lease.confirm('lost')).toThrow(expect.objectContaining({ code: 'lease.lost' }));
    await wake();
    await taker.end();
    await new Leases(one).hold(key, async (mine) => {
      expect(await end(mine)).toHaveLength(1);
      mine.confirm('given-back');
      expect(await held(new Leases(other))).toBe(false);
    });
  });
});
