import { randomBytes } from 'node:crypto';
import {
  decideAccount,
  endSessions,
  fanOutGroup,
  flow,
  mapClaims,
  mapDirectoryUser,
  reconcileAccount,
  releaseRemovals,
  remapProvider,
  sweepDrift,
  sweepInactivity,
} from '@gatehouse/contracts';
import type { Lane } from '@gatehouse/contracts';
import { Encryption, LiveConfigReader } from '@gatehouse/database';
import { HttpJiraClient, HttpJiraReader, JiraTraffic } from '@gatehouse/jira-client';
import type { Passage } from '@gatehouse/jira-client';
import { Commits, Leases, Outbox } from '@gatehouse/messaging';
import type { Breakers, JobContext } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/telemetry';
import type { DataSource } from 'typeorm';
import { EndSessionsHandler } from '../../../apps/auth-gateway/src/session/end-sessions.handler.js';
import { AccountFinder } from '../../../apps/group-sync/src/account-finder.service.js';
import { AccountLeases } from '../../../apps/group-sync/src/account-leases.service.js';
import { AdoptionQuestions } from '../../../apps/group-sync/src/adoption-questions.store.js';
import { Administrators } from '../../../apps/group-sync/src/administrators.service.js';
import { Deactivation } from '../../../apps/group-sync/src/deactivation.service.js';
import { DeactivationsStore } from '../../../apps/group-sync/src/deactivations.store.js';
import { DriftSweeps } from '../../../apps/group-sync/src/drift-sweeps.store.js';
import { HeldRemovals } from '../../../apps/group-sync/src/held-removals.store.js';
import { JiraAccountsStore } from '../../../apps/group-sync/src/jira-accounts.store.js';
import { JiraChanges } from '../../../apps/group-sync/src/jira-changes.service.js';
import { JiraForRuns } from '../../../apps/group-sync/src/jira-for-runs.service.js';
import { LedgerStore } from '../../../apps/group-sync/src/ledger.store.js';
import { ReconcileAccountHandler } from '../../../apps/group-sync/src/reconcile-account.handler.js';
import { ReleaseRemovalsHandler } from '../../../apps/group-sync/src/release-removals.handler.js';
import { RemovalBrake } from '../../../apps/group-sync/src/removal-brake.store.js';
import { RenamesStore } from '../../../apps/group-sync/src/renames.store.js';
import { RunJournal } from '../../../apps/group-sync/src/run-journal.store.js';
import { RunPlanner } from '../../../apps/group-sync/src/run-planner.service.js';
import { RunsStore } from '../../../apps/group-sync/src/runs.store.js';
import { Seats } from '../../../apps/group-sync/src/seats.service.js';
import { SweepDriftHandler } from '../../../apps/group-sync/src/sweep-drift.handler.js';
import { JobRunner } from '../../../libs/messaging/src/job-runner.js';
import type { RunWatch } from '../../../libs/messaging/src/operations/run-watch.js';
import type { ActiveJob } from '../../../libs/messaging/src/queue-store.js';
import { Settlement } from '../../../libs/messaging/src/settlement.js';
import { Turns } from '../../../libs/messaging/src/turns.js';
import { mappingHandlers } from './mapping-handlers.js';
import type { Handlers } from './mapping-handlers.js';
import { mortalDataSource } from './mortal-data-source.js';
import type { Wire } from './wire.js';
import type { Worker } from './worker.js';

export interface Delivery {
  readonly queue: string;
  readonly job: string;
  readonly key: string;
  readonly payload: unknown;
}

const jobs = [
  ...[mapClaims, mapDirectoryUser, fanOutGroup, decideAccount, remapProvider, sweepInactivity],
  ...[reconcileAccount, releaseRemovals, sweepDrift, endSessions],
] as const;
const logger = createLogger('silent');

/** Every outage is taken for everybody's: that a breaker opens and closes is tested where there is a clock. */
const breakers = {
  of: () => ({
    assertClosed: () => undefined,
    trip: () => undefined,
    judge: () => Promise.resolve('whole' as const),
  }),
} as unknown as Breakers;
/** For the operator's pages only. */
const watch = { begins: () => () => undefined } as unknown as RunWatch;

/** Every call at once: what paces them has tests of its own, and would make an order depend on a clock. */
class OpenRoad extends JiraTraffic {
  override enter(): Promise<Passage> {
    return Promise.resolve({ answered: () => undefined, failed: () => undefined });
  }
}
const traffic = new OpenRoad();

/** The handlers of claim-mapping and group-sync as a process of them has them, on stores that can be cut off. */
export class Product {
  private config: LiveConfigReader;

  constructor(
    private readonly dataSource: DataSource,
    private readonly jira: { readonly url: URL; readonly token: string },
    private readonly wire: Wire,
  ) {
    this.config = this.reader();
  }

  /** As a process has it that was started again: nothing is known from before. */
  forget(): void {
    this.config = this.reader();
  }

  /** @throws what the queue store would be told: come back later, or never */
  async run(delivery: Delivery, attemptsMade: number, worker: Worker): Promise<void> {
    const dataSource = mortalDataSource(this.dataSource, worker);
    const leases = leasesOf(worker, dataSource);
    const settlement = new Settlement(dataSource);
    const runner = new JobRunner(dataSource, settlement, leases, breakers, logger, () => undefined, watch, new Turns());
    const process = runner.forLane(delivery.queue, worker.lane as Lane, jobs, (job, payload, context) =>
      this.call(job, payload, context, worker, dataSource),
    );
    await process(asActive(delivery, attemptsMade), undefined);
  }

  private async call(
    job: string,
    payload: unknown,
    context: JobContext,
    worker: Worker,
    dataSource: DataSource,
  ): Promise<void> {
    const outbox = new Outbox(flow);
    const mapping = mappingHandlers(dataSource, this.config, outbox);
    const { name } = reconcileAccount;
    const handlers: Handlers = {
      ...mapping,
      ...this.syncing(dataSource, outbox),
      [endSessions.name]: new EndSessionsHandler(logger, dataSource, this.config),
    };
    const handler = job === name ? this.reconciler(worker, dataSource, outbox) : handlers[job]!;
    return handler.handle(jobs.find((one) => one.name === job)!.payload.parse(payload) as never, context);
  }

  private syncing(dataSource: DataSource, outbox: Outbox): Handlers {
    return {
      [releaseRemovals.name]: new ReleaseRemovalsHandler(dataSource, new HeldRemovals(), outbox),
      [sweepDrift.name]: new SweepDriftHandler(this.config, dataSource, new DriftSweeps(), outbox),
    };
  }

  private reconciler(worker: Worker, dataSource: DataSource, outbox: Outbox): ReconcileAccountHandler {
    const accounts = new JiraAccountsStore(dataSource);
    const ledger = new LedgerStore();
    const leases = leasesOf(worker, dataSource);
    const jira = { ...this.jira, logger, traffic, ask: this.wire.of(worker) };
    const reader = new HttpJiraReader(jira);
    const administrators = new Administrators(reader, leases);
    const brake = new RemovalBrake(dataSource);
    const journal = new RunJournal(ledger);
    const changes = new JiraChanges();
    const deactivations = new DeactivationsStore(accounts, journal);
    const renames = new RenamesStore(dataSource, accounts, outbox);
    return new ReconcileAccountHandler(
      this.config,
      accounts,
      new AccountFinder(accounts),
      new RunPlanner(new Seats(reader), brake),
      administrators,
      new Deactivation(accounts, deactivations, administrators, brake, changes),
      changes,
      new RunsStore(
        accounts,
        outbox,
        journal,
        ledger,
        renames,
        new Commits(dataSource),
        new AdoptionQuestions(),
        dataSource,
      ),
      new AccountLeases(leases, accounts, outbox),
      new JiraForRuns(new HttpJiraClient(jira), breakers),
    );
  }

  private reader(): LiveConfigReader {
    return new LiveConfigReader(this.dataSource, new Encryption(randomBytes(32)));
  }
}

function leasesOf(worker: Worker, dataSource: DataSource): Leases {
  return new Leases(dataSource, {}, () => performance.now() + worker.clockAheadMs);
}

function asActive({ job, key, payload }: Delivery, attemptsMade: number): ActiveJob {
  return {
    name: job,
    data: payload,
    deduplicationId: `${job}/${key}`,
    attemptsMade,
    attemptsStarted: attemptsMade + 1,
    progress: undefined,
    updateProgress: () => Promise.resolve(),
    moveToDelayed: () => Promise.resolve(),
  };
}
