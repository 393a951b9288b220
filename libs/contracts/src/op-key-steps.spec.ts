import { describe, expect, it } from '@jest/globals';
import { opKeySteps } from './op-key-steps.js';

const now = new Date('2026-03-04T12:00:00Z');
const key = (kid: string, createdHoursAgo: number, retiresInMinutes: number | null) => ({
  kid,
  createdAt: new Date(now.getTime() - createdHoursAgo * 3_600_000),
  retiredAt: retiresInMinutes === null ? null : new Date(now.getTime() + retiresInMinutes * 60_000),
});
const told = (...keys: ReturnType<typeof key>[]) =>
  opKeySteps(keys, now).map(({ kid, state, signsFrom, signsUntil, publishedUntil }) =>
    [kid, state, ...[signsFrom, signsUntil, publishedUntil].map((at) => at?.slice(5, 16) ?? '-')].join(' '),
  );

describe('O75 the steps of keys', () => {
  it('one that nobody ordered anew signs, and nothing is set for it', () => {
    expect(told(key('a', 5, null))).toEqual(['a signing - - -']);
  });

  it('the former signs until the new one has been published for long enough', () => {
    expect(told(key('b', 0, null), key('a', 5, 15))).toEqual([
      'a signing - 03-04T12:15 03-05T12:15',
      'b next 03-04T12:15 - -',
    ]);
  });

  it('of two orders in a row each new key waits for the one before', () => {
    expect(told(key('c', 0, null), key('a', 5, 5), key('b', 0.2, 15))).toEqual([
      'a signing - 03-04T12:05 03-05T12:05',
      'b next 03-04T12:05 03-04T12:15 03-05T12:15',
      'c next 03-04T12:15 - -',
    ]);
  });

  it('what has signed stays published for a day, and is gone then', () => {
    expect(told(key('b', 30, null), key('a', 99, -23 * 60), key('z', 99, -25 * 60))).toEqual([
      'b signing - - -',
      'a retiring - 03-03T13:00 03-04T13:00',
    ]);
  });
});
