import type { JobDefinition } from '@gatehouse/contracts';
import type { RawQueue } from './raw-queues.js';

/** A job to be enqueued: `triggerId` is its key within the lane, `payload` holds ids only. */
export interface Trigger {
  readonly triggerId: string;
  readonly job: string;
  readonly payload: unknown;
}

/** A job while a worker holds it. BullMQ's `Job` fits on every store. */
export interface ActiveJob {
  readonly name: string;
  readonly data: unknown;
  readonly deduplicationId?: string;
  /** Attempts used up so far; an outage uses none. */
  readonly attemptsMade: number;
  /** How often a worker has taken it, this time included. */
  readonly attemptsStarted: number;
  /** What was last given to `updateProgress`. */
  readonly progress: unknown;
  updateProgress(progress: JobProgress): Promise<void>;
  moveToDelayed(timestampMs: number, token?: string): Promise<void>;
}

/** Kept with a job that waits. */
export interface JobProgress {
  /** The other side asked for this wait; a fresh trigger must not shorten it. Milliseconds of the epoch. */
  readonly notBefore?: number;
  /** How often it has waited for an outage that was its own alone. */
  readonly ownWaits?: number;
}

export type LaneProcessor = (job: ActiveJob, token: string | undefined) => Promise<void>;

export interface LaneObserver {
  /** The store answered again. */
  well(): void;
  ill(error: Error): void;
  /** The store took a job back from a worker that went silent. */
  stalled(): void;
}

export interface LaneWorker {
  /** Resolves once the worker is subscribed, so that a job added afterwards starts at once. */
  start(): Promise<void>;
  /** Takes no new job for now; the active ones go on. For this process only, unlike an operator's pause. Idempotent. */
  pause(): Promise<void>;
  /** Takes jobs again, those first that are due. Idempotent. */
  resume(): Promise<void>;
  /** Takes no new job and waits for the active ones, at most `withinMs`; what is left then is redelivered elsewhere. */
  close(withinMs: number): Promise<void>;
}

/**
 * Where jobs wait between outbox and handler. It only dispatches: what it loses is enqueued again from the outbox.
 * Every adapter passes test/conformance.ts.
 */
export interface QueueStore {
  /** Tells the stores of one installation apart. */
  readonly name: 'postgres' | 'redis';
  /** Adds all of them. Returns the trigger ids that a job already there has absorbed. */
  add(queue: string, triggers: readonly Trigger[]): Promise<readonly string[]>;
  /** Lets jobs that wait out a backoff start now, unless the other side asked for the wait. Never touches an active job. */
  promote(queue: string, triggerIds: readonly string[]): Promise<void>;
  /** Those of the trigger ids for which a job is waiting, delayed or active. */
  held(queue: string, triggerIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** @param jobsAtOnce how many of its jobs this process does at once; default: as many as any lane */
  openLane(queue: string, process: LaneProcessor, observer: LaneObserver, jobsAtOnce?: number): LaneWorker;
  /** For the raw board: shares the store's connections and is closed with it. */
  rawQueue(queue: string): RawQueue;
  /** For every process. Idempotent. */
  setPaused(queue: string, paused: boolean): Promise<void>;
  /** Those of the lanes that are paused here. */
  pausedLanes(queues: readonly string[]): Promise<ReadonlySet<string>>;
  /** The mark of this store's content; undefined when it holds none, because it is new or has lost everything. */
  epoch(): Promise<string | undefined>;
  setEpoch(epoch: string): Promise<void>;
  /** Called whenever the store answers after it was away: it may have come back empty. */
  onReturn(listener: () => void): void;
  close(): Promise<void>;
}

/** Several jobs share a lane, so the job's name is part of the key. Job names hold no slash. */
export function triggerIdOf(job: Pick<JobDefinition, 'name'>, key: string): string {
  return `${job.name}/${key}`;
}

export function keyOf({ name, deduplicationId }: Pick<ActiveJob, 'name' | 'deduplicationId'>): string | undefined {
  return deduplicationId?.startsWith(`${name}/`) ? deduplicationId.slice(name.length + 1) : undefined;
}
