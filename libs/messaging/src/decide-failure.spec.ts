import { describe, expect, it } from '@jest/globals';
import { DeferredError, OutageError, RetryableError, TerminalError } from '@gatehouse/errors';
import { decideFailure } from './decide-failure.js';
import type { Failure } from './decide-failure.js';

const decide = (error: unknown, rest: Partial<Failure> = {}) =>
  decideFailure({
    error,
    job: { attempts: 3 },
    lane: 'interactive',
    attemptsMade: 0,
    attemptsStarted: 1,
    ownWaits: 0,
    random: 0.999_999,
    ...rest,
  });

describe('what happens to a job whose handler failed', () => {
  it.each([
    { error: new OutageError('jira.unreachable', 'x'), kind: 'wait', code: 'jira.unreachable' },
    { error: new RetryableError('jira.conflict', 'x'), kind: 'retry', code: 'jira.conflict' },
    { error: new TerminalError('jira.directory_read_only', 'x'), kind: 'park', code: 'jira.directory_read_only' },
    { error: new Error('a bug'), kind: 'retry', code: 'job.failed' },
    { error: 'thrown text', kind: 'retry', code: 'job.failed' },
    { error: Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), kind: 'wait', code: 'database.unreachable' },
  ] as const)('$code: $kind', ({ error, kind, code }) => {
    expect(decide(error)).toMatchObject({ kind, code });
  });

  it.each([
    { error: new OutageError('jira.unreachable', 'x'), kind: 'wait' },
    { error: new RetryableError('jira.conflict', 'x'), kind: 'park' },
    { error: new Error('a bug'), kind: 'park' },
  ])('parks only for its own faults when the attempts have run out: $error.name', ({ error, kind }) => {
    expect(decide(error, { attemptsMade: 2, attemptsStarted: 3 }).kind).toBe(kind);
    expect(decide(error, { attemptsMade: 1, attemptsStarted: 2 }).kind).not.toBe('park');
  });

  it('waits longer for each outage in a row, counted by the starts that used no attempt', () => {
    const outage = new OutageError('jira.unreachable', 'x');
    const delays = [1, 2, 3, 9].map((attemptsStarted) => decide(outage, { attemptsStarted }));
    expect(delays.map((decision) => 'delayMs' in decision && decision.delayMs)).toEqual([500, 1_000, 2_000, 5_000]);
  });

  it('waits the shortest time while the breaker is open: that one waits longer and longer', () => {
    const outage = new OutageError('jira.unreachable', 'x');
    expect(decide(outage, { attemptsStarted: 9, outage: 'whole', ownWaits: 3 })).toMatchObject({
      kind: 'wait',
      delayMs: 500,
      ownWaits: 3,
    });
  });

  it('F14 counts the outages that are one job alone, waits longer for each, and parks it after 30', () => {
    const outage = new OutageError('jira.unavailable', 'x');
    const own = (ownWaits: number) => decide(outage, { outage: 'own', ownWaits, attemptsStarted: 50 });
    expect([0, 1, 2, 28].map((ownWaits) => own(ownWaits))).toMatchObject([
      { kind: 'wait', ownWaits: 1, delayMs: 500 },
      { kind: 'wait', ownWaits: 2, delayMs: 1_000 },
      { kind: 'wait', ownWaits: 3, delayMs: 2_000 },
      { kind: 'wait', ownWaits: 29, delayMs: 5_000 },
    ]);
    expect(own(29)).toMatchObject({ kind: 'park', code: 'jira.fails_for_one' });
  });

  it('F19 comes back in a moment, using no attempt, from another worker at the same account', () => {
    const held = new DeferredError('lease.held', 'x', { retryAfterMs: 250 });
    expect(decide(held, { attemptsMade: 2, attemptsStarted: 90 })).toMatchObject({ kind: 'defer', delayMs: 250 });
  });

  it('marks a wait that the other side asked for', () => {
    const error = new OutageError('jira.rate_limited', 'x', { retryAfterMs: 2_000 });
    expect(decide(error, { random: 0 })).toMatchObject({ kind: 'wait', delayMs: 2_000, askedFor: true });
    expect(decide(new RetryableError('jira.conflict', 'x'))).toMatchObject({ askedFor: false });
  });

  it('shows a caller our own words only, and the operator the stack', () => {
    const decision = decide(new Error('select * from people where email = ada@example.test'));
    expect(decision.message).toBe('A job failed for an unknown cause until its attempts ran out.');
    expect(decision.detail).toMatch(/decide-failure\.spec/);
  });
});
