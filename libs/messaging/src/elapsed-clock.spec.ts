import { expect, it } from '@jest/globals';
import { elapsedClock } from './elapsed-clock.js';

it.each([
  { what: 'both advance', to: { monotonic: 5_000, wall: 5_000 }, elapsed: 5_000 },
  { what: 'F28 the process was stopped: both advance', to: { monotonic: 60_000, wall: 60_000 }, elapsed: 60_000 },
  { what: 'the machine slept: only the wall clock advances', to: { monotonic: 10, wall: 60_000 }, elapsed: 60_000 },
  { what: 'the wall clock was set back', to: { monotonic: 5_000, wall: -3_600_000 }, elapsed: 5_000 },
  { what: 'the wall clock is slewed a little', to: { monotonic: 5_000, wall: 5_400 }, elapsed: 5_000 },
])('$what', ({ to, elapsed }) => {
  let now = { monotonic: 0, wall: 0 };
  const clock = elapsedClock(() => now);
  now = to;
  expect(clock()).toBe(elapsed);
  expect(clock()).toBe(elapsed);
});
