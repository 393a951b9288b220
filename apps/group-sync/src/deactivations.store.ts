import { Injectable } from '@nestjs/common';
import type { ReconcileRunRow } from '@gatehouse/database';
import { GatehouseError, OutageError } from '@gatehouse/errors';
import type { ErrorCode } from '@gatehouse/errors';
import type { EntityManager } from 'typeorm';
import { JiraAccountsStore } from './jira-accounts.store.js';
import type { Run } from './run.js';
import { isActive, isUserRemoved } from './run.js';
import { RunJournal } from './run-journal.store.js';

const deactivated: ErrorCode = 'account.deactivated';

interface End {
  readonly outcome: ReconcileRunRow['outcome'];
  readonly code: ErrorCode | null;
  readonly isApplied: boolean;
}

/** How runs of deactivated accounts begin and end. However they end, the account lets nobody in. */
@Injectable()
export class DeactivationsStore {
  constructor(
    private readonly accounts: JiraAccountsStore,
    private readonly journal: RunJournal,
  ) {}

  /** Before Jira is asked, which may be away for hours. */
  async bar(run: Run): Promise<void> {
    const { account } = run;
    if (account.state === 'refused' && account.code === deactivated) return;
    await this.commit(run, (manager) => this.refuse(manager, run, false));
  }

  /** Before the calls that take the user away: whoever comes after a kill knows that it was us. */
  async begin(run: Run): Promise<void> {
    await this.commit(run, async (manager) => {
      await this.journal.tellEarlier(manager, run);
      const { accountId, desired } = run.account;
      const by = run.plan!.deactivate ? desired.deactivated!.by : null;
      await manager.query(
        `update sync.jira_account set under_way = $2, deactivated_by = coalesce($3, deactivated_by) where account_id = $1`,
        [accountId, this.journal.begun(run), by],
      );
    });
    run.earlierIsTold = true;
  }

  async done(run: Run, { isApplied }: Pick<End, 'isApplied'>): Promise<void> {
    const outcome = run.progress.done.length > 0 ? 'applied' : run.seen ? 'unchanged' : 'refused';
    // As it should be, and seen so: no difference for whoever counts what a sweep has found.
    const code = outcome === 'unchanged' && isApplied ? null : deactivated;
    await this.end(run, { outcome, code, isApplied }, (manager) => run.context.settle(manager));
  }

  /** The answer to a removal was lost, and Jira has shown since that it was done. */
  async removed(run: Run): Promise<void> {
    run.isGone = true;
    await this.commit(run, async (manager) => {
      await this.journal.tellEarlier(manager, run);
      await this.accounts.forgetUser(manager, run.account.accountId);
    });
  }

  /** Since the run has read it: a provider may have taken its deletion back. */
  async isStillDecided({ account }: Run): Promise<boolean> {
    return (await this.accounts.versionOf(account.accountId)) === account.version;
  }

  /** Nothing is settled: the job comes back or is parked, where an operator sees it (P29). */
  async failed(run: Run, error: unknown): Promise<void> {
    const code = error instanceof GatehouseError ? error.code : 'job.failed';
    const outcome = error instanceof OutageError ? 'outage' : 'failed';
    await this.end(run, { outcome, code, isApplied: false }, () => Promise.resolve());
  }

  private async end(
    run: Run,
    { outcome, code, isApplied }: End,
    settle: (manager: EntityManager) => Promise<void>,
  ): Promise<void> {
    await this.commit(run, async (manager) => {
      await this.refuse(manager, run, isApplied);
      await this.rememberAuthority(manager, run);
      await this.journal.tell(manager, run, outcome, code);
      if (run.progress.isUserKept) await this.accounts.keepUser(manager, run.account.accountId);
      if (isUserRemoved(run)) await this.accounts.forgetUser(manager, run.account.accountId);
      await settle(manager);
    });
  }

  private async refuse(manager: EntityManager, run: Run, isApplied: boolean): Promise<void> {
    const { account, seen } = run;
    await manager.query(
      `insert into sync.jira_account as known (account_id, state, code) values ($1, 'refused', $2)
       on conflict (account_id) do update set
         state = 'refused', code = excluded.code, taken_by = null, applied_version = $3,
         username = coalesce($4, known.username), active = coalesce($5, known.active),
         verified_at = coalesce($6, known.verified_at), updated_at = now()`,
      [
        account.accountId,
        deactivated,
        isApplied ? account.version : null,
        seen?.user.name,
        seen && isActive(run),
        seen && account.readAt,
      ],
    );
    await this.accounts.announce(manager, account.accountId);
  }

  /** Of a user that we had deactivated already, by whose word now: the strongest one has to lift it. */
  private async rememberAuthority(manager: EntityManager, { account, seen }: Run): Promise<void> {
    if (account.deactivatedBy === undefined || seen?.user.active !== false) return;
    await manager.query('update sync.jira_account set deactivated_by = $2 where account_id = $1', [
      account.accountId,
      account.desired.deactivated!.by,
    ]);
  }

  private commit({ lease }: Run, work: (manager: EntityManager) => Promise<void>): Promise<void> {
    return this.accounts.transaction(async (manager) => {
      await lease.fence(manager);
      await work(manager);
    });
  }
}
