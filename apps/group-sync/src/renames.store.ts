import { Injectable } from '@nestjs/common';
import { accountRenamed, accountRenameDue, directoryUserMappingDue } from '@gatehouse/contracts';
import type { Settings } from '@gatehouse/contracts';
import type { ErrorCode } from '@gatehouse/errors';
import type { JiraUser } from '@gatehouse/jira-client';
import { foldName, isSameName, trustedName } from '@gatehouse/mapping';
import { Outbox } from '@gatehouse/messaging';
import type { JobContext } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { JiraAccountsStore } from './jira-accounts.store.js';
import type { KnownAccount } from './jira-accounts.store.js';
import type { Run } from './run.js';

/** What stands against a rename may have gone since, and nobody tells us. */
const askAgainAfter = '24 hours';

export type RenameState = 'reported' | 'pending' | 'under-way' | 'blocked' | 'done';

export interface KnownRename {
  readonly from: string;
  readonly to: string;
  readonly state: RenameState;
  /** An administrator asked for this very name, whatever the policy. */
  readonly isOrdered: boolean;
}

export interface Rename {
  readonly account: KnownAccount;
  readonly traceId: string;
  readonly user: JiraUser;
  readonly from: string;
  readonly to: string;
}

interface Ending {
  /** As Jira spells it. */
  readonly now: string;
  readonly jiraCalls: number;
  readonly context: JobContext;
}

/** Which Jira users are to have another name, and what became of it. The caller holds the lease of the account. */
@Injectable()
export class RenamesStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: JiraAccountsStore,
    private readonly outbox: Outbox,
  ) {}

  /** Whether `notice` has anything to say: of most people nobody ever gives another name. */
  concern({ account, seen }: Run, policy: Settings['renames']): boolean {
    const to = trustedName(account.desired);
    return account.hasRename || (policy !== 'off' && to !== undefined && !isSameName(seen!.user.name, to));
  }

  /**
   * In the commit of a run that has just seen the user. A rename is a step of its own: all this does is to say that one
   * is due, once (P06).
   */
  async notice(manager: EntityManager, run: Run, policy: Settings['renames']): Promise<void> {
    const { account, traceId, context } = run;
    const user = run.seen!.user;
    const to = trustedName(account.desired);
    if (policy === 'off' || to === undefined || isSameName(user.name, to)) {
      return this.withdraw(manager, account.accountId);
    }
    const state = policy === 'apply' ? 'pending' : 'reported';
    const news = await manager.query<unknown[]>(noticeRename, [
      account.accountId,
      user.key,
      user.name,
      to,
      state,
      traceId,
    ]);
    if (news.length > 0 && policy === 'apply')
      await this.outbox.publish(manager, accountRenameDue, { accountId: account.accountId, traceId }, { context });
  }

  async read(accountId: string): Promise<KnownRename | undefined> {
    const rows = await this.dataSource.query<KnownRename[]>(
      `select known.from_name as "from", known.to_name as "to", known.state,
         exists (select from console.rename_order word where word.account_id = known.account_id
                 and word.to_name = known.to_name and word.ordered_at >= known.noticed_at) as "isOrdered"
       from sync.rename known where known.account_id = $1`,
      [accountId],
    );
    return rows[0];
  }

  /** Another account that goes by this name, or holds the Jira user that was seen with it. */
  async isClaimed(accountId: string, name: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `select 1 from mapping.account other where other.name_folded = $2 and other.id <> $1
         and (exists (select from mapping.account_identity linked where linked.account_id = other.id)
           or exists (select from mapping.account_directory_user linked where linked.account_id = other.id))
       union all
       select 1 from sync.jira_account where lower(username) = lower($3) and account_id <> $1 limit 1`,
      [accountId, foldName(name), name],
    );
    return rows.length > 0;
  }

  /**
   * From this commit on no name of the account is handed to Jira, neither to a sign-in that begins nor for a code: what
   * was verified does not count any more. A run that verifies it again has to wait for the lease.
   */
  async begin(manager: EntityManager, { account, to }: Rename): Promise<void> {
    await manager.query('update sync.jira_account set verified_at = null where account_id = $1', [account.accountId]);
    await this.become(manager, account.accountId, to, 'under-way', null);
  }

  /** Nothing was changed: the name that was just seen is the one that holds, and may be handed to Jira again. */
  async endWithout(
    manager: EntityManager,
    { account, user, to }: Rename,
    state: 'pending' | 'blocked',
    code: ErrorCode,
  ): Promise<void> {
    await this.seen(manager, account, user.name);
    await this.become(manager, account.accountId, to, state, code);
    await this.accounts.announce(manager, account.accountId);
  }

  /** Name, verification and record in one commit, and the word to claim-mapping, which keeps who goes by which name. */
  async done(manager: EntityManager, rename: Rename, { now, jiraCalls, context }: Ending): Promise<void> {
    const { account, from, to, traceId } = rename;
    await this.become(manager, account.accountId, to, 'done', null);
    await manager.query(insertRun, [
      account.accountId,
      account.version,
      traceId,
      JSON.stringify({ changes: [{ kind: 'rename', from, to: now }] }),
      jiraCalls,
      account.readAt,
      context.attempt,
      context.lane,
    ]);
    await this.tell(manager, rename, now, context);
  }

  /** The user has the name already, and not by us. */
  async followed(manager: EntityManager, rename: Rename, context: JobContext): Promise<void> {
    await manager.query('delete from sync.rename where account_id = $1', [rename.account.accountId]);
    await this.tell(manager, rename, rename.user.name, context);
  }

  /** The user is not there any more, which the next run of the account will say. */
  async gone(manager: EntityManager, accountId: string, code: ErrorCode): Promise<void> {
    await manager.query(
      `update sync.rename set state = 'blocked', code = $2, changed_at = now() where account_id = $1`,
      [accountId, code],
    );
  }

  private async tell(
    manager: EntityManager,
    { account, traceId }: Rename,
    name: string,
    context: JobContext,
  ): Promise<void> {
    const { accountId, identityIds, directoryUserIds } = account;
    await this.seen(manager, account, name);
    await this.accounts.doubtOlderHolders(manager, accountId, name);
    for (const identityId of identityIds)
      await this.outbox.publish(manager, accountRenamed, { identityId, traceId }, { context });
    // Where a directory gives the names, nobody who signs in may have the new one in their claims yet.
    for (const directoryUserId of directoryUserIds)
      await this.outbox.publish(manager, directoryUserMappingDue, { directoryUserId, traceId }, { context });
    await this.accounts.announce(manager, accountId);
  }

  /** Nobody wants it any more, or somebody did it by hand. What is under way is its own run's to end. */
  async withdraw(manager: EntityManager, accountId: string): Promise<void> {
    await manager.query(
      `delete from sync.rename where account_id = $1 and state in ('reported', 'pending', 'blocked')`,
      [accountId],
    );
  }

  private async seen(manager: EntityManager, { accountId, readAt }: KnownAccount, name: string): Promise<void> {
    await manager.query(
      'update sync.jira_account set username = $2, verified_at = $3, updated_at = now() where account_id = $1',
      [accountId, name, readAt],
    );
  }

  private async become(
    manager: EntityManager,
    accountId: string,
    to: string,
    state: RenameState,
    code: ErrorCode | null,
  ): Promise<void> {
    await manager.query(
      `update sync.rename set state = $3, code = $4, changed_at = now() where account_id = $1 and to_name = $2`,
      [accountId, to, state, code],
    );
  }
}

/** News is another name than before, a policy that changed, or a hindrance that was not looked at for a day. */
const noticeRename = `
insert into sync.rename as known (account_id, jira_key, from_name, to_name, state, trace_id)
values ($1, $2, $3, $4, $5, $6)
on conflict (account_id) do update set
  jira_key = excluded.jira_key, from_name = excluded.from_name, to_name = excluded.to_name, state = excluded.state,
  code = null, trace_id = excluded.trace_id, changed_at = now(),
  noticed_at = case when known.to_name = excluded.to_name and known.state <> 'done' then known.noticed_at else now() end
where known.state <> 'under-way' and (
  known.to_name <> excluded.to_name or known.state = 'done'
  or known.state in ('reported', 'pending') and known.state <> excluded.state
  or known.state = 'blocked' and excluded.state = 'pending' and known.changed_at < now() - interval '${askAgainAfter}')
returning 1`;

const insertRun = `
insert into sync.reconcile_run
  (account_id, version, trace_id, outcome, plan, jira_calls, started_at, attempt, lane, finished_at)
values ($1, $2, $3, 'applied', $4, $5, $6, $7, $8, clock_timestamp())`;
