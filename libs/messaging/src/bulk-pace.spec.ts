import { describe, expect, it } from '@jest/globals';
import { bulkPace } from './bulk-pace.js';

const fast = { concurrency: Number.POSITIVE_INFINITY, restMs: 0 };

describe('how fast the bulk lane works', () => {
  it.each([
    { urgent: { running: 0, quietMs: Number.POSITIVE_INFINITY }, ranMs: 5, pace: fast, when: 'nobody ever signed in' },
    { urgent: { running: 0, quietMs: 1_000 }, ranMs: 5, pace: fast, when: 'the last login is a second ago' },
    { urgent: { running: 0, quietMs: 999 }, ranMs: 5, pace: { concurrency: 1, restMs: 20 }, when: 'one just ended' },
    { urgent: { running: 1, quietMs: 5_000 }, ranMs: 5, pace: { concurrency: 1, restMs: 20 }, when: 'one runs long' },
    { urgent: { running: 1, quietMs: 0 }, ranMs: 60, pace: { concurrency: 1, restMs: 120 }, when: 'jobs are heavy' },
    { urgent: { running: 1, quietMs: 0 }, ranMs: 9_000, pace: { concurrency: 1, restMs: 1_000 }, when: 'Jira is slow' },
  ])('when $when: $pace', ({ urgent, ranMs, pace }) => {
    expect(bulkPace(urgent, ranMs)).toEqual(pace);
  });
});
