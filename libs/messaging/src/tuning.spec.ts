import { describe, expect, it } from '@jest/globals';
import { defaultTuning } from './tuning.js';

const promisedMs = 60_000;
/** A run of the sweep itself, the relay's turn and the start of the job. */
const restMs = 10_000;

describe('the default tuning', () => {
  it('F07 finds a single job that the store has lost within 60 s', () => {
    const { lostAfterMs, sweepEveryMs, pollMs } = defaultTuning;
    expect(lostAfterMs + sweepEveryMs + pollMs).toBeLessThanOrEqual(promisedMs - restMs);
  });

  it('F07 finds a store that has lost everything within 60 s', () => {
    const { upkeepEveryMs, pollMs } = defaultTuning;
    expect(upkeepEveryMs + pollMs).toBeLessThanOrEqual(promisedMs - restMs);
  });
});
