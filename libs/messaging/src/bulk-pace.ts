/** What the urgent lanes of this process have been doing. */
export interface Urgent {
  /** Jobs that run now. */
  readonly running: number;
  /** Since the last one ended; Infinity when there was none. */
  readonly quietMs: number;
}

export interface Pace {
  /** How many bulk jobs may run at once. */
  readonly concurrency: number;
  /** From the end of one to the start of the next. */
  readonly restMs: number;
}

const quietAfterMs = 1_000;
const shortestRestMs = 20;
/** Beside logins the bulk lane works a third of the time: it is never starved, and never in the way. */
const restPerWork = 2;

/** Bulk yields: while people sign in or are deactivated it goes one by one, with pauses; otherwise as fast as it can. */
export function bulkPace({ running, quietMs }: Urgent, lastRunMs: number): Pace {
  if (running === 0 && quietMs >= quietAfterMs) return { concurrency: Number.POSITIVE_INFINITY, restMs: 0 };
  return { concurrency: 1, restMs: Math.min(quietAfterMs, Math.max(shortestRestMs, lastRunMs * restPerWork)) };
}
