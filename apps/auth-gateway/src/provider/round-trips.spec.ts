import { describe, expect, it } from '@jest/globals';
import { goesRound, oneMore, readTrips, writeTrips } from './round-trips.js';

describe('P01 round trips', () => {
  const at = 1_800_000_000;
  const after = (times: number[]) =>
    times.reduce<string | undefined>(
      (text, seconds) => writeTrips(oneMore(readTrips(text, seconds), seconds)),
      undefined,
    );

  it.each([
    { what: 'none', times: [], now: at, stopped: false },
    { what: 'one', times: [at], now: at + 1, stopped: false },
    { what: 'two in a moment', times: [at, at + 1], now: at + 2, stopped: true },
    { what: 'two in 30 s', times: [at, at + 29], now: at + 30, stopped: true },
    { what: 'two, and then a pause', times: [at, at + 1], now: at + 31, stopped: false },
    { what: 'two far apart', times: [at, at + 40], now: at + 41, stopped: false },
  ])('$what: stopped is $stopped', ({ times, now, stopped }) => {
    expect(goesRound(readTrips(after(times), now))).toBe(stopped);
  });

  it.each(['', 'x', '9', '9.', '9.x', '-9.1', `9.${at + 60}`, '9'.repeat(50)])('%j is no count', (text) => {
    expect(readTrips(text, at)).toBeUndefined();
  });
});
