import { accountResyncDue, resyncDue, sendResync } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { Handles, Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { AccountDoubts } from './account-doubts.store.js';
import { Resyncs } from './resyncs.store.js';

/** So many go on after a pause or an end. Enough for every worker of some replicas to have something to do. */
const windowSize = 200;
const againMs = 1_000;

/** Sends the accounts that an operator chose on to be reconciled; what Jira has of them is then read anew (U19). */
@Handles(sendResync)
export class SendResyncHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resyncs: Resyncs,
    private readonly doubts: AccountDoubts,
    private readonly outbox: Outbox,
  ) {}

  /** Page, cursor and the next look in one commit: a kill repeats nothing and forgets nothing. */
  async handle({ resyncId }: PayloadOf<typeof sendResync>, context: JobContext): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const resync = await this.resyncs.current(manager, resyncId);
      if (resync && !(await this.sendPage(manager, resyncId, resync, context))) {
        const next = { resyncId, traceId: resync.traceId };
        await this.outbox.publish(manager, resyncDue, next, {
          ...{ context: single(context, resync.traceId), notBefore: new Date(Date.now() + againMs) },
        });
      }
      await context.settle(manager);
    });
  }

  /** @returns true after the last one */
  private async sendPage(
    manager: EntityManager,
    resyncId: string,
    { traceId, cursor }: { readonly traceId: string; readonly cursor: string | null },
    context: JobContext,
  ): Promise<boolean> {
    const size = windowSize - (await this.resyncs.underWay(manager, traceId));
    if (size < 1) return false;
    const accountIds = await this.resyncs.nextPage(manager, resyncId, { cursor, size });
    await this.doubts.add(manager, accountIds);
    const due = accountIds.map((accountId) => ({ accountId, traceId }));
    await this.outbox.publishAll(manager, accountResyncDue, due, { context: single(context, traceId) });
    const isLast = accountIds.length < size;
    await this.resyncs.advance(manager, resyncId, accountIds, isLast);
    return isLast;
  }
}

/** One row for each account, not one for each press that this run covers. */
function single({ job, lane, attempt, settle }: JobContext, traceId: string): JobContext {
  return { job, lane, attempt, traceId, settle };
}
