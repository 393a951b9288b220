import { describe, expect, it } from '@jest/globals';
import type { Breaker } from './breaker.js';
import type { LaneOverview } from './lane-overview.js';
import { verdictOn } from './verdict.js';

const now = new Date(Date.UTC(2026, 0, 1));

function lane(facts: Partial<LaneOverview> = {}): LaneOverview {
  return {
    queue: 'group-sync.interactive',
    service: 'group-sync',
    lane: 'interactive',
    oldestReadySeconds: 0,
    oldestWaitingSeconds: 0,
    oldestUnsentSeconds: 0,
    counts: { ready: 0, sent: 0, backoff: 0, delayed: 0, parked: 0, atLeast: false },
    throughput: [],
    netPerMinute: 0,
    etaSeconds: 0,
    paused: undefined,
    workers: 1,
    targetSeconds: 5,
    withinTarget: true,
    outageCode: undefined,
    ...facts,
  };
}

const open: Breaker = { state: 'open', code: 'jira.unavailable', openedAt: now, until: now, failures: 2 };
const paused = { by: 'token:ops', reason: 'Jira upgrade', since: now, resumeAt: null };
const none = { count: 0, oldestSeconds: 0 };
const on = (lanes: readonly LaneOverview[], breaker?: Breaker, parked = none) => verdictOn({ lanes, breaker, parked });

describe('Q01 the verdict', () => {
  it('is one sentence when everything is well', () => {
    expect(on([lane(), lane({ queue: 'group-sync.bulk' })])).toMatchObject({
      state: 'ok',
      sentence: 'All lanes are within target.',
      alerts: [],
      press: [],
    });
  });

  it.each<[string, Partial<LaneOverview>, Breaker | undefined, string, string]>([
    [
      'Jira is away',
      { oldestReadySeconds: 46 },
      open,
      'group-sync.interactive is late by 41 s because Jira answers with server errors: look at Jira; work resumes by itself.',
      'Pause',
    ],
    [
      'Jira is away and the breaker has not noticed yet',
      { oldestWaitingSeconds: 46, outageCode: 'jira.rate_limited' },
      undefined,
      'group-sync.interactive is late by 41 s because Jira limits our requests (429): exempt the service account from rate limiting; work resumes by itself.',
      'Pause',
    ],
    [
      'somebody paused it',
      { oldestReadySeconds: 46, paused },
      open,
      'group-sync.interactive is late by 41 s because token:ops paused it ("Jira upgrade"): press Resume.',
      'Resume',
    ],
    [
      'nobody works it',
      { oldestReadySeconds: 46, workers: 0 },
      undefined,
      'group-sync.interactive is late by 41 s because no worker takes its jobs: start group-sync.',
      'Workers',
    ],
    [
      'the queue store is away',
      { oldestReadySeconds: 46, oldestUnsentSeconds: 46 },
      undefined,
      'group-sync.interactive is late by 41 s because the queue store does not take its jobs: look at the store (REDIS_URL); nothing is lost, it goes on by itself.',
      'Recover',
    ],
    [
      'there is too much to do',
      { oldestReadySeconds: 46, etaSeconds: null },
      undefined,
      'group-sync.interactive is late by 41 s because more arrives than its one worker can do: start another group-sync.',
      'Workers',
    ],
  ])('names cause and button when %s', (_, facts, breaker, sentence, label) => {
    const verdict = on([lane(facts)], breaker);
    expect(verdict).toMatchObject({ state: 'red', sentence, queue: 'group-sync.interactive', lateBySeconds: 41 });
    expect(verdict.press.map((press) => press.label)).toEqual([label]);
  });

  it('speaks of the most urgent lane and counts the others', () => {
    const late = { oldestReadySeconds: 30, etaSeconds: null };
    const lanes = [lane({ ...late, queue: 'group-sync.offboarding', targetSeconds: 10 }), lane(late), lane(late)];
    expect(on(lanes).sentence).toMatch(/^group-sync\.offboarding is late by 20 s .* 2 more lanes are red\.$/);
    expect(on(lanes).alerts.map(({ severity }) => severity)).toEqual(['red', 'red', 'red']);
  });

  it('Q19 is red where no worker is, before anything is late', () => {
    expect(on([lane({ workers: 0 })])).toMatchObject({
      state: 'red',
      sentence: 'group-sync.interactive stands still because no worker takes its jobs: start group-sync.',
    });
  });

  it.each<[string, Partial<LaneOverview>, Breaker | undefined, { count: number; oldestSeconds: number }, string]>([
    ['a pause', { paused }, undefined, none, 'group-sync.interactive is paused by token:ops ("Jira upgrade").'],
    ['an open breaker', {}, open, none, 'Calls to Jira are held back (jira.unavailable).'],
    [
      'a pile',
      {},
      undefined,
      { count: 3, oldestSeconds: 9 },
      '3 jobs are parked and wait for somebody to look: press Retry or Discard.',
    ],
  ])('is not red for %s that makes nothing late', (_, facts, breaker, parked, sentence) => {
    const verdict = on([lane(facts)], breaker, parked);
    expect(verdict.state).toBe('attention');
    expect(verdict.sentence).toBe(`All lanes are within target. ${sentence}`);
  });

  it.each<[string, Partial<LaneOverview>, Breaker | undefined]>([
    ["one person's backoff", { oldestWaitingSeconds: 400 }, undefined],
    ['a backlog of a lane without a target', { oldestReadySeconds: 4_000, targetSeconds: null }, undefined],
    ['Jira, for a lane that does not need it', { service: 'claim-mapping', oldestWaitingSeconds: 40 }, open],
    ['an age within the target', { oldestReadySeconds: 5 }, undefined],
  ])('is not red for %s', (_, facts, breaker) => {
    expect(on([lane(facts)], breaker).state).not.toBe('red');
  });
});
