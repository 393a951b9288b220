import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { ServiceName } from '@gatehouse/contracts';
import { databaseIsAway } from '@gatehouse/database';
import { OutageError } from '@gatehouse/errors';
import { version } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import { Loop } from '../loop.js';
import type { Rest } from '../loop.js';
import type { Outbox } from '../outbox.js';
import { ParkedJobs } from '../parked-jobs.js';
import { StoreHealth } from '../store-health.js';
import { within } from '../within.js';
import { Attempts } from './attempts.js';
import { readBreaker } from './breaker.js';
import type { Breaker } from './breaker.js';
import { BulkActions } from './bulk-actions.js';
import { BulkRunner } from './bulk-runner.js';
import { FailureGroups } from './failure-groups.js';
import type { LaneOverview } from './lane-overview.js';
import { LaneOverviews } from './lane-overviews.js';
import { readRecoveries } from './recovery.js';
import type { RecoveryCount } from './recovery.js';
import { Retention } from './retention.js';
import { RunWatch } from './run-watch.js';
import { Schedules } from './schedules.js';
import { verdictOn } from './verdict.js';
import type { Verdict } from './verdict.js';
import { Workers } from './workers.js';
import type { WorkerIdentity } from './workers.js';

export interface OperationsOptions {
  readonly dataSource: DataSource;
  readonly outbox: Outbox;
  readonly logger: Logger;
  readonly services: readonly ServiceName[];
  /** All lanes of the flow, the most urgent first. */
  readonly queues: readonly string[];
  /** Those that this process works. */
  readonly workedQueues: readonly string[];
  /** Looks now for what the queue store has lost; answers how many rows are enqueued again. */
  readonly recover: () => Promise<number>;
}

/** Everything the operator's first look needs, of one moment. */
export interface OperationsSnapshot {
  readonly at: Date;
  readonly verdict: Verdict;
  readonly lanes: readonly LaneOverview[];
  readonly breaker: Breaker | undefined;
  readonly parked: { readonly count: number; readonly oldestSeconds: number };
  /** Seconds the oldest due row has not been handed to the queue store; says nothing of how long jobs wait there. */
  readonly outboxOldestSeconds: number;
}

const beatEveryMs = 5_000;
const bulkEveryMs = 1_000;
const saysWithinMs = 1_000;
/** A page that refreshes, its copies, and Prometheus read the same figures. */
const snapshotForMs = 5_000;

/** What an operator sees and does. Every process keeps its own part going: heartbeat, schedules, actions on many jobs. */
export class Operations {
  readonly attempts: Attempts;
  readonly failures: FailureGroups;
  readonly bulkActions: BulkActions;
  readonly schedules: Schedules;
  readonly workers: Workers;
  readonly retention: Retention;
  readonly parkedJobs: ParkedJobs;
  readonly watch: RunWatch;
  private readonly lanes: LaneOverviews;
  private readonly bulk: BulkRunner;
  private readonly worker: WorkerIdentity;
  private readonly loop = new Loop(() => this.step());
  private readonly health: StoreHealth;
  private draining = false;
  private snapshots: { readonly madeAt: number; readonly made: Promise<OperationsSnapshot> } | undefined;

  constructor(private readonly options: OperationsOptions) {
    const { dataSource, outbox, logger, services, queues, workedQueues } = options;
    const id = randomUUID();
    this.worker = {
      id,
      host: hostname(),
      pid: process.pid,
      version,
      services,
      queues: workedQueues,
      startedAt: new Date(),
    };
    this.attempts = new Attempts(dataSource);
    this.failures = new FailureGroups(dataSource);
    this.bulkActions = new BulkActions(dataSource);
    this.schedules = new Schedules(dataSource, outbox);
    this.workers = new Workers(dataSource);
    this.retention = new Retention(dataSource);
    this.parkedJobs = new ParkedJobs(dataSource);
    this.watch = new RunWatch(dataSource, id, logger);
    this.lanes = new LaneOverviews(dataSource, queues);
    this.bulk = new BulkRunner(dataSource, logger);
    this.health = new StoreHealth(logger, 'operations');
  }

  /** Of this process. */
  get services(): readonly ServiceName[] {
    return this.options.services;
  }

  async start(): Promise<void> {
    await this.schedules.ensure();
    this.loop.start();
  }

  /** Says that this process takes no new job; it still finishes what it has. A stop does not wait for PostgreSQL to hear. */
  async drain(): Promise<void> {
    this.draining = true;
    await within(saysWithinMs, this.beat()).catch((error: unknown) => this.health.ill(error));
  }

  async stop(): Promise<void> {
    await this.loop.stop();
  }

  /** The last thing: nobody needs to wait for this process to go silent. */
  async leave(): Promise<void> {
    await within(saysWithinMs, this.workers.leave(this.worker.id)).catch((error: unknown) => this.health.ill(error));
  }

  /** A new action on many jobs begins without waiting for the next look. */
  wake(): void {
    this.loop.wake();
  }

  /** Up to five seconds old. */
  snapshot(): Promise<OperationsSnapshot> {
    const known = this.snapshots;
    if (known && performance.now() - known.madeAt < snapshotForMs) return known.made;
    const made = this.freshSnapshot();
    this.snapshots = { madeAt: performance.now(), made };
    // A failure is not kept: whoever asks next asks PostgreSQL.
    made.catch(() => (this.snapshots = undefined));
    return made;
  }

  /** After a change, so that whoever made it sees it. */
  forgetSnapshot(): void {
    this.snapshots = undefined;
  }

  private async freshSnapshot(): Promise<OperationsSnapshot> {
    const lanes = await this.lanes.read();
    const breaker = await readBreaker(this.options.dataSource);
    const parked = await this.parkedJobs.pile();
    return {
      at: new Date(),
      verdict: verdictOn({ lanes, breaker, parked }),
      lanes,
      breaker,
      parked,
      outboxOldestSeconds: Math.max(0, ...lanes.map(({ oldestUnsentSeconds }) => oldestUnsentSeconds)),
    };
  }

  /** @throws OutageError while the queue store does not answer */
  async recover(): Promise<number> {
    try {
      return await this.options.recover();
    } catch (cause) {
      if (databaseIsAway(cause)) throw cause;
      throw new OutageError('queue.unreachable', 'The queue store does not answer.', { cause });
    }
  }

  async recoveries(): Promise<readonly RecoveryCount[]> {
    return readRecoveries(this.options.dataSource);
  }

  private async beat(): Promise<void> {
    await this.workers.beat(this.worker, this.watch.active(), this.draining);
  }

  private async step(): Promise<Rest> {
    try {
      await this.beat();
      await this.workers.forget();
      await this.schedules.step();
      const bulkRuns = await this.bulk.step();
      this.health.well();
      return { ms: bulkRuns ? bulkEveryMs : beatEveryMs, wakeable: true };
    } catch (error) {
      this.health.ill(error);
      return { ms: beatEveryMs, wakeable: false };
    }
  }
}
