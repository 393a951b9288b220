import { accountResyncDue, provisionAccount } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { Handles, Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { AccountDoubts } from './account-doubts.store.js';

/** One person now, because an operator asks: what was seen a moment ago does not count (U20). */
@Handles(provisionAccount)
export class ProvisionAccountHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly doubts: AccountDoubts,
    private readonly outbox: Outbox,
  ) {}

  async handle({ accountId, traceId }: PayloadOf<typeof provisionAccount>, context: JobContext): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      await this.doubts.add(manager, [accountId]);
      await this.outbox.publish(manager, accountResyncDue, { accountId, traceId }, { context });
      await context.settle(manager);
    });
  }
}
