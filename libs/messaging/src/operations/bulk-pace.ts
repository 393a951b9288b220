/** Where an action on many jobs stands. */
export interface BulkStanding {
  readonly kind: 'retry' | 'discard';
  readonly done: number;
  readonly canary: number;
  readonly canaryPassed: boolean;
  readonly ratePerSecond: number;
  /** Share of retries that fail again, in (0, 1], above which it stops by itself. */
  readonly errorThreshold: number;
}

/** How the newest retries of the action ended, since it was started or resumed. */
export interface BulkEndings {
  readonly pending: number;
  readonly applied: number;
  readonly failed: number;
}

export type BulkStep =
  | { readonly kind: 'take'; readonly jobs: number; readonly canaryPassed: boolean }
  /** The canary runs; its end decides. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'pause'; readonly why: string };

/** Fewer endings say nothing about a rate. */
const judgedMin = 5;

/**
 * A few first, then the rest at a bounded pace, and no further once too many fail again: what broke five thousand jobs
 * may be there still. A discard runs nothing, so nothing of it can fail.
 */
export function nextBulkStep(standing: BulkStanding, endings: BulkEndings): BulkStep {
  const { kind, done, canary, canaryPassed, ratePerSecond, errorThreshold } = standing;
  if (kind === 'discard') return { kind: 'take', jobs: ratePerSecond, canaryPassed: true };
  const ended = endings.applied + endings.failed;
  const share = ended === 0 ? 0 : endings.failed / ended;
  const enough = canaryPassed ? ended >= judgedMin : done >= canary && endings.pending === 0;
  if (enough && share > errorThreshold)
    return { kind: 'pause', why: `${endings.failed} of the last ${ended} retries failed again` };
  if (canaryPassed || enough) return { kind: 'take', jobs: ratePerSecond, canaryPassed: true };
  if (done >= canary) return { kind: 'wait' };
  return { kind: 'take', jobs: Math.min(ratePerSecond, canary - done), canaryPassed: false };
}
