import { describe, expect, it } from '@jest/globals';
import { ChangeLimit } from './change-limit.js';

describe('how often an operator may change something', () => {
  it('is bounded for each actor, and free again after a minute', () => {
    let now = 0;
    const limit = new ChangeLimit(() => now);
    const waits = Array.from({ length: 121 }, () => limit.takeOne('token:ada'));
    expect(waits.slice(0, 120).every((wait) => wait === 0)).toBe(true);
    expect(waits[120]).toBe(60_000);
    expect(limit.takeOne('token:grace')).toBe(0);
    now = 60_000;
    expect(limit.takeOne('token:ada')).toBe(0);
  });
});
