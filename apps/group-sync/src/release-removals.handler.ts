import { accountRemovalDue, releaseRemovals } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { Handles, Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { HeldRemovals } from './held-removals.store.js';

/** Bounds memory, the size of one commit, and what a kill costs. */
const pageSize = 500;

/** Sends the accounts on whose removals were held and are approved. What is taken away is decided anew for each. */
@Handles(releaseRemovals)
export class ReleaseRemovalsHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly held: HeldRemovals,
    private readonly outbox: Outbox,
  ) {}

  async handle(payload: PayloadOf<typeof releaseRemovals>, context: JobContext): Promise<void> {
    for (let isLast = false; !isLast;) isLast = await this.sendPage(payload, context);
  }

  /** A page and its mark in one commit, so that a kill repeats nothing. @returns true after the last page */
  private async sendPage(
    { configVersion, traceId }: PayloadOf<typeof releaseRemovals>,
    context: JobContext,
  ): Promise<boolean> {
    const { job, lane, attempt } = context;
    return this.dataSource.transaction(async (manager) => {
      const page = await this.held.releasePage(manager, configVersion, pageSize);
      const isLast = page.length < pageSize;
      const due = page.map((accountId) => ({ accountId, traceId }));
      // One row for each account, not one for each approval that this run covers.
      const single = { job, lane, attempt, traceId, settle: () => Promise.resolve() };
      await this.outbox.publishAll(manager, accountRemovalDue, due, { context: single });
      if (isLast) await context.settle(manager);
      return isLast;
    });
  }
}
