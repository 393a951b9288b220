import { describe, expect, it } from '@jest/globals';
import { adapted, beginning } from './concurrency.js';
import type { Concurrency } from './concurrency.js';

const good = (wasFull: boolean) => ({ kind: 'good' as const, wasFull });
const bad = (sentAtMs: number, nowMs: number) => ({ kind: 'bad' as const, sentAtMs, nowMs });

describe('adapted', () => {
  it('F15 begins at the most that is allowed, and halves at a sign of overload', () => {
    expect(adapted(beginning(40), bad(0, 10)).limit).toBe(20);
  });

  it('halves once a round: what was sent before the cut says nothing new', () => {
    const once = adapted(beginning(40), bad(0, 100));
    expect(adapted(once, bad(99, 120))).toBe(once);
    expect(adapted(once, bad(100, 120)).limit).toBe(10);
  });

  it('never goes below one', () => {
    let concurrency = beginning(3);
    for (let n = 1; n < 20; n += 1) concurrency = adapted(concurrency, bad(n, n));
    expect(concurrency.limit).toBe(1);
  });

  it('grows by one a round of calls, up to the maximum, and only while all places are taken', () => {
    let concurrency: Concurrency = { limit: 4, max: 6, cutAtMs: 0 };
    expect(adapted(concurrency, good(false))).toBe(concurrency);
    for (let n = 0; n < 5; n += 1) concurrency = adapted(concurrency, good(true));
    expect(Math.floor(concurrency.limit)).toBe(5);
    for (let n = 0; n < 50; n += 1) concurrency = adapted(concurrency, good(true));
    expect(concurrency.limit).toBe(6);
  });
});
