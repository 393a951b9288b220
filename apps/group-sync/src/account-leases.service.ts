import { Injectable } from '@nestjs/common';
import { accountVerifyDue } from '@gatehouse/contracts';
import { DeferredError } from '@gatehouse/errors';
import { Leases, Outbox } from '@gatehouse/messaging';
import type { JobContext, Lease } from '@gatehouse/messaging';
import { callDeadlineMs } from './guarded.jira-client.js';
import { JiraAccountsStore } from './jira-accounts.store.js';

interface Turn {
  readonly accountId: string;
  readonly traceId: string;
  readonly context: JobContext;
}

/**
 * One writer per account, whatever lane and replica. Jira cannot tell a late call of a frozen worker from a good one, so
 * whenever two may have met, the account is read in Jira once more, after the last moment at which such a call can land.
 */
@Injectable()
export class AccountLeases {
  constructor(
    private readonly leases: Leases,
    private readonly accounts: JiraAccountsStore,
    private readonly outbox: Outbox,
  ) {}

  /** @throws DeferredError when another worker took over */
  async during<Result>(turn: Turn, work: (lease: Lease) => Promise<Result>): Promise<Result> {
    const { lease } = turn.context;
    if (!lease) throw new Error(`${turn.context.job} is not defined with the lease of its account`);
    try {
      if (lease.takenOver) await this.verifyIn(this.leases.lastsMs + callDeadlineMs, turn);
      lease.heed();
      return await work(lease);
    } catch (error) {
      if (error instanceof DeferredError && error.code === 'lease.lost') await this.verifyIn(0, turn);
      throw error;
    }
  }

  /** What was seen in Jira before then does not count, however new it is. The account stays as usable as it was. */
  private async verifyIn(ms: number, { accountId, traceId, context }: Turn): Promise<void> {
    await this.accounts.transaction(async (manager) => {
      const from = await this.accounts.verifyFrom(manager, accountId, ms);
      // At once if that was asked for, even where a later one is due already: the account may be wrong now.
      const options = ms === 0 ? { context } : { context, notBefore: from };
      await this.outbox.publish(manager, accountVerifyDue, { accountId, traceId }, options);
    });
  }
}
