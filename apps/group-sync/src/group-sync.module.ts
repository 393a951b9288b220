import { Module } from '@nestjs/common';
import { JiraClientModule } from '@gatehouse/jira-client';
import { AccountFinder } from './account-finder.service.js';
import { AccountLeases } from './account-leases.service.js';
import { Administrators } from './administrators.service.js';
import { DriftSweeps } from './drift-sweeps.store.js';
import { HeldRemovals } from './held-removals.store.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import { JiraChanges } from './jira-changes.service.js';
import { JiraProbe } from './jira.probe.js';
import { LedgerStore } from './ledger.store.js';
import { ReconcileAccountHandler } from './reconcile-account.handler.js';
import { ReleaseRemovalsHandler } from './release-removals.handler.js';
import { RemovalBrake } from './removal-brake.store.js';
import { RunHistory } from './run-history.store.js';
import { RunJournal } from './run-journal.store.js';
import { RunPlanner } from './run-planner.service.js';
import { RunsStore } from './runs.store.js';
import { Seats } from './seats.service.js';
import { SweepDriftHandler } from './sweep-drift.handler.js';
import { TidyRunsHandler } from './tidy-runs.handler.js';

@Module({
  imports: [JiraClientModule],
  controllers: [ReconcileAccountHandler, ReleaseRemovalsHandler, SweepDriftHandler, TidyRunsHandler],
  providers: [
    JiraAccountsStore,
    LedgerStore,
    AccountFinder,
    AccountLeases,
    RunPlanner,
    Seats,
    RemovalBrake,
    HeldRemovals,
    DriftSweeps,
    Administrators,
    JiraChanges,
    JiraProbe,
    RunJournal,
    RunsStore,
    RunHistory,
  ],
})
export class GroupSyncModule {}
