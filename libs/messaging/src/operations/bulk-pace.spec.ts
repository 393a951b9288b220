import { describe, expect, it } from '@jest/globals';
import { nextBulkStep } from './bulk-pace.js';
import type { BulkEndings, BulkStanding, BulkStep } from './bulk-pace.js';

const standing: BulkStanding = {
  kind: 'retry',
  done: 0,
  canary: 5,
  canaryPassed: false,
  ratePerSecond: 20,
  errorThreshold: 0.2,
};
const nothing: BulkEndings = { pending: 0, applied: 0, failed: 0 };
const take = (jobs: number, canaryPassed: boolean): BulkStep => ({ kind: 'take', jobs, canaryPassed });

describe('Q12 an action on many jobs', () => {
  it.each<[string, Partial<BulkStanding>, Partial<BulkEndings>, BulkStep]>([
    ['starts with the canary only', {}, {}, take(5, false)],
    ['tops the canary up', { done: 3 }, { pending: 3 }, take(2, false)],
    ['waits for the whole canary', { done: 5 }, { pending: 1, applied: 4 }, { kind: 'wait' }],
    ['goes on when the canary is well', { done: 5 }, { applied: 5 }, take(20, true)],
    ['forgives one of five', { done: 5 }, { applied: 4, failed: 1 }, take(20, true)],
    [
      'stops when the canary dies',
      { done: 5 },
      { applied: 3, failed: 2 },
      { kind: 'pause', why: '2 of the last 5 retries failed again' },
    ],
    ['keeps its pace', { done: 400, canaryPassed: true }, { pending: 20, applied: 180 }, take(20, true)],
    [
      'stops in the middle',
      { done: 400, canaryPassed: true },
      { pending: 20, applied: 100, failed: 80 },
      { kind: 'pause', why: '80 of the last 180 retries failed again' },
    ],
    ['does not judge by four', { done: 400, canaryPassed: true }, { failed: 4 }, take(20, true)],
    ['has no canary for what runs nothing', { kind: 'discard' }, {}, take(20, true)],
  ])('%s', (_, facts, endings, step) => {
    expect(nextBulkStep({ ...standing, ...facts }, { ...nothing, ...endings })).toEqual(step);
  });
});
