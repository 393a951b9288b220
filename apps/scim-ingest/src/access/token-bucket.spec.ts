import { describe, expect, it } from '@jest/globals';
import { TokenBuckets } from './token-bucket.js';

describe('C86 C87 the requests of one provider', () => {
  it('are taken up to the burst, then at the rate, and say when the next one will be', () => {
    let now = 0;
    const buckets = new TokenBuckets(() => now);
    const take = (provider = 'a') => buckets.take(provider, { perSecond: 10, burst: 3 });
    expect([take(), take(), take()]).toEqual([0, 0, 0]);
    expect(take()).toBe(100);
    now += 40;
    expect(take()).toBe(60);
    expect(take('b')).toBe(0);
    now += 60;
    expect(take()).toBe(0);
    expect(take()).toBe(100);
    now += 60_000;
    expect([take(), take(), take()]).toEqual([0, 0, 0]);
    expect(take()).toBe(100);
  });
});
