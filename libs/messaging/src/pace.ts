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
  /** How many jobs of the lane may run at once. */
  readonly concurrency: number;
  /** From the end of one to the start of the next. */
  readonly restMs: number;
}

interface Patience {
  /** After the last urgent job: people come in bunches. */
  readonly restsForMs: number;
  readonly shortestRestMs: number;
  /** 2: it works a third of the time. It is never starved, and never in the way. */
  readonly restPerWork: number;
}

const patience: Record<PatientLane, Patience> = {
  provisioning: { restsForMs: 1_000, shortestRestMs: 5, restPerWork: 1 },
  bulk: { restsForMs: 1_000, shortestRestMs: 20, restPerWork: 2 },
};
const longestRestMs = 1_000;

/** Somebody's job runs, or they are between two of them: nothing else is begun beside it, at first. */
const standsBackMs = 20;
const standsBackAtMostMs = 150;

/** Where people sign in now and then: whatever a lane has begun stands beside the next of them. */
const betweenPeople: Pace = { concurrency: 2, restMs: 0 };
const peopleStayMs = 60_000;

const alone: Pace = { concurrency: Number.POSITIVE_INFINITY, restMs: 0 };

export function standsBack({ running, quietMs }: Urgent): boolean {
  return running > 0 || quietMs < standsBackMs;
}

/**
 * While somebody signs in or is deactivated these lanes go one by one, with pauses, and rather between two people than
 * beside one; for a minute after the last of them a little faster, and then as fast as they can.
 */
export function paceOf(lane: PatientLane, urgent: Urgent, lastRunMs: number): Pace {
  const { restsForMs, shortestRestMs, restPerWork } = patience[lane];
  const isBeside = standsBack(urgent);
  if (!isBeside && urgent.quietMs >= restsForMs) return urgent.quietMs >= peopleStayMs ? alone : betweenPeople;
  const restMs = Math.max(shortestRestMs, isBeside ? standsBackAtMostMs : 0, lastRunMs * restPerWork);
  return { concurrency: 1, restMs: Math.min(longestRestMs, restMs) };
}
