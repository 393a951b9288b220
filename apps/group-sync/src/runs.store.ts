import { Injectable } from '@nestjs/common';
import { accountKeyTaken } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { ReconcileRunRow } from '@gatehouse/database';
import type { JiraClient, JiraUser } from '@gatehouse/jira-client';
import type { AccountPlan } from '@gatehouse/mapping';
import { Outbox } from '@gatehouse/messaging';
import type { JobContext, Lease } from '@gatehouse/messaging';
import type { EntityManager } from 'typeorm';
import type { Finding, How } from './account-finder.service.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import type { KnownAccount } from './jira-accounts.store.js';

/** One run from its first read to its commit. */
export interface Run {
  readonly account: KnownAccount;
  readonly traceId: string;
  readonly context: JobContext;
  readonly lease: Pick<Lease, 'fence'>;
  readonly jira: JiraClient & { readonly calls: number };
  /** Set as soon as Jira has shown the user. */
  seen?: { readonly user: JiraUser; readonly how: How };
  plan?: AccountPlan;
}

type Refusal = Extract<Finding, { kind: 'refused' }>;

/**
 * How a run ends: what was learnt, what was done and what becomes of the account, in one commit. A run whose lease has
 * passed on commits nothing: what it knows is older than what the other one writes.
 */
@Injectable()
export class RunsStore {
  constructor(
    private readonly accounts: JiraAccountsStore,
    private readonly outbox: Outbox,
  ) {}

  async ready(run: Run): Promise<void> {
    await this.commit(run, async (manager) => {
      await this.markReady(manager, run, run.account.version);
      await this.record(manager, run, run.plan?.isEmpty && run.seen?.how === 'pinned' ? 'unchanged' : 'applied', null);
      await run.context.settle(manager);
    });
  }

  /**
   * The person can work although a change was refused for good. No version counts as applied, so that a retry after the
   * repair does not take the account for fresh; and nothing is settled, so that the job is parked with its triggers.
   */
  async usable(run: Run, code: ErrorCode): Promise<void> {
    await this.commit(run, async (manager) => {
      await this.markReady(manager, run, null);
      await this.record(manager, run, 'failed', code);
    });
  }

  async refused(run: Run, { code, user, takenBy }: Refusal): Promise<void> {
    const { account, context, traceId } = run;
    await this.commit(run, async (manager) => {
      await manager.query(
        `insert into sync.jira_account as known (account_id, state, code, taken_by, username, active, verified_at)
         values ($1, 'refused', $2, $3, $4, $5, $6)
         on conflict (account_id) do update set
           state = 'refused', code = excluded.code, taken_by = excluded.taken_by, create_intent = null,
           username = coalesce(excluded.username, known.username), active = excluded.active,
           verified_at = excluded.verified_at, updated_at = now()`,
        [account.accountId, code, takenBy, user?.name, user?.active, user && account.readAt],
      );
      await this.record(manager, run, 'refused', code);
      // Only when it is news: claim-mapping answers with access.desired, and the two would call each other for ever.
      if (takenBy !== undefined && takenBy !== account.takenBy) {
        for (const identityId of account.identityIds) {
          await this.outbox.publish(manager, accountKeyTaken, { identityId, traceId }, { context });
        }
      }
      await this.accounts.announce(manager, account.accountId);
      await context.settle(manager);
    });
  }

  /** The job comes back or is parked; nothing is settled. An account that was ready stays so, whatever befell this run. */
  async interrupted(
    run: Run,
    outcome: 'outage' | 'failed',
    state: 'pending' | 'failed',
    code: ErrorCode,
  ): Promise<void> {
    const { account, seen } = run;
    await this.commit(run, async (manager) => {
      await manager.query(
        `insert into sync.jira_account as known (account_id, state, code) values ($1, $2, $3)
         on conflict (account_id) do update set
           state = case when known.state = 'ready' then 'ready' else excluded.state end,
           code = case when known.state = 'ready' then known.code else excluded.code end,
           taken_by = case when known.state = 'ready' then known.taken_by end,
           username = coalesce($4, known.username), active = coalesce($5, known.active),
           verified_at = coalesce($6, known.verified_at), updated_at = now()`,
        [account.accountId, state, code, seen?.user.name, seen?.user.active, seen && account.readAt],
      );
      await this.doubtIfRenamed(manager, run);
      await this.record(manager, run, outcome, code);
      await this.accounts.announce(manager, account.accountId);
    });
  }

  private commit({ lease }: Run, work: (manager: EntityManager) => Promise<void>): Promise<void> {
    return this.accounts.transaction(async (manager) => {
      await lease.fence(manager);
      await work(manager);
    });
  }

  private async doubtIfRenamed(manager: EntityManager, { account, seen }: Run): Promise<void> {
    // Without a pinned key before, pinning has already done it.
    if (!seen || account.jiraKey === undefined || seen.user.name === account.username) return;
    await this.accounts.doubtOlderHolders(manager, account.accountId, seen.user.name);
  }

  private async markReady(manager: EntityManager, run: Run, appliedVersion: number | null): Promise<void> {
    const { accountId, readAt } = run.account;
    const { user } = run.seen!;
    await manager.query(
      `update sync.jira_account set
         state = 'ready', code = null, taken_by = null, username = $2, active = $3,
         applied_version = $4, verified_at = $5, updated_at = now()
       where account_id = $1`,
      [accountId, user.name, user.active, appliedVersion, readAt],
    );
    await this.doubtIfRenamed(manager, run);
    await this.accounts.announce(manager, accountId);
  }

  private async record(
    manager: EntityManager,
    { account, traceId, jira, plan, seen }: Run,
    outcome: ReconcileRunRow['outcome'],
    code: ErrorCode | null,
  ): Promise<void> {
    await manager.query(
      `insert into sync.reconcile_run
         (account_id, version, trace_id, outcome, code, plan, jira_calls, started_at, finished_at)
       values ($1, $2, $3, $4, $5, $6, $7, $8, clock_timestamp())`,
      [account.accountId, account.version, traceId, outcome, code, shown(plan, seen?.how), jira.calls, account.readAt],
    );
  }
}

/** Names of changed fields, not their values: a run history is no place to collect addresses. */
function shown(plan: AccountPlan | undefined, how: How | undefined): string | null {
  if (!plan) return null;
  const { profile, add, remove, withheld } = plan;
  return JSON.stringify({ account: how, profile: Object.keys(profile), add, remove, withheld });
}
