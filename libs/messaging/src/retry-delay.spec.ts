import { describe, expect, it } from '@jest/globals';
import { retryDelay } from './retry-delay.js';

const almostOne = 0.999_999;

describe('the delay before the next try', () => {
  it.each([
    { lane: 'interactive', failures: 0, longest: 500 },
    { lane: 'interactive', failures: 1, longest: 1_000 },
    { lane: 'interactive', failures: 3, longest: 4_000 },
    { lane: 'interactive', failures: 4, longest: 5_000 },
    { lane: 'offboarding', failures: 1_000_000, longest: 5_000 },
    { lane: 'provisioning', failures: 5, longest: 16_000 },
    { lane: 'bulk', failures: 50, longest: 30_000 },
  ] as const)('grows to at most $longest ms after $failures failures on $lane', ({ lane, failures, longest }) => {
    expect(retryDelay({ lane, failures, random: almostOne })).toBe(longest);
  });

  it('has full jitter, but is never a hot loop', () => {
    expect(retryDelay({ lane: 'bulk', failures: 6, random: 0.5 })).toBe(15_000);
    expect(retryDelay({ lane: 'bulk', failures: 6, random: 0 })).toBe(50);
  });

  it.each([
    { retryAfterMs: 0, random: 0, delay: 0 },
    { retryAfterMs: 7_000, random: 0, delay: 7_000 },
    { retryAfterMs: 7_000, random: 0.5, delay: 7_250 },
    { retryAfterMs: 7_000.4, random: 0, delay: 7_001 },
    { retryAfterMs: 3_600_000, random: 0, delay: 300_000 },
  ])('F13 is never shorter than the $retryAfterMs ms asked for, up to 5 minutes', ({ retryAfterMs, random, delay }) => {
    expect(retryDelay({ lane: 'interactive', failures: 9, retryAfterMs, random })).toBe(delay);
  });

  it.each([Number.NaN, -1])('takes %s for no answer at all', (retryAfterMs) => {
    expect(retryDelay({ lane: 'interactive', failures: 0, retryAfterMs, random: almostOne })).toBe(500);
  });
});
