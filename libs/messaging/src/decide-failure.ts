import type { JobDefinition, Lane } from '@gatehouse/contracts';
import { codes, GatehouseError, OutageError, RetryableError, TerminalError } from '@gatehouse/errors';
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
  /** In [0, 1). */
  readonly random: number;
}

interface Later {
  readonly code: ErrorCode;
  readonly message: string;
  readonly delayMs: number;
  /** The other side asked for this wait: nothing may shorten it. */
  readonly askedFor: boolean;
  readonly detail: string;
}

export type FailureDecision =
  /** Uses no attempt. */
  | ({ readonly kind: 'wait' } & Later)
  /** Uses one attempt. */
  | ({ readonly kind: 'retry' } & Later)
  | { readonly kind: 'park'; readonly code: ErrorCode; readonly message: string; readonly detail: string };

/** What happens to a job whose handler failed: the queue column of the table of error kinds. */
export function decideFailure({ error, job, lane, attemptsMade, attemptsStarted, random }: Failure): FailureDecision {
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
  // Every start that used no attempt was an outage (or a killed worker), so the store needs to count nothing for us.
  if (error instanceof OutageError || databaseIsAway(error))
    return { kind: 'wait', ...later(Math.max(0, attemptsStarted - attemptsMade - 1)) };
  if (error instanceof TerminalError || attemptsMade + 1 >= job.attempts)
    return { kind: 'park', code, message, detail };
  return { kind: 'retry', ...later(attemptsMade) };
}

function publicFace(error: unknown): { code: ErrorCode; message: string } {
  if (error instanceof GatehouseError) return { code: error.code, message: error.message };
  const code = databaseIsAway(error) ? 'database.unreachable' : 'job.failed';
  return { code, message: codes[code].meaning };
}
