import { beforeEach, describe, expect, it } from '@jest/globals';
import { SwitchBoard } from '../switches.js';
import { RateLimits } from './rate-limits.js';

describe('a bucket', () => {
  let nowMs: number;
  let switches: SwitchBoard;
  let limits: RateLimits;
  beforeEach(() => {
    nowMs = 0;
    switches = new SwitchBoard({ rateLimit: { fill: 2, intervalSeconds: 1, max: 3 } });
    limits = new RateLimits(switches, () => nowMs);
  });

  const take = (user = 'ada', node = 0) => limits.take(user, node)!;
  const drain = () => {
    while (take().passes);
  };

  it('is full at first, says what is left, and asks for 0 seconds while there is something', () => {
    expect(take()).toEqual({
      passes: true,
      headers: {
        'x-ratelimit-limit': '3',
        'x-ratelimit-remaining': '2',
        'x-ratelimit-interval-seconds': '1',
        'x-ratelimit-fillrate': '2',
        'retry-after': '0',
      },
    });
  });

  it('F13 refuses when it is empty and says when it is filled', () => {
    drain();
    expect(take()).toMatchObject({ passes: false, headers: { 'retry-after': '1', 'x-ratelimit-remaining': '0' } });
    nowMs = 999;
    expect(take().passes).toBe(false);
    nowMs = 1_000;
    expect([take().passes, take().passes, take().passes]).toEqual([true, true, false]);
  });

  it('never holds more than fits in', () => {
    drain();
    nowMs = 60_000;
    expect(take().headers).toMatchObject({ 'x-ratelimit-remaining': '2' });
  });

  it('is one for each user, in any case, and each node', () => {
    drain();
    expect([take('ADA').passes, take('grace').passes, take('ada', 1).passes]).toEqual([false, true, true]);
  });

  it('F13 counts who did not wait as long as was asked', () => {
    drain();
    const { refused } = limits.report();
    expect(limits.report().tooEarly).toBe(0);
    take();
    expect(limits.report()).toMatchObject({ refused: refused + 1, tooEarly: 1 });
    nowMs = 1_000;
    take();
    expect(limits.report().tooEarly).toBe(1);
  });

  it('of 0 blocks everybody for ever, and nobody who is exempt', () => {
    switches.turn({ rateLimit: { fill: 1, max: 0, exempt: ['Robot'] } });
    expect(take().headers).toMatchObject({ 'retry-after': '9223372036854775807', 'x-ratelimit-limit': '0' });
    expect(limits.take('robot', 0)).toBeUndefined();
  });

  it('is gone when the limit is', () => {
    switches.turn({ rateLimit: null });
    expect(limits.take('ada', 0)).toBeUndefined();
  });
});
