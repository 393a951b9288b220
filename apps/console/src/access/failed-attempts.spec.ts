import { describe, expect, it } from '@jest/globals';
import { FailedAttempts } from './failed-attempts.js';

describe('wrong tokens from one address', () => {
  it('block it after 20 within a minute, until the minute is over, and nobody else', () => {
    let now = 0;
    const attempts = new FailedAttempts(() => now);
    for (let count = 1; count <= 20; count += 1) {
      expect(attempts.blockedForMs('10.0.0.1')).toBe(0);
      attempts.record('10.0.0.1');
    }
    expect(attempts.blockedForMs('10.0.0.1')).toBe(60_000);
    expect(attempts.blockedForMs('10.0.0.2')).toBe(0);
    now = 60_000;
    expect(attempts.blockedForMs('10.0.0.1')).toBe(0);
    attempts.record('10.0.0.1');
    expect(attempts.blockedForMs('10.0.0.1')).toBe(0);
  });

  it('take a bounded amount of memory, forgetting the oldest address first', () => {
    const attempts = new FailedAttempts(() => 0);
    for (let count = 0; count < 20; count += 1) attempts.record('first');
    for (let address = 0; address < 9_999; address += 1) attempts.record(`address-${address}`);
    expect(attempts.blockedForMs('first')).toBeGreaterThan(0);
    attempts.record('one more');
    expect(attempts.blockedForMs('first')).toBe(0);
  });
});
