import { DelayedError, UnrecoverableError } from 'bullmq';
import { TraceId } from '@gatehouse/contracts';
import type { JobDefinition, Lane } from '@gatehouse/contracts';
import { OutageError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import { inTrace, newTraceId } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import { z } from 'zod';
import { decideFailure } from './decide-failure.js';
import type { OutageVerdict } from './decide-failure.js';
import { describeError } from './describe-error.js';
import { RunContext } from './job-context.js';
import type { RunWatch } from './operations/run-watch.js';
import type { Lease } from './lease.js';
import type { Leases } from './leases.js';
import { keyOf } from './queue-store.js';
import type { ActiveJob, LaneProcessor } from './queue-store.js';
import { retryDelay } from './retry-delay.js';
import { RetryLater } from './retry-later.js';
import type { Breakers } from './breakers.js';
import { settledValues } from './settlement.js';
import type { Covered, Settlement } from './settlement.js';
import type { Turn, Turns } from './turns.js';

export type CallHandler = (job: string, payload: unknown, context: RunContext) => Promise<void>;

/** How a run ended: one word for its log line. `nothing-open`: another run had covered it. */
type Outcome =
  'applied' | 'nothing-open' | 'settled-elsewhere' | 'deferred' | 'waits' | 'retries' | 'parked' | 'unknown-job';

interface Ending {
  readonly outcome: Outcome;
  readonly errorCode?: ErrorCode;
  readonly detail?: string;
  /** How long the oldest trigger had waited; of a first run only. */
  readonly waitedMs?: number | undefined;
  /** What the queue store is told; undefined: the job is done. */
  readonly tell?: Error;
}

interface Run {
  readonly job: ActiveJob;
  readonly token: string | undefined;
  readonly definition: JobDefinition;
  readonly queue: string;
  readonly lane: Lane;
  readonly traceId: TraceId;
  readonly turn: Turn;
  readonly covered: Covered;
}

interface Wait {
  readonly askedFor: boolean;
  readonly delayMs: number;
  readonly code: ErrorCode;
  readonly ownWaits?: number;
}

const Kept = z.object({ ownWaits: z.number().optional() });
const Traced = z.looseObject({ traceId: TraceId });

/** Runs one job: reads what it answers for, calls its handler, settles, and decides about failures. */
export class JobRunner {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settlement: Settlement,
    private readonly leases: Leases,
    private readonly breakers: Breakers,
    private readonly logger: Logger,
    private readonly onSettled: (queue: string) => void,
    private readonly watch: RunWatch,
    private readonly turns: Turns,
  ) {}

  forLane(queue: string, lane: Lane, jobs: readonly JobDefinition[], call: CallHandler): LaneProcessor {
    return (job, token) => {
      const traceId = Traced.safeParse(job.data).data?.traceId ?? newTraceId();
      const definition = jobs.find(({ name }) => name === job.name);
      const key = keyOf(job) ?? '';
      return inTrace(traceId, async () => {
        let startedAt = performance.now();
        const attempt = job.attemptsMade + 1;
        const ended = this.watch.begins({ queue, job: job.name, key, traceId, attempt });
        const ending = definition
          ? await this.turns.run(lane, async (turn) => {
              startedAt = performance.now(); // A bulk job that lets people go first is not a slow one.
              const run = { job, token, definition, queue, lane, traceId, turn };
              return this.run(run, key, call).finally(() => (startedAt += turn.waitedMs));
            })
          : await this.later(job, token, lane, 'unknown-job');
        const ms = performance.now() - startedAt;
        this.logEnd(ending, { job: job.name, lane, key, attempt }, ms);
        ended({ ...ending, ms });
        if (ending.tell) throw ending.tell;
      });
    };
  }

  private async run(start: Omit<Run, 'covered'>, key: string, call: CallHandler): Promise<Ending> {
    let run: Run | undefined;
    try {
      const { covered, grant } = await this.begin(start.definition, key);
      // A duplicate, or a job redelivered after its effect was committed.
      if (covered.ids.length === 0) return { outcome: 'nothing-open' };
      run = { ...start, covered };
      await this.handle(run, grant?.(), call);
      if (covered.more) await this.settlement.reopenRest(covered);
      this.onSettled(start.queue);
      return { outcome: 'applied', waitedMs: waitedMs(start.job, covered) };
    } catch (error) {
      return { ...(await this.failed(start, run?.covered, error)), waitedMs: waitedMs(start.job, run?.covered) };
    }
  }

  /** `grant`: the lease of a job that has one. @throws DeferredError `lease.held` from it, while it is somebody else's */
  private async begin(definition: JobDefinition, key: string): Promise<{ covered: Covered; grant?: () => Lease }> {
    if (!definition.lease) return { covered: await this.settlement.covered(definition, key) };
    // Its holder commits by its claim before it changes anything elsewhere.
    const request = this.leases.request(`${definition.lease}/${key}`, { isFlushed: false });
    const taken = this.leases.valuesOf(request);
    const { covered, takenOver } = await this.settlement.coveredWithLease(definition, key, taken);
    return { covered, grant: () => this.leases.granted(request, takenOver) };
  }

  private async handle(run: Run, lease: Lease | undefined, call: CallHandler): Promise<void> {
    const context = contextOf(run, this.settlement, lease);
    try {
      await call(run.definition.name, run.job.data, context);
      // Most handlers settle with their effect; what one has settled and then rolled back is the sweep's to find.
      if (!context.isSettled) await this.settlement.settle(this.dataSource.manager, run.covered);
    } finally {
      await lease?.release();
    }
  }

  private async failed(run: Omit<Run, 'covered'>, covered: Covered | undefined, error: unknown): Promise<Ending> {
    const { job, definition, lane, token } = run;
    const decision = decideFailure({
      error,
      job: definition,
      lane,
      attemptsMade: job.attemptsMade,
      attemptsStarted: job.attemptsStarted,
      outage: await this.judge(definition, error),
      ownWaits: ownWaitsOf(job),
      random: Math.random(),
    });
    const { code: errorCode, message, detail } = decision;
    switch (decision.kind) {
      case 'park':
        return covered ? this.park({ ...run, covered }, { errorCode, message, detail }) : this.later(job, token, lane);
      case 'defer':
        await job.moveToDelayed(Date.now() + decision.delayMs, token);
        return { outcome: 'deferred', errorCode, detail, tell: new DelayedError() };
      case 'wait':
        await this.keepWait(job, covered, decision);
        await job.moveToDelayed(Date.now() + decision.delayMs, token);
        return { outcome: 'waits', errorCode, detail, tell: new DelayedError() };
      case 'retry':
        await this.keepWait(job, covered, decision);
        return { outcome: 'retries', errorCode, detail, tell: new RetryLater(decision.delayMs, errorCode) };
    }
  }

  private async keepWait(
    job: ActiveJob,
    covered: Covered | undefined,
    { askedFor, delayMs, code, ownWaits = ownWaitsOf(job) }: Wait,
  ): Promise<void> {
    if (askedFor || ownWaits !== ownWaitsOf(job))
      await job.updateProgress({ ownWaits, ...(askedFor ? { notBefore: Date.now() + delayMs } : {}) });
    if (!covered || code === 'database.unreachable') return;
    await this.settlement.retryAt(covered, delayMs).catch((error: unknown) => {
      // Only what is shown depends on it; the job itself waits in the store.
      this.logger.debug({ err: error }, 'the next try could not be noted');
    });
  }

  private async judge({ needs }: JobDefinition, error: unknown): Promise<OutageVerdict | undefined> {
    if (!needs || !(error instanceof OutageError)) return undefined;
    try {
      return await this.breakers.of(needs).judge(error);
    } catch {
      return undefined; // PostgreSQL is away as well: an outage in any case
    }
  }

  private async park(
    run: Run,
    { errorCode, message, detail }: { errorCode: ErrorCode; message: string; detail: string },
  ): Promise<Ending> {
    const { job, token, lane, queue, traceId, covered } = run;
    try {
      const parking = { queue, payload: job.data, traceId, code: errorCode, message, detail };
      const outcome = await this.settlement.park(covered, { ...parking, attempts: job.attemptsMade + 1 });
      if (covered.more) await this.settlement.reopenRest(covered);
      this.onSettled(queue);
      return outcome === 'parked'
        ? { outcome, errorCode, detail, tell: new UnrecoverableError(errorCode) }
        : { outcome, errorCode, detail };
    } catch (parkError) {
      // What could not be recorded must not end: it comes back and fails the same way when PostgreSQL answers again.
      const ending = await this.later(job, token, lane);
      return { ...ending, errorCode, detail: `${detail}\nnot parked: ${describeError(parkError)}` };
    }
  }

  /** Back into the lane without using an attempt. An unknown job belongs to a newer version of this service. */
  private async later(
    job: ActiveJob,
    token: string | undefined,
    lane: Lane,
    outcome: Outcome = 'waits',
  ): Promise<Ending> {
    const failures = Math.max(0, job.attemptsStarted - job.attemptsMade - 1);
    await job.moveToDelayed(Date.now() + retryDelay({ lane, failures, random: Math.random() }), token);
    return { outcome, tell: new DelayedError() };
  }

  private logEnd({ outcome, errorCode, detail }: Ending, run: object, ms: number): void {
    const line = { ...run, outcome, ms: Math.round(ms), errorCode, detail };
    if (outcome === 'parked') this.logger.error(line, 'job parked');
    else if (errorCode === 'lease.held') this.logger.debug(line, 'job met another of its key');
    else if (errorCode || outcome === 'unknown-job') this.logger.warn(line, 'job not done');
    else this.logger.info(line, 'job done');
  }
}

function waitedMs(job: ActiveJob, covered: Covered | undefined): number | undefined {
  return job.attemptsStarted === 1 ? covered?.waitedMs : undefined;
}

function contextOf(run: Run, settlement: Settlement, lease: Lease | undefined): RunContext {
  const { definition, lane, job, traceId, covered, turn } = run;
  return new RunContext(
    { job: definition.name, lane, attempt: job.attemptsMade + 1, traceId, coveredTraceIds: covered.traceIds },
    (manager) => settlement.settle(manager, covered),
    settledValues(covered),
    () => turn.giveWay(),
    lease,
  );
}

function ownWaitsOf({ progress }: ActiveJob): number {
  return Kept.safeParse(progress).data?.ownWaits ?? 0;
}
