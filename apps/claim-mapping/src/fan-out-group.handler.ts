import { directoryUserMappingDue, fanOutGroup } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { plannedTransaction } from '@gatehouse/database';
import { MembershipChanges } from '@gatehouse/directory';
import { Handles, Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { withOneTrace } from './with-one-trace.js';

/** Bounds memory, the size of one commit, and what a kill costs. */
const pageSize = 500;

/** Sends on everybody who may have other groups by a change of one: changes taken and people sent are one commit. */
@Handles(fanOutGroup)
export class FanOutGroupHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly changes: MembershipChanges,
    private readonly outbox: Outbox,
  ) {}

  async handle(payload: PayloadOf<typeof fanOutGroup>, context: JobContext): Promise<void> {
    // What comes later has an event of its own: so no run goes on for ever.
    const upTo = await this.changes.newest(this.dataSource.manager, payload.groupId);
    for (let isLast = false; !isLast;) isLast = await this.sendPage(payload, upTo, context);
  }

  /** @returns true after the last page, which also settles the job */
  private async sendPage(
    { groupId, traceId }: PayloadOf<typeof fanOutGroup>,
    upTo: string,
    context: JobContext,
  ): Promise<boolean> {
    return plannedTransaction(this.dataSource, async (manager) => {
      const { userIds, isLast } = await this.changes.take(manager, groupId, upTo, pageSize);
      const due = userIds.map((directoryUserId) => ({ directoryUserId, traceId }));
      await this.outbox.publishAll(manager, directoryUserMappingDue, due, { context: withOneTrace(context) });
      if (isLast) await context.settle(manager);
      return isLast;
    });
  }
}
