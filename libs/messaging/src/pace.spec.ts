import { describe, expect, it } from '@jest/globals';
import { paceOf } from './pace.js';

const fast = { concurrency: Number.POSITIVE_INFINITY, restMs: 0 };
const twoByTwo = { concurrency: 2, restMs: 0 };
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
    { running: 0, quietMs: 60_000, ranMs: 5, bulk: fast, provisioning: fast, when: 'the last login is a minute ago' },
    { running: 0, quietMs: 59_999, ranMs: 5, bulk: twoByTwo, provisioning: twoByTwo, when: 'others may come' },
    { running: 0, quietMs: 1_000, ranMs: 90, bulk: twoByTwo, provisioning: twoByTwo, when: 'it is a second ago' },
    { running: 0, quietMs: 999, ranMs: 5, bulk: oneByOne(20), provisioning: twoByTwo, when: 'others may follow' },
    { running: 0, quietMs: 20, ranMs: 60, bulk: oneByOne(120), provisioning: twoByTwo, when: 'jobs are heavy' },
    { running: 0, quietMs: 19, ranMs: 5, bulk: oneByOne(150), provisioning: oneByOne(150), when: 'one just ended' },
    { running: 0, quietMs: -80, ranMs: 5, bulk: oneByOne(150), provisioning: oneByOne(150), when: 'one is expected' },
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
