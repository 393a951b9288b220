import { describe, expect, it } from '@jest/globals';
import { paceOf } from './pace.js';

const fast = { concurrency: Number.POSITIVE_INFINITY, restMs: 0 };
const oneByOne = (restMs: number) => ({ concurrency: 1, restMs });

describe('how fast the lanes work in which nobody waits', () => {
  it.each([
    {
      running: 0,
      quietMs: Number.POSITIVE_INFINITY,
      ranMs: 5,
      bulk: fast,
      provisioning: fast,
      when: 'nobody signed in',
    },
    { running: 0, quietMs: 1_000, ranMs: 5, bulk: fast, provisioning: fast, when: 'the last login is a second ago' },
    { running: 0, quietMs: 250, ranMs: 5, bulk: oneByOne(20), provisioning: fast, when: 'it is a moment ago' },
    { running: 0, quietMs: 249, ranMs: 5, bulk: oneByOne(20), provisioning: oneByOne(5), when: 'others may follow' },
    { running: 0, quietMs: 20, ranMs: 60, bulk: oneByOne(120), provisioning: oneByOne(60), when: 'jobs are heavy' },
    { running: 0, quietMs: 19, ranMs: 5, bulk: oneByOne(150), provisioning: oneByOne(150), when: 'one just ended' },
    { running: 1, quietMs: 5_000, ranMs: 5, bulk: oneByOne(150), provisioning: oneByOne(150), when: 'one runs long' },
    { running: 1, quietMs: 0, ranMs: 100, bulk: oneByOne(200), provisioning: oneByOne(150), when: 'both are heavy' },
    {
      running: 1,
      quietMs: 0,
      ranMs: 9_000,
      bulk: oneByOne(1_000),
      provisioning: oneByOne(1_000),
      when: 'Jira is slow',
    },
  ])('when $when: bulk $bulk, provisioning $provisioning', ({ running, quietMs, ranMs, bulk, provisioning }) => {
    expect(paceOf('bulk', { running, quietMs }, ranMs)).toEqual(bulk);
    expect(paceOf('provisioning', { running, quietMs }, ranMs)).toEqual(provisioning);
  });
});
