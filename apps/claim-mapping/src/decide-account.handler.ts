import { decideAccount } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { LiveConfigReader, plannedTransaction } from '@gatehouse/database';
import { Handles } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { AccountDecision } from './account-decision.service.js';
import { AccountsStore } from './accounts.store.js';

/** An administrator has spoken: everything that is known of the account is put together once more. */
@Handles(decideAccount)
export class DecideAccountHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveConfig: LiveConfigReader,
    private readonly accounts: AccountsStore,
    private readonly decision: AccountDecision,
  ) {}

  async handle({ accountId, traceId }: PayloadOf<typeof decideAccount>, context: JobContext): Promise<void> {
    const config = await this.liveConfig.newest();
    await plannedTransaction(this.dataSource, async (manager) => {
      const account = await this.accounts.lock(manager, accountId);
      await this.decision.publish(manager, account, config, { traceId, context });
      await context.settle(manager);
    });
  }
}
