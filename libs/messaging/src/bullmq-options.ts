import { randomUUID } from 'node:crypto';
import { RetryLater } from './retry-later.js';
import type { Trigger } from './queue-store.js';

/** How long a worker may be silent before its jobs are given to another: a lock of 5 s, and up to two checks. */
const lockDurationMs = 5_000;
const stalledIntervalMs = 2_500;
const failedJobsKeptSeconds = 7 * 86_400;

/** BullMQ stores these as 32-bit integers. */
const outOfReach = 2_147_483_647;

/** The same on every store. */
export function jobOptions({ triggerId }: Trigger) {
  return {
    // Fresh, because a finished job that is still kept would swallow a second job of its id.
    jobId: randomUUID(),
    deduplication: { id: triggerId, keepLastIfActive: true },
    // Attempts are counted by us: a job may only end as failed after it was parked.
    attempts: outOfReach,
    backoff: { type: 'decided-with-the-failure' },
    // Every other rule makes PostgreSQL read all kept jobs of the lane at each completion. What was done is told by our
    // own history, which survives the store.
    removeOnComplete: true,
    // Stacks belong into parked_job, not into the queue store.
    stackTraceLimit: 0,
  };
}

/** For a bulk lane whose jobs wait for somebody outside most of their time; how often they ask there is bounded there. */
export const waitingJobsAtOnce = 20;

/** The same on every store. */
export const workerOptions = {
  autorun: false,
  concurrency: 10,
  lockDuration: lockDurationMs,
  stalledInterval: stalledIntervalMs,
  // The default fails a job for good when its second worker is killed; the outbox decides what is lost.
  maxStalledCount: outOfReach,
  // For jobs that another version of us has added, which say nothing themselves.
  removeOnComplete: { count: 0 },
  removeOnFail: { age: failedJobsKeptSeconds },
  // The default of 15 s would add that much to every restart of the store.
  runRetryDelay: 1_000,
  settings: {
    backoffStrategy: (_attempt: number, _type?: string, error?: Error) =>
      error instanceof RetryLater ? error.delayMs : lockDurationMs,
  },
} as const;
