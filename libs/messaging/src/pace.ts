/** The lanes in which nobody waits for the answer. What an identity provider pushes is worth more than a sweep. */
export type PatientLane = 'provisioning' | 'bulk';

/** What the urgent lanes of this process have been doing, or are about to. */
export interface Urgent {
  /** Jobs that run now. */
  readonly running: number;
  /** Since the last one ended, or was told of; Infinity when there was none. */
  readonly quietMs: number;
}

export interface Pace {
  /** How many jobs of the lane may run at once. */
  readonly concurrency: number;
  /** From the end of one to the start of the next. */
  readonly restMs: number;
}

interface Patience {
  /** After the last urgent job: people come in bunches. */
  readonly quietAfterMs: number;
  readonly shortestRestMs: number;
  /** 2: it works a third of the time. It is never starved, and never in the way. */
  readonly restPerWork: number;
}

const patience: Record<PatientLane, Patience> = {
  provisioning: { quietAfterMs: 250, shortestRestMs: 5, restPerWork: 1 },
  bulk: { quietAfterMs: 1_000, shortestRestMs: 20, restPerWork: 2 },
};
const longestRestMs = 1_000;

/** Somebody's job runs, or they are between two of them: nothing else is begun beside it, at first. */
const standsBackMs = 20;
const standsBackAtMostMs = 150;

/**
 * While people sign in or are deactivated these lanes go one by one, with pauses, and rather between two people than beside
 * one; otherwise as fast as they can.
 */
export function paceOf(lane: PatientLane, { running, quietMs }: Urgent, lastRunMs: number): Pace {
  const { quietAfterMs, shortestRestMs, restPerWork } = patience[lane];
  if (running === 0 && quietMs >= quietAfterMs) return { concurrency: Number.POSITIVE_INFINITY, restMs: 0 };
  const standsBack = running > 0 || quietMs < standsBackMs ? standsBackAtMostMs : 0;
  const restMs = Math.max(shortestRestMs, standsBack, lastRunMs * restPerWork);
  return { concurrency: 1, restMs: Math.min(longestRestMs, restMs) };
}
