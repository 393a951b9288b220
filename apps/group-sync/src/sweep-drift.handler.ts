import { accountDriftCheckDue, sweepDrift } from '@gatehouse/contracts';
import type { PayloadOf, Settings } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { Handles, Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { DriftSweeps } from './drift-sweeps.store.js';
import type { Scope } from './drift-sweeps.store.js';
import { windowMinutesOf } from './verification-window.js';

/** Bounds memory, the size of one commit, and what a kill costs. */
const pageSize = 500;

/** Sends accounts on to be reconciled that somebody may have changed in Jira (X46). What differs, their runs repair. */
@Handles(sweepDrift)
export class SweepDriftHandler {
  constructor(
    private readonly liveConfig: LiveConfigReader,
    private readonly dataSource: DataSource,
    private readonly sweeps: DriftSweeps,
    private readonly outbox: Outbox,
  ) {}

  async handle({ scope, traceId }: PayloadOf<typeof sweepDrift>, context: JobContext): Promise<void> {
    const { document } = await this.liveConfig.current();
    const notSeenMinutes = notSeenMinutesOf(scope, document.settings);
    await this.dataSource.transaction((manager) => this.sweeps.begin(manager, scope, traceId));
    for (let isLast = false; !isLast;) isLast = await this.sendPage(scope, notSeenMinutes, context);
  }

  /** Page and cursor in one commit. @returns true after the last page, which also settles the job */
  private async sendPage(scope: Scope, notSeenMinutes: number, context: JobContext): Promise<boolean> {
    const { job, lane, attempt, settle } = context;
    return this.dataSource.transaction(async (manager) => {
      const page = await this.sweeps.nextPage(manager, scope, notSeenMinutes, pageSize);
      const { traceId, accountIds } = page;
      const isLast = accountIds.length < pageSize;
      const due = accountIds.map((accountId) => ({ accountId, traceId }));
      // One row for each account, not one for each time that the sweep was asked for.
      await this.outbox.publishAll(manager, accountDriftCheckDue, due, {
        context: { job, lane, attempt, traceId, settle },
      });
      await this.sweeps.advance(manager, scope, page, isLast);
      if (isLast) await context.settle(manager);
      return isLast;
    });
  }
}

/** Never less than the time within which a run takes an account for fresh: it would be sent on for nothing. */
function notSeenMinutesOf(scope: Scope, settings: Settings): number {
  const windowMinutes = windowMinutesOf(settings);
  return scope === 'all' ? windowMinutes : Math.max(settings.driftSweepHours * 60, windowMinutes);
}
