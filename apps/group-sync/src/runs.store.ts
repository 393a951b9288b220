import { Injectable } from '@nestjs/common';
import { accountKeyTaken, accountSeatsDue, directoryUserMappingDue } from '@gatehouse/contracts';
import type { Settings } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import { foldedSet, foldName, isAdministratorGroup } from '@gatehouse/mapping';
import { Commits, isUrgent, Outbox, settlesNothing } from '@gatehouse/messaging';
import { Statements } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { Finding } from './account-finder.service.js';
import { AdoptionQuestions } from './adoption-questions.store.js';
import { JiraAccountsStore } from './jira-accounts.store.js';
import { ledgerRevision, LedgerStore, presentAfter, propertyRevision } from './ledger.store.js';
import { RenamesStore } from './renames.store.js';
import { changesOf, isActive, isPaused, isWithoutAccess } from './run.js';
import type { Run } from './run.js';
import { RunJournal } from './run-journal.store.js';
import { recordOfEarlier } from './run-record.js';
import { beginningValues, beginRun, endingValues, endRun } from './run-statements.js';

const seatsAgainMs = 10 * 60_000;

type Refusal = Extract<Finding, { kind: 'refused' }>;

/**
 * How a run ends: what was learnt, what was done and what becomes of the account, in one commit. A run whose lease has
 * passed on commits nothing: what it knows is older than what the other one writes.
 */
@Injectable()
export class RunsStore {
  private readonly statements: Statements;

  constructor(
    private readonly accounts: JiraAccountsStore,
    private readonly outbox: Outbox,
    private readonly journal: RunJournal,
    private readonly ledger: LedgerStore,
    private readonly renames: RenamesStore,
    private readonly commits: Commits,
    private readonly questions: AdoptionQuestions,
    dataSource: DataSource,
  ) {
    this.statements = new Statements(dataSource);
  }

  /** In a commit of its own, before the first change; a run that changes nothing needs none. */
  async begin(run: Run): Promise<void> {
    if (changesOf(run.plan!).length === 0) return;
    const underWay = this.journal.begun(run);
    const values = beginningValues({ claim: run.lease.claim, accountId: run.account.accountId, underWay });
    const hasToTell = recordOfEarlier(run) !== undefined;
    const rows = hasToTell
      ? await this.inTransaction(run, (manager) => this.journal.tellEarlier(manager, run), beginRun, values)
      : await this.statements.rows(beginRun, values);
    run.lease.confirm(rows.length > 0 ? 'held' : 'lost');
    run.earlierIsTold = true;
  }

  async ready(run: Run, { renames, administratorGroups }: Settings): Promise<void> {
    const { progress, account, context } = run;
    const waits = isPaused(run);
    const code = waits ? 'jira.licence_full' : progress.skipped.length > 0 ? 'jira.group_missing' : null;
    const isAwaited = isUrgent(context.lane);
    const outcome = waits ? 'paused' : hasChanged(run) ? 'applied' : 'unchanged';
    const values = endingValues({
      claim: run.lease.claim,
      accountId: account.accountId,
      username: run.seen!.user.name,
      active: isActive(run),
      // What is missing is tried again by the next trigger, however soon it comes.
      appliedVersion: code === null ? account.version : null,
      readAt: account.readAt,
      state: isWithoutAccess(run, presentAfter(run)) ? 'refused' : 'ready',
      code: waits ? code : null,
      isNewcomerNoMore: hasNewcomersGroups(run),
      administers: presentAfter(run).some((group) => isAdministratorGroup(group, administratorGroups)),
      underWay: this.journal.left(run),
      ...this.journal.entry(run, outcome),
      reason: code,
      ...ledgerRevision(run),
      settled: context.settlement?.values ?? settlesNothing,
      announces: isAwaited,
    });
    const rows =
      isPlain(run) && !this.renames.concern(run, renames)
        ? await this.statements.rows(endRun, values)
        : await this.inTransaction(run, (manager) => this.tellBesides(manager, run, renames), endRun, values);
    run.lease.confirm(rows.length > 0 ? 'given-back' : 'lost');
    context.settlement?.done();
    if (!isAwaited) this.commits.tell([account.accountId], 'gatehouse_account');
  }

  /** What few runs have to say besides. */
  private async tellBesides(manager: EntityManager, run: Run, renames: Settings['renames']): Promise<void> {
    if (!run.earlierIsTold) await this.journal.tellEarlier(manager, run);
    await this.ledger.reviseProperties(manager, run);
    await this.doubtIfRenamed(manager, run);
    if (isPaused(run)) await this.lookAgain(manager, run);
    if (this.renames.concern(run, renames)) await this.renames.notice(manager, run, renames);
    if (!run.context.settlement) await run.context.settle(manager);
  }

  private inTransaction<Row extends object>(
    run: Run,
    besides: (manager: EntityManager) => Promise<void>,
    { text }: Statement<Row>,
    values: unknown[],
  ): Promise<Row[]> {
    return this.accounts.transaction(async (manager) => {
      await run.lease.fence(manager);
      await besides(manager);
      return manager.query<Row[]>(text, values);
    });
  }

  /**
   * The person can work although a change was refused for good. No version counts as applied, so that a retry after the
   * repair does not take the account for fresh; and nothing is settled, so that the job is parked with its triggers.
   */
  async usable(run: Run, code: ErrorCode): Promise<void> {
    await this.commit(run, async (manager) => {
      await this.markUsable(manager, run);
      await this.journal.tell(manager, run, 'failed', code);
    });
  }

  async refused(run: Run, { code, user, inTheWay, takenBy }: Refusal): Promise<void> {
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
      await this.questions.ask(manager, account, code, inTheWay);
      // Only when it is news: claim-mapping answers with access.desired, and the two would call each other for ever.
      if (takenBy !== undefined && takenBy !== account.takenBy) {
        for (const identityId of account.identityIds) {
          await this.outbox.publish(manager, accountKeyTaken, { identityId, traceId }, { context });
        }
        for (const directoryUserId of account.directoryUserIds) {
          await this.outbox.publish(manager, directoryUserMappingDue, { directoryUserId, traceId }, { context });
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

  private async doubtIfRenamed(manager: EntityManager, run: Run): Promise<void> {
    if (!isRenamed(run)) return;
    await this.accounts.doubtOlderHolders(manager, run.account.accountId, run.seen!.user.name);
  }

  private async markUsable(manager: EntityManager, run: Run): Promise<void> {
    const { accountId, readAt } = run.account;
    await manager.query(
      `update sync.jira_account set
         state = 'ready', code = null, taken_by = null, username = $2, active = $3,
         deactivated_by = case when not $3 then deactivated_by end,
         applied_version = null, verified_at = $4, newcomer = newcomer and not $5, updated_at = now()
       where account_id = $1`,
      [accountId, run.seen!.user.name, isActive(run), readAt, hasNewcomersGroups(run)],
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

/** Without a pinned key before, pinning has already told of it. */
function isRenamed({ account, seen }: Run): boolean {
  return seen !== undefined && account.jiraKey !== undefined && seen.user.name !== account.username;
}

/** Nothing has to be said but what every run says. */
function isPlain(run: Run): boolean {
  const { forgotten, set } = propertyRevision(run);
  const isTold = run.earlierIsTold || recordOfEarlier(run) === undefined;
  const settles = run.context.settlement !== undefined;
  return isTold && settles && !isRenamed(run) && !isPaused(run) && forgotten.length + set.length === 0;
}

function hasChanged({ progress, seen }: Run): boolean {
  return progress.done.length > 0 || seen!.how !== 'pinned';
}

/**
 * Those it cannot get do not count: they are withheld, and stay so. Whatever waits for a seat is part of what the user was
 * made with: until it is there the user is as new as the rules of that moment find it (S30, P04).
 */
function hasNewcomersGroups(run: Run): boolean {
  if (isPaused(run)) return false;
  const done = foldedSet([...presentAfter(run), ...(run.plan?.withheld ?? [])]);
  return run.account.desired.groups.ifNew.wanted.every((group) => done.has(foldName(group)));
}
