import type { TraceId } from '@gatehouse/contracts';
import type { DataSource } from 'typeorm';

/** A run that did not succeed. */
export interface FailedAttempt {
  readonly job: string;
  readonly queue: string;
  readonly key: string;
  readonly traceId: TraceId;
  /** 1 for the first; an outage uses none. */
  readonly attempt: number;
  readonly outcome: 'retries' | 'waits' | 'parked';
  readonly code: string;
  /** For operators only. */
  readonly detail: string | null;
  readonly workerId: string;
  readonly runMs: number;
}

export interface RecordedAttempt extends FailedAttempt {
  readonly id: string;
  readonly at: Date;
  /** `host:pid`; null once the process is gone. */
  readonly worker: string | null;
}

const listedMax = 200;

/** Every run that failed, for some days. */
export class Attempts {
  constructor(private readonly dataSource: DataSource) {}

  async record(attempt: FailedAttempt): Promise<void> {
    const { job, queue, key, traceId, attempt: nth, outcome, code, detail, workerId, runMs } = attempt;
    await this.dataSource.query(
      `insert into messaging.job_attempt (job, queue, key, trace_id, attempt, outcome, code, detail, worker_id, run_ms)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [job, queue, key, traceId, nth, outcome, code, detail, workerId, runMs],
    );
  }

  /** Newest first. */
  async of(job: string, key: string, limit = listedMax): Promise<readonly RecordedAttempt[]> {
    return this.dataSource.query<RecordedAttempt[]>(
      `select attempt.id, attempt.job, attempt.queue, attempt.key, trace_id as "traceId", attempt.attempt, outcome, code,
              detail, worker_id as "workerId", run_ms as "runMs", at, worker.host || ':' || worker.pid as worker
       from messaging.job_attempt as attempt left join messaging.worker on worker.id = attempt.worker_id
       where attempt.job = $1 and attempt.key = $2 order by attempt.id desc limit $3`,
      [job, key, Math.min(limit, listedMax)],
    );
  }

  /** Failures of the last five minutes by code, the most frequent first. */
  async recentByCode(queuePrefix: string): Promise<readonly { code: string; count: number }[]> {
    return this.dataSource.query(
      `select code, count(*)::integer as count from messaging.job_attempt
       where at > now() - interval '5 minutes' and starts_with(queue, $1) group by code order by count desc, code limit 20`,
      [queuePrefix],
    );
  }
}
