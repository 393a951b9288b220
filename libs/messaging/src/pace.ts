/** The lanes in which nobody waits for the answer. What an identity provider pushes is worth more than a sweep. */
export type PatientLane = 'provisioning' | 'bulk';

/** What the urgent lanes of this process have been doing, or are about to. */
export interface Urgent {
  /** Jobs that run now. */
  readonly running: number;
  /** Since the last one ended; negative while one is expected, Infinity when there was none. */
  readonly quietMs: number;
}

export interface Pace {
  /** How many young jobs of the lane may run at once. */
  readonly concurrency: number;
  /** From the end of one to the start of the next. */
  readonly restMs: number;
}

interface Patience {
  readonly shortestRestMs: number;
  /** 2: it works a third of the time. It is never starved, and never in the way. */
  readonly restPerWork: number;
  readonly longestRestMs: number;
}

const patience: Record<PatientLane, Patience> = {
  provisioning: { shortestRestMs: 5, restPerWork: 1, longestRestMs: 150 },
  bulk: { shortestRestMs: 20, restPerWork: 2, longestRestMs: 300 },
};

/** Somebody's job runs, or they are between two of them: nothing else is begun beside it, at first. */
const standsBackMs = 20;
const standsBackAtMostMs = 150;

/** People come in bunches. */
const bunchMs = 1_000;

/** Where people sign in now and then: whatever a lane has begun stands beside the next of them. */
const betweenPeople: Pace = { concurrency: 2, restMs: 0 };
const peopleStayMs = 60_000;

const alone: Pace = { concurrency: Number.POSITIVE_INFINITY, restMs: 0 };

/** A job that has run for longer waits for somebody outside. Counted, a few of them would hold up all others. */
export const youngMs = 500;

export function standsBack({ running, quietMs }: Urgent): boolean {
  return running > 0 || quietMs < standsBackMs;
}

/**
 * While somebody signs in or is deactivated, and for a second after it, these lanes go one by one with pauses, and rather
 * between two people than beside one; for a minute a little faster; then as fast as they can.
 * @param lastRunMs how long the one took that ended last
 */
export function paceOf(lane: PatientLane, urgent: Urgent, lastRunMs: number): Pace {
  const { shortestRestMs, restPerWork, longestRestMs } = patience[lane];
  const isBeside = standsBack(urgent);
  if (!isBeside && urgent.quietMs >= bunchMs) return urgent.quietMs >= peopleStayMs ? alone : betweenPeople;
  const restMs = Math.max(shortestRestMs, isBeside ? standsBackAtMostMs : 0, lastRunMs * restPerWork);
  return { concurrency: 1, restMs: Math.min(longestRestMs, restMs) };
}
