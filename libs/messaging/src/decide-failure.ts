import type { JobDefinition, Lane } from '@gatehouse/contracts';
import { codes, DeferredError, GatehouseError, OutageError, RetryableError, TerminalError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { databaseIsAway } from '@gatehouse/database';
import { describeError } from './describe-error.js';
import { retryDelay } from './retry-delay.js';

export interface Failure {
  readonly error: unknown;
  readonly job: Pick<JobDefinition, 'attempts'>;
  readonly lane: Lane;
  /** Attempts used up before this one. */
  readonly attemptsMade: number;
  /** How often a worker took the job, this time included. */
  readonly attemptsStarted: number;
  /** Whether what the job needs is away for everybody. Undefined: nobody can say. */
  readonly outage?: OutageVerdict | undefined;
  /** How often this job has waited for an outage that was its own alone. */
  readonly ownWaits: number;
  /** In [0, 1). */
  readonly random: number;
}

/** `whole`: the breaker is open and holds everybody back. `own`: everybody else is answered. */
export type OutageVerdict = 'whole' | 'own';

/** One person at whom Jira fails every time must neither stop everybody nor wait for ever. */
const ownWaitsMax = 30;

interface Later {
  readonly code: ErrorCode;
  readonly message: string;
  readonly delayMs: number;
  /** The other side asked for this wait: nothing may shorten it. */
  readonly askedFor: boolean;
  readonly detail: string;
}

export type FailureDecision =
  /** Uses no attempt. `ownWaits` is to be kept with the job. */
  | ({ readonly kind: 'wait'; readonly ownWaits: number } & Later)
  /** Uses no attempt and is no failure. */
  | ({ readonly kind: 'defer' } & Later)
  /** Uses one attempt. */
  | ({ readonly kind: 'retry' } & Later)
  | { readonly kind: 'park'; readonly code: ErrorCode; readonly message: string; readonly detail: string };

/** What happens to a job whose handler failed: the queue column of the table of error kinds. */
export function decideFailure(failure: Failure): FailureDecision {
  const { error, job, lane, attemptsMade, ownWaits, random } = failure;
  const { code, message } = publicFace(error);
  const detail = describeError(error);
  const retryAfterMs = error instanceof OutageError || error instanceof RetryableError ? error.retryAfterMs : undefined;
  const later = (failures: number) => ({
    code,
    message,
    detail,
    delayMs: retryDelay({ lane, failures, retryAfterMs, random }),
    askedFor: retryAfterMs !== undefined,
  });
  if (error instanceof DeferredError) {
    const { retryAfterMs: delayMs } = error;
    return { kind: 'defer', code, message, detail, delayMs, askedFor: false };
  }
  if (error instanceof OutageError && failure.outage === 'own') {
    if (ownWaits + 1 >= ownWaitsMax)
      return { kind: 'park', code: 'jira.fails_for_one', message: codes['jira.fails_for_one'].meaning, detail };
    return { kind: 'wait', ownWaits: ownWaits + 1, ...later(ownWaits) };
  }
  if (error instanceof OutageError || databaseIsAway(error))
    return { kind: 'wait', ownWaits, ...later(waitsBefore(failure)) };
  if (error instanceof TerminalError || attemptsMade + 1 >= job.attempts)
    return { kind: 'park', code, message, detail };
  return { kind: 'retry', ...later(attemptsMade) };
}

/** While a breaker is open it is the breaker that waits longer and longer; the job must be there when it closes. */
function waitsBefore({ outage, attemptsStarted, attemptsMade }: Failure): number {
  if (outage === 'whole') return 0;
  // Every other start that used no attempt was an outage (or a killed worker): the store needs to count nothing for us.
  return Math.max(0, attemptsStarted - attemptsMade - 1);
}

function publicFace(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof GatehouseError) return { code: error.code, message: error.message };
  const code = databaseIsAway(error) ? 'database.unreachable' : 'job.failed';
  return { code, message: codes[code].meaning };
}
