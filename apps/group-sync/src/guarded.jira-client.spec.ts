import { describe, expect, it } from '@jest/globals';
import { DeferredError } from '@gatehouse/errors';
import type { JiraClient } from '@gatehouse/jira-client';
import { BulkPlaces, bulkCallsMax } from './bulk-places.js';
import { GuardedJira } from './guarded.jira-client.js';
import type { HeldLease } from './run.js';

const held: HeldLease = { assure: () => Promise.resolve(), assertHeld: () => undefined };
const lost = new DeferredError('lease.lost', 'taken over', { retryAfterMs: 1 });
const breaker = { assertClosed: () => undefined, trip: () => Promise.resolve() };
const bare = { counted: () => ({ calls: 0 }) } as unknown as JiraClient & { readonly calls: number };

function guarded(places = new BulkPlaces()): GuardedJira {
  return new GuardedJira(bare, { context: { lane: 'bulk' }, places, lease: held, breaker });
}

describe('Jira for one run', () => {
  it('P03 sends nothing once another lease is lost that its work is under, and goes on after that work', async () => {
    const jira = guarded();
    let sent = 0;
    const call = () => jira.guard(() => Promise.resolve((sent += 1)));
    await jira.under(held, call);
    const other: HeldLease = { ...held, assure: () => Promise.reject(lost) };
    await expect(jira.under(other, call)).rejects.toBe(lost);
    expect(sent).toBe(1);
    await call();
    expect(sent).toBe(2);
  });

  it('P03 notices after a call that such a lease has passed on meanwhile', async () => {
    const other: HeldLease = {
      ...held,
      assertHeld: () => {
        throw lost;
      },
    };
    const jira = guarded();
    await expect(jira.under(other, () => jira.guard(() => Promise.resolve(1)))).rejects.toBe(lost);
  });

  it('gives way before each call, but not while it holds what runs of other people wait for', async () => {
    let [gaveWay, sent] = [0, 0];
    const giveWay = () => Promise.resolve(void (gaveWay += 1));
    const context = { lane: 'bulk' as const, giveWay };
    const jira = new GuardedJira(bare, { context, places: new BulkPlaces(), lease: held, breaker });
    const call = () => jira.guard(() => Promise.resolve((sent += 1)));
    await call();
    await call();
    await jira.under(held, call);
    expect([gaveWay, sent]).toEqual([2, 3]);
  });

  it('asks at once what everybody waits for, though the places of its lane are taken', async () => {
    const places = new BulkPlaces();
    for (let n = 0; n < bulkCallsMax; n += 1) void places.take('bulk', () => new Promise(() => undefined));
    expect(await guarded(places).guard(() => Promise.resolve('seats'), { isForAll: true })).toBe('seats');
  });
});
