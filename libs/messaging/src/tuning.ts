import type { RelayTuning } from './relay.js';
import type { SweepTuning } from './sweep.js';
import type { UpkeepTuning } from './upkeep.js';

export type Tuning = RelayTuning & SweepTuning & UpkeepTuning;

/** A store that has lost everything is found within 5 s, a single lost job within 45. */
export const defaultTuning: Tuning = {
  window: 1_000,
  pollMs: 1_000,
  upkeepEveryMs: 5_000,
  sweepEveryMs: 15_000,
  lostAfterMs: 30_000,
  keepSettledDays: 7,
};
