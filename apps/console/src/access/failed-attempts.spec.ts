import { describe, expect, it } from '@jest/globals';
import { FailedAttempts } from './failed-attempts.js';

function attempt(attempts: FailedAttempts, address: string, times: number): readonly number[] {
  return Array.from({ length: times }, () => attempts.begin(address));
}

describe('attempts with wrong tokens', () => {
  it('are limited to 20 a minute for one address, and for nobody else', () => {
    let now = 0;
    const attempts = new FailedAttempts(() => now);

    expect(attempt(attempts, '10.0.0.1', 20)).toEqual(Array(20).fill(0));
    expect(attempts.begin('10.0.0.1')).toBe(60_000);
    expect(attempts.begin('10.0.0.2')).toBe(0);
    now = 60_000;
    expect(attempts.begin('10.0.0.1')).toBe(0);
  });

  it('are limited to 200 a minute in all, however many addresses they come from', () => {
    const attempts = new FailedAttempts(() => 0);
    for (let address = 0; address < 200; address += 1) expect(attempts.begin(`address-${address}`)).toBe(0);

    expect(attempts.begin('one more')).toBe(60_000);
  });

  it('do not count when the token was right', () => {
    const attempts = new FailedAttempts(() => 0);
    for (let time = 0; time < 500; time += 1) {
      expect(attempts.begin('10.0.0.1')).toBe(0);
      attempts.takeBack('10.0.0.1');
    }
  });

  it('take a bounded amount of memory, forgetting the oldest address first', () => {
    let now = 0;
    const attempts = new FailedAttempts(() => now);
    attempt(attempts, 'first', 20);
    now = 1;
    for (let address = 0; address < 10_000; address += 1) attempts.begin(`address-${address}`);

    const { windows } = attempts as unknown as { windows: Map<string, unknown> };
    expect(windows.size).toBe(10_000);
    expect(windows.has('first')).toBe(false);
  });
});
