import { jest } from '@jest/globals';

const everythingButTheDate = [
  ...(['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'setImmediate', 'clearImmediate'] as const),
  ...(['nextTick', 'queueMicrotask', 'hrtime', 'performance'] as const),
];

/** From now on it is this much later, for us and the stand-ins alike; time goes on, and timers are the real ones. */
export function shiftClock(byMs: number): void {
  jest.useFakeTimers({ now: Date.now() + byMs, advanceTimers: true, doNotFake: [...everythingButTheDate] });
}

export function restoreClock(): void {
  jest.useRealTimers();
}
