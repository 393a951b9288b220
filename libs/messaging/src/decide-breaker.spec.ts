import { describe, expect, it } from '@jest/globals';
import { OutageError, RetryableError } from '@gatehouse/errors';
import { concernsEverybody, decideFailedProbe, decideTrip } from './decide-breaker.js';

const closed = { state: 'closed', failures: 0, waitMs: 0 } as const;
const open = { state: 'open', failures: 3, waitMs: 2_000 } as const;
const unreachable = { code: 'jira.unreachable' } as const;
const limited = (retryAfterMs?: number) => ({ code: 'jira.rate_limited', retryAfterMs }) as const;
const refused = { code: 'jira.credentials_refused' } as const;
/** The longest wait that jitter can choose. */
const longest = 1;

describe('what opens the breaker', () => {
  it.each([
    { error: new OutageError('jira.rate_limited', 'x'), certain: true },
    { error: new OutageError('jira.credentials_refused', 'x'), certain: true },
    { error: new OutageError('jira.unavailable', 'x'), certain: false },
    { error: new OutageError('jira.unreachable', 'x'), certain: false },
    { error: new RetryableError('jira.rate_limited', 'x'), certain: false },
    { error: 'text', certain: false },
  ])('$error.name $error.code concerns everybody by itself: $certain', ({ error, certain }) => {
    expect(concernsEverybody(error)).toBe(certain);
  });
});

describe('when the next probe is due', () => {
  it.each([
    { what: 'soon after an outage began', fault: unreachable, waitMs: 1_000 },
    { what: 'F13 when Jira asked for it', fault: limited(7_000), waitMs: 7_000 },
    { what: 'F13 soon, when a limit named no time', fault: limited(), waitMs: 1_000 },
    { what: 'F13 after five minutes, when Jira asked for an eternity', fault: limited(9e15), waitMs: 300_000 },
    { what: 'F18 a minute after credentials were refused', fault: refused, waitMs: 60_000 },
  ])('$what', ({ fault, waitMs }) => {
    expect(decideTrip(closed, fault, longest)).toEqual({ kind: 'open', failures: 0, waitMs });
  });

  it('F14 doubles up to half a minute, with jitter', () => {
    const waits = [0, 1, 2, 3, 4, 40].map((failures) => {
      const at = (random: number) => decideFailedProbe({ ...open, failures }, unreachable, random);
      return [at(0), at(longest)].map((decision) => 'waitMs' in decision && decision.waitMs);
    });
    expect(waits).toEqual([
      [1_000, 2_000],
      [2_000, 4_000],
      [4_000, 8_000],
      [8_000, 16_000],
      [15_000, 30_000],
      [15_000, 30_000],
    ]);
  });

  it('F18 stays a minute, however often it is asked', () => {
    expect(decideFailedProbe(open, refused, 0)).toEqual({ kind: 'reopen', failures: 4, waitMs: 60_000 });
  });

  it('does not count the calls that were under way when it opened', () => {
    expect(decideTrip(open, unreachable, longest)).toEqual({ kind: 'keep' });
    expect(decideTrip({ ...open, state: 'probing' }, limited(1_000), longest)).toEqual({ kind: 'keep' });
  });

  it('F13 is put off when one of them is told to wait longer', () => {
    expect(decideTrip(open, limited(9_000), longest)).toEqual({ kind: 'extend', waitMs: 9_000 });
  });
});
