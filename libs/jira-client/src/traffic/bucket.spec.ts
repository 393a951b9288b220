import { describe, expect, it } from '@jest/globals';
import { empty, learn, nextSendAtMs, reportIn } from './bucket.js';
import type { Bucket } from './bucket.js';

const headers = (fields: Record<string, string>) => new Headers(fields);
const told = {
  'x-ratelimit-limit': '70',
  'x-ratelimit-remaining': '12',
  'x-ratelimit-interval-seconds': '1',
  'x-ratelimit-fillrate': '5',
};
const rate = { limit: 70, fill: 5, intervalMs: 1_000 };
const known = (changes: Partial<Bucket> = {}): Bucket => ({
  ...rate,
  remaining: 70,
  sentAtMs: 0,
  reportedAtMs: 10,
  countedUntilMs: 10,
  filled: undefined,
  ...changes,
});

describe('reportIn', () => {
  it('reads what Jira says of the bucket', () => {
    expect(reportIn(headers(told))).toEqual({ ...rate, remaining: 12 });
  });

  it.each([
    ['nothing is said', {}],
    ['everybody is blocked', { ...told, 'x-ratelimit-limit': '0' }],
    ['it is no number', { ...told, 'x-ratelimit-fillrate': 'many' }],
    ['it is negative', { ...told, 'x-ratelimit-remaining': '-1' }],
  ])('reads nothing when %s', (_what, fields) => {
    expect(reportIn(headers(fields))).toBeUndefined();
  });
});

describe('learn', () => {
  const report = (remaining: number) => ({ ...rate, remaining });

  it('takes what was said last, by the time the call was sent', () => {
    const after = learn(known({ remaining: 9, sentAtMs: 50 }), report(8), { sentAtMs: 60, nowMs: 80 });
    expect(after).toMatchObject({ remaining: 8, reportedAtMs: 80 });
    expect(learn(after, report(12), { sentAtMs: 40, nowMs: 90 }).remaining).toBe(8);
    expect(learn(after, report(5), { sentAtMs: 40, nowMs: 90 }).remaining).toBe(5);
  });

  it('notes when tokens came, as exactly as it was ever seen', () => {
    const once = learn(known({ remaining: 3, sentAtMs: 200 }), report(7), { sentAtMs: 400, nowMs: 450 });
    expect(once.filled).toEqual({ afterMs: 200, byMs: 450 });
    const vague = learn({ ...once, remaining: 2 }, report(6), { sentAtMs: 1_600, nowMs: 1_700 });
    expect(vague.filled).toEqual(once.filled);
    const exact = learn({ ...vague, remaining: 2, sentAtMs: 2_300 }, report(6), { sentAtMs: 2_320, nowMs: 2_340 });
    expect(exact.filled).toEqual({ afterMs: 2_300, byMs: 2_340 });
  });

  it('begins anew when the administrator sets another limit', () => {
    const other = { limit: 10, fill: 10, intervalMs: 1_000, remaining: 9 };
    expect(learn(known({ filled: { afterMs: 1, byMs: 4 } }), other, { sentAtMs: 5, nowMs: 6 })).toMatchObject({
      filled: undefined,
    });
  });

  it('forgets when tokens come once that proved wrong', () => {
    expect(empty(known({ filled: { afterMs: 1, byMs: 4 } }), { sentAtMs: 5, nowMs: 6 })).toMatchObject({
      remaining: 0,
      filled: undefined,
    });
  });
});

describe('F13 nextSendAtMs', () => {
  const next = (level: number, nowMs = 500) => nextSendAtMs(known({ remaining: level }), 0, 400, nowMs);

  it.each([
    ['a full bucket: at once', 70, 500],
    ['just above the reserve: at once', 6, 500],
    ['the reserve: at the rate of the filling', 5, 600],
    ['half of it: half as fast', 2.5, 800],
    ['empty: when tokens come', 0, 1_010],
  ])('%s', (_what, level, atMs) => {
    expect(next(level)).toBe(atMs);
  });

  it('calls on their way count twice, and an empty bucket waits for them', () => {
    expect(nextSendAtMs(known({ remaining: 9 }), 2, 400, 500)).toBe(600);
    expect(nextSendAtMs(known({ remaining: 4 }), 2, 400, 500)).toBe(Number.POSITIVE_INFINITY);
  });

  it('an empty bucket long ago: now', () => {
    expect(nextSendAtMs(known({ remaining: 0 }), 0, 0, 60_000)).toBe(60_000);
  });

  it('an empty bucket whose filling was seen: the next one that the report cannot have counted', () => {
    const bucket = (countedUntilMs: number) =>
      known({ remaining: 0, reportedAtMs: countedUntilMs, countedUntilMs, filled: { afterMs: 200, byMs: 300 } });
    expect(nextSendAtMs(bucket(450), 0, 450, 500)).toBe(1_300);
    expect(nextSendAtMs(bucket(1_150), 0, 450, 1_160)).toBe(1_300);
    expect(nextSendAtMs(bucket(1_250), 0, 450, 1_260)).toBe(2_300);
  });

  it('an answer that shows none yet tells that they come later, and so exactly when', () => {
    const wide = known({ remaining: 2, filled: { afterMs: 200, byMs: 800 } });
    const told = learn(wide, { ...rate, remaining: 0 }, { sentAtMs: 1_500, nowMs: 1_520 });
    expect(told.filled).toEqual({ afterMs: 500, byMs: 800 });
    expect(nextSendAtMs(told, 0, 1_500, 1_600)).toBe(1_800);
  });
});
