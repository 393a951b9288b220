import { Module } from '@nestjs/common';
import { JiraClientModule } from '@gatehouse/jira-client';
import { AccountFinder } from './account-finder.service.js';
import { AccountLeases } from './account-leases.service.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import { JiraChanges } from './jira-changes.service.js';
import { JiraProbe } from './jira.probe.js';
import { ReconcileAccountHandler } from './reconcile-account.handler.js';
import { RunHistory } from './run-history.store.js';
import { RunsStore } from './runs.store.js';
import { TidyRunsHandler } from './tidy-runs.handler.js';

@Module({
  imports: [JiraClientModule],
  controllers: [ReconcileAccountHandler, TidyRunsHandler],
  providers: [JiraAccountsStore, AccountFinder, AccountLeases, JiraChanges, JiraProbe, RunsStore, RunHistory],
})
export class GroupSyncModule {}
