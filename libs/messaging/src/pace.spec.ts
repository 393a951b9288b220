import { describe, expect, it } from '@jest/globals';
import { paceOf } from './pace.js';

const never = Number.POSITIVE_INFINITY;
const fast = { concurrency: never, restMs: 0 };
const twoAtOnce = { concurrency: 2, restMs: 0 };
const oneByOne = (restMs: number) => ({ concurrency: 1, restMs });

describe('how fast the lanes work in which nobody waits', () => {
  it.each([
    { running: 0, quietMs: never, ranMs: 5, bulk: fast, provisioning: fast, when: 'nobody signed in' },
    { running: 0, quietMs: 60_000, ranMs: 5, bulk: fast, provisioning: fast, when: 'the last login is a minute ago' },
    { running: 0, quietMs: 59_999, ranMs: 5, bulk: twoAtOnce, provisioning: twoAtOnce, when: 'others may come' },
    { running: 0, quietMs: 1_000, ranMs: 90, bulk: twoAtOnce, provisioning: twoAtOnce, when: 'it is a second ago' },
    { running: 0, quietMs: 999, ranMs: 2, bulk: oneByOne(20), provisioning: oneByOne(5), when: 'others may follow' },
    { running: 0, quietMs: 20, ranMs: 60, bulk: oneByOne(120), provisioning: oneByOne(60), when: 'jobs are heavy' },
    { running: 0, quietMs: 20, ranMs: 9_000, bulk: oneByOne(300), provisioning: oneByOne(150), when: 'Jira is slow' },
    { running: 0, quietMs: 19, ranMs: 5, bulk: oneByOne(150), provisioning: oneByOne(150), when: 'one just ended' },
    { running: 0, quietMs: -60, ranMs: 5, bulk: oneByOne(150), provisioning: oneByOne(150), when: 'one is expected' },
    { running: 1, quietMs: 5_000, ranMs: 5, bulk: oneByOne(150), provisioning: oneByOne(150), when: 'one runs long' },
    { running: 1, quietMs: 0, ranMs: 100, bulk: oneByOne(200), provisioning: oneByOne(150), when: 'both are heavy' },
  ])('when $when: bulk $bulk, provisioning $provisioning', ({ running, quietMs, ranMs, bulk, provisioning }) => {
    expect(paceOf('bulk', { running, quietMs }, ranMs)).toEqual(bulk);
    expect(paceOf('provisioning', { running, quietMs }, ranMs)).toEqual(provisioning);
  });
});
