import { Injectable } from '@nestjs/common';
import { accountKeyTaken, accountSeatsDue } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { foldedSet, foldName } from '@gatehouse/mapping';
import { Outbox } from '@gatehouse/messaging';
import type { EntityManager } from 'typeorm';
import type { Finding } from './account-finder.service.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import { presentAfter } from './ledger.store.js';
import { changesOf, pausedIn } from './run.js';
import type { Run } from './run.js';
import { RunJournal } from './run-journal.store.js';

const seatsAgainMs = 10 * 60_000;

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
    private readonly journal: RunJournal,
  ) {}

  /** In a commit of its own, before the first change; a run that changes nothing needs none. */
  async begin(run: Run): Promise<void> {
    if (changesOf(run.plan!).length === 0) return;
    await this.commit(run, (manager) => this.journal.begin(manager, run));
    run.earlierIsTold = true;
  }

  async ready(run: Run): Promise<void> {
    await this.commit(run, async (manager) => {
      const { progress, account } = run;
      const isPaused = pausedIn(run).length > 0;
      const code = isPaused ? 'jira.licence_full' : progress.skipped.length > 0 ? 'jira.group_missing' : null;
      // What is missing is tried again by the next trigger, however soon it comes.
      await this.markReady(manager, run, code === null ? account.version : null, isPaused ? code : null);
      if (isPaused) await this.lookAgain(manager, run);
      await this.journal.tell(manager, run, isPaused ? 'paused' : hasChanged(run) ? 'applied' : 'unchanged', code);
      await run.context.settle(manager);
    });
  }

  /**
   * The person can work although a change was refused for good. No version counts as applied, so that a retry after the
   * repair does not take the account for fresh; and nothing is settled, so that the job is parked with its triggers.
   */
  async usable(run: Run, code: ErrorCode): Promise<void> {
    await this.commit(run, async (manager) => {
      await this.markReady(manager, run, null, null);
      await this.journal.tell(manager, run, 'failed', code);
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
      await this.journal.record(manager, run, 'refused', code);
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
        [account.accountId, state, code, seen?.user.name, seen && isActive(run), seen && account.readAt],
      );
      await this.doubtIfRenamed(manager, run);
      await this.journal.tell(manager, run, outcome, code);
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

  private async markReady(
    manager: EntityManager,
    run: Run,
    appliedVersion: number | null,
    code: ErrorCode | null,
  ): Promise<void> {
    const { accountId, readAt } = run.account;
    await manager.query(
      `update sync.jira_account set
         state = 'ready', code = $6, taken_by = null, username = $2, active = $3,
         applied_version = $4, verified_at = $5, newcomer = newcomer and not $7, updated_at = now()
       where account_id = $1`,
      [accountId, run.seen!.user.name, isActive(run), appliedVersion, readAt, code, hasNewcomersGroups(run)],
    );
    await this.doubtIfRenamed(manager, run);
    await this.accounts.announce(manager, accountId);
  }

  /** As a fact about later, so that no kill forgets it; one of them is enough for an account. */
  private async lookAgain(manager: EntityManager, { account, traceId, context }: Run): Promise<void> {
    const { accountId, seatsAreDue } = account;
    if (seatsAreDue) return;
    const notBefore = new Date(Date.now() + seatsAgainMs);
    await manager.query('update sync.jira_account set seats_due_at = $2 where account_id = $1', [accountId, notBefore]);
    await this.outbox.publish(manager, accountSeatsDue, { accountId, traceId }, { context, notBefore });
  }
}

function isActive({ seen, progress }: Run): boolean {
  return seen!.user.active || progress.done.some(({ kind }) => kind === 'activate');
}

function hasChanged({ progress, seen }: Run): boolean {
  return progress.done.length > 0 || seen!.how !== 'pinned';
}

/** Those it cannot get do not count: they are withheld, and stay so. */
function hasNewcomersGroups(run: Run): boolean {
  const done = foldedSet([...presentAfter(run), ...(run.plan?.withheld ?? [])]);
  return run.account.desired.groups.ifNew.wanted.every((group) => done.has(foldName(group)));
}
