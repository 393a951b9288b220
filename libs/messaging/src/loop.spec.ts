import { expect, it } from '@jest/globals';
import { Loop } from './loop.js';

/** Steps that end when the test says so. */
function steps() {
  const ends: (() => void)[] = [];
  const begun: (() => void)[] = [];
  const loop = (rest: { ms: number; wakeable: boolean }) =>
    new Loop(() => {
      begun.shift()?.();
      return new Promise((resolve) => ends.push(() => resolve(rest)));
    });
  const next = () => new Promise<void>((resolve) => begun.push(resolve));
  return { loop, next, end: () => ends.shift()?.() };
}

it('does not forget a wake-up that comes during a step', async () => {
  const { loop, next, end } = steps();
  const running = loop({ ms: 60_000, wakeable: true });
  const first = next();
  running.start();
  await first;
  running.wake();
  const second = next();
  end();
  await second;
  const stopped = running.stop();
  end();
  await stopped;
});

it('is woken from a rest that may be ended', async () => {
  const { loop, next, end } = steps();
  const running = loop({ ms: 60_000, wakeable: true });
  const first = next();
  running.start();
  await first;
  end();
  await new Promise(setImmediate);
  const second = next();
  running.wake();
  await second;
  const stopped = running.stop();
  end();
  await stopped;
});

it('rests to the end after a failure, however often it is woken, but stops at once', async () => {
  const { loop, next, end } = steps();
  const running = loop({ ms: 60_000, wakeable: false });
  const first = next();
  running.start();
  await first;
  end();
  await new Promise(setImmediate);
  let again = false;
  void next().then(() => (again = true));
  running.wake();
  await new Promise(setImmediate);
  expect(again).toBe(false);
  await running.stop();
  expect(again).toBe(false);
});
