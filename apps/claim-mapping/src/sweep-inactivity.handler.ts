import { sweepInactivity } from '@gatehouse/contracts';
import type { PayloadOf } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { Handles } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import { AccountDecision } from './account-decision.service.js';
import { AccountsStore } from './accounts.store.js';
import { InactiveAccountsStore } from './inactive-accounts.store.js';
import { withOneTrace } from './with-one-trace.js';

/** Bounds the size of one commit, and what a kill costs. */
const pageSize = 50;

/** Decides of accounts that nobody has used that they are deactivated (X25). Jira's side of it passes the brake. */
@Handles(sweepInactivity)
export class SweepInactivityHandler {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveConfig: LiveConfigReader,
    private readonly inactive: InactiveAccountsStore,
    private readonly accounts: AccountsStore,
    private readonly decision: AccountDecision,
  ) {}

  async handle({ traceId }: PayloadOf<typeof sweepInactivity>, context: JobContext): Promise<void> {
    const config = await this.liveConfig.newest();
    const { inactivity } = config.document.settings;
    // Pages are commits of their own: a sweep that is repeated after a kill goes on with what is left of its number.
    const taken = await this.inactive.takenFor(this.dataSource.manager, context.settlement?.values[0] ?? []);
    let left = Math.max(0, (inactivity?.perRunMax ?? 0) - taken);
    for (let isLast = false; !isLast;) {
      const size = Math.min(pageSize, left);
      isLast = await this.dataSource.transaction(async (manager) => {
        const page = size > 0 ? await this.inactive.takePage(manager, inactivity!.days, size) : [];
        for (const accountId of page) {
          const account = await this.accounts.lock(manager, accountId);
          await this.decision.publish(manager, account, config, { traceId, context: withOneTrace(context) });
        }
        left -= page.length;
        const isOver = page.length < pageSize || left === 0;
        if (isOver) await context.settle(manager);
        return isOver;
      });
    }
  }
}
