import type { TraceId } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { metrics } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import { describeError } from '../describe-error.js';
import { Attempts } from './attempts.js';
import type { FailedAttempt } from './attempts.js';
import { countRecovery } from './recovery.js';
import type { ActiveWork } from './workers.js';

export interface WatchedRun {
  readonly queue: string;
  readonly job: string;
  readonly key: string;
  readonly traceId: TraceId;
  readonly attempt: number;
}

export interface RunEnding {
  readonly outcome: string;
  readonly errorCode?: ErrorCode | undefined;
  readonly detail?: string | undefined;
  readonly ms: number;
  /** How long the oldest trigger had waited when its first run began; undefined: not the first run. */
  readonly waitedMs?: number | undefined;
}

const shownMax = 50;
const recorded: ReadonlySet<string> = new Set<FailedAttempt['outcome']>(['retries', 'waits', 'parked']);

/** What an operator learns of the runs of this process: what is active now, what failed, how long it took. */
export class RunWatch {
  private readonly running = new Map<symbol, ActiveWork>();
  private readonly attempts: Attempts;

  constructor(
    private readonly dataSource: DataSource,
    readonly workerId: string,
    private readonly logger: Logger,
  ) {
    this.attempts = new Attempts(dataSource);
  }

  /** The longest running first. */
  active(): readonly ActiveWork[] {
    return [...this.running.values()].slice(0, shownMax);
  }

  /**
   * Returns what is to be called at the end. It notes a failure without being waited for: until the queue store is told
   * of the end the job counts as active, and a fresh trigger could not end its backoff.
   */
  begins({ attempt, ...run }: WatchedRun): (ending: RunEnding) => void {
    const mark = Symbol(run.job);
    this.running.set(mark, { ...run, since: new Date().toISOString() });
    return (ending) => {
      this.running.delete(mark);
      measure(run.job, ending);
      void this.record({ ...run, attempt }, ending);
    };
  }

  /** The store took a job back from a worker that went silent. */
  stalled(queue: string): void {
    metrics.jobsStalled.inc({ lane: queue });
    countRecovery(this.dataSource.manager, { kind: 'redelivered', queue, count: 1 }).catch((error: unknown) =>
      this.notNoted(error),
    );
  }

  private async record(run: WatchedRun, { outcome, errorCode, detail, ms }: RunEnding): Promise<void> {
    if (!isRecorded(outcome) || !errorCode) return;
    const { job, queue, key, traceId, attempt } = run;
    const failed = { job, queue, key, traceId, attempt, outcome, code: errorCode, detail: detail ?? null };
    await this.attempts
      .record({ ...failed, workerId: this.workerId, runMs: Math.round(ms) })
      .catch((error: unknown) => this.notNoted(error));
  }

  /** The job is as it should be; only what is shown of it is missing, and the log has a line of the run itself. */
  private notNoted(error: unknown): void {
    this.logger.debug({ reason: describeError(error) }, 'a run could not be noted for the operator');
  }
}

function isRecorded(outcome: string): outcome is FailedAttempt['outcome'] {
  return recorded.has(outcome);
}

function measure(job: string, { outcome, ms, waitedMs }: RunEnding): void {
  metrics.jobsProcessed.inc({ job, outcome });
  metrics.jobDuration.observe({ job, outcome }, ms / 1000);
  if (waitedMs !== undefined) metrics.jobWait.observe({ job, outcome }, waitedMs / 1000);
}
