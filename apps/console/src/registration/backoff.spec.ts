import { describe, expect, it } from '@jest/globals';
import { retryDelayMs } from './backoff.js';

describe('the wait before the next attempt', () => {
  it('doubles up to a minute and no further', () => {
    expect([1, 2, 3, 6, 7, 1_000].map((failures) => retryDelayMs(failures))).toEqual([
      1_000, 2_000, 4_000, 32_000, 60_000, 60_000,
    ]);
  });

  it('is what Jira asks for, if that is longer', () => {
    expect(retryDelayMs(1, 90_000)).toBe(90_000);
    expect(retryDelayMs(3, 1)).toBe(4_000);
  });
});
