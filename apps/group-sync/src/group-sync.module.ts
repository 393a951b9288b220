import { Module } from '@nestjs/common';
import { JiraClientModule } from '@gatehouse/jira-client';
import { Commits } from '@gatehouse/messaging';
import { AccountDoubts } from './account-doubts.store.js';
import { AccountFinder } from './account-finder.service.js';
import { AdoptionQuestions } from './adoption-questions.store.js';
import { AccountLeases } from './account-leases.service.js';
import { Administrators } from './administrators.service.js';
import { Deactivation } from './deactivation.service.js';
import { DeactivationsStore } from './deactivations.store.js';
import { DriftSweeps } from './drift-sweeps.store.js';
import { HeldRemovals } from './held-removals.store.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import { JiraChanges } from './jira-changes.service.js';
import { JiraForRuns } from './jira-for-runs.service.js';
import { JiraProbe } from './jira.probe.js';
import { LedgerStore } from './ledger.store.js';
import { ProvisionAccountHandler } from './provision-account.handler.js';
import { ReconcileAccountHandler } from './reconcile-account.handler.js';
import { RenameAccountHandler } from './rename-account.handler.js';
import { RenameChecks } from './rename-checks.service.js';
import { RenamesStore } from './renames.store.js';
import { SignIns } from './sign-ins.reader.js';
import { ReleaseRemovalsHandler } from './release-removals.handler.js';
import { RemovalBrake } from './removal-brake.store.js';
import { Resyncs } from './resyncs.store.js';
import { RunHistory } from './run-history.store.js';
import { RunJournal } from './run-journal.store.js';
import { RunPlanner } from './run-planner.service.js';
import { RunsStore } from './runs.store.js';
import { Seats } from './seats.service.js';
import { SendResyncHandler } from './send-resync.handler.js';
import { SweepDriftHandler } from './sweep-drift.handler.js';
import { TidyRunsHandler } from './tidy-runs.handler.js';

@Module({
  imports: [JiraClientModule],
  controllers: [
    ReconcileAccountHandler,
    RenameAccountHandler,
    ReleaseRemovalsHandler,
    SweepDriftHandler,
    SendResyncHandler,
    ProvisionAccountHandler,
    TidyRunsHandler,
  ],
  providers: [
    JiraAccountsStore,
    AdoptionQuestions,
    LedgerStore,
    AccountFinder,
    AccountLeases,
    RunPlanner,
    Seats,
    RemovalBrake,
    HeldRemovals,
    DriftSweeps,
    Resyncs,
    AccountDoubts,
    Administrators,
    Deactivation,
    DeactivationsStore,
    JiraChanges,
    JiraForRuns,
    JiraProbe,
    RunJournal,
    RunsStore,
    Commits,
    RunHistory,
    RenamesStore,
    RenameChecks,
    SignIns,
  ],
})
export class GroupSyncModule {}
