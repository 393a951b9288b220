import { describe, expect, it } from '@jest/globals';
import { goesInCircles, oneMoreAnswer, roundTripsOf } from './round-trips.js';

const now = 1_800_000_000;

describe('P01 going round in circles', () => {
  it('is what a third time within half a minute is', () => {
    let cookie: string | undefined;
    for (const seconds of [0, 9, 18]) {
      const trips = roundTripsOf(cookie, now + seconds);
      expect([seconds, goesInCircles(trips)]).toEqual([seconds, seconds === 18]);
      cookie = oneMoreAnswer(trips);
    }
  });

  it('is not what comes half a minute later', () => {
    const cookie = oneMoreAnswer(roundTripsOf(oneMoreAnswer(roundTripsOf(undefined, now)), now + 5));
    expect(goesInCircles(roundTripsOf(cookie, now + 29))).toBe(true);
    expect(goesInCircles(roundTripsOf(cookie, now + 30))).toBe(false);
  });

  it.each(['', 'x', '2', '2.x', '-2.1800000000', '9999.1800000000', `2.${now + 100}`])(
    'is not what a cookie says that is none of ours: %s',
    (cookie) => {
      expect(goesInCircles(roundTripsOf(cookie, now))).toBe(false);
    },
  );
});
