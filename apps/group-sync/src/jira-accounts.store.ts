import { Injectable } from '@nestjs/common';
import {
  besideNull,
  plannedTransaction,
  sqlStateOf,
  statement,
  Statements,
  uniqueViolation,
} from '@gatehouse/database';
import type { JiraAccountState } from '@gatehouse/database';
import type { JiraUser } from '@gatehouse/jira-client';
import { CreateIntent, DesiredAccess } from '@gatehouse/mapping';
import type { DeactivatedBy } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { z } from 'zod';
import { Change, UnderWay } from './change.js';
import { bookColumns } from './ledger.store.js';
import type { Books } from './ledger.store.js';

/** What is known of an account before Jira is asked. */
export interface KnownAccount {
  readonly accountId: string;
  readonly desired: DesiredAccess;
  readonly version: number;
  /** Of the configuration by which it was decided. */
  readonly configVersion: number;
  readonly identityIds: readonly string[];
  readonly directoryUserIds: readonly string[];
  readonly jiraKey: string | undefined;
  readonly username: string | undefined;
  readonly state: JiraAccountState | undefined;
  readonly code: string | undefined;
  readonly takenBy: string | undefined;
  /** Left by an earlier run that did not learn what became of its create. */
  readonly unansweredIntent: CreateIntent | undefined;
  /** We created the user, and it has not got its groups for newcomers yet. */
  readonly isNewcomer: boolean;
  /** By whose word we deactivated the user. */
  readonly deactivatedBy: DeactivatedBy | undefined;
  readonly underWay: UnderWay | undefined;
  /** What the directory refused of this version, while the job about it is parked. */
  readonly refusedForGood: readonly Change[];
  /** A full licence will be looked at again by itself. */
  readonly seatsAreDue: boolean;
  /** Its Jira user was to have another name once, or is to. */
  readonly hasRename: boolean;
  /** This version is applied, however long ago it was seen in Jira. */
  readonly isApplied: boolean;
  /** Its Jira user; one that was there before us never goes with an account. */
  readonly isCreatedByUs: boolean;
  /** Of the user that Jira did not let go when it was to be removed. */
  readonly keptKey: string | undefined;
  /** This version is applied, and was seen in Jira within the window and after any doubt that came up meanwhile. */
  readonly isFresh: boolean;
  /** The database's clock, before Jira is asked: whatever Jira says is at least this new. */
  readonly readAt: Date;
}

export type Pinning = { kind: 'pinned' } | { kind: 'taken'; by: string } | { kind: 'raced' };

interface KnownRecord extends Books {
  version: number;
  config_version: number;
  content: unknown;
  identity_ids: string[];
  directory_user_ids: string[];
  jira_key: string | null;
  username: string | null;
  state: JiraAccountState | null;
  code: string | null;
  taken_by: string | null;
  create_intent: unknown;
  newcomer: boolean | null;
  deactivated_by: DeactivatedBy | null;
  under_way: unknown;
  refused: unknown;
  seats_are_due: boolean | null;
  has_rename: boolean;
  is_applied: boolean | null;
  created_by_us: boolean | null;
  kept_key: string | null;
  is_fresh: boolean | null;
  read_at: Date;
}

/** A run of another version of ours may have written something else. */
const Refusals = z.array(Change).max(1_000).catch([]);

/** What group-sync remembers of Jira's side of an account. */
@Injectable()
export class JiraAccountsStore {
  private readonly statements: Statements;

  constructor(private readonly dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  transaction<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return plannedTransaction(this.dataSource, work);
  }

  /** With what earlier runs wrote down. Undefined: nothing is desired of this account, or nobody leads to it. */
  async read(
    accountId: string,
    windowMinutes: number,
  ): Promise<{ readonly account: KnownAccount; readonly books: Books } | undefined> {
    const row = await this.statements.first(readAccount, [accountId, windowMinutes]);
    if (!row || row.identity_ids.length + row.directory_user_ids.length === 0) return undefined;
    const { ledger, properties, held } = row;
    return { account: accountOf(accountId, row), books: { ledger, properties, held } };
  }

  /** Committed before Jira is asked, so that a lost answer can later be told from somebody else's user. */
  async intendToCreate(accountId: string, intent: CreateIntent): Promise<void> {
    await this.statements.rows(intendCreate, [accountId, JSON.stringify(intent)]);
  }

  /** From `ms` from now on only what is read in Jira then counts. @returns that moment, by the database's clock */
  async verifyFrom(manager: EntityManager, accountId: string, ms: number): Promise<Date> {
    const rows = await manager.query<{ verify_from: Date }[]>(
      `insert into sync.jira_account as known (account_id, state, verify_from)
       values ($1, 'pending', clock_timestamp() + $2 * interval '1 millisecond')
       on conflict (account_id) do update set verify_from = greatest(known.verify_from, excluded.verify_from)
       returning verify_from`,
      [accountId, ms],
    );
    return rows[0]!.verify_from;
  }

  /** Jira refused the create: there is nothing of ours to be found. */
  async forgetIntent(accountId: string): Promise<void> {
    await this.dataSource.query('update sync.jira_account set create_intent = null where account_id = $1', [accountId]);
  }

  /** Once and for ever. A key has one account, an account has one key. */
  async pin(accountId: string, user: JiraUser, createdByUs: boolean): Promise<Pinning> {
    try {
      return await this.transaction(async (manager) => {
        const rows = await manager.query<unknown[]>(
          `insert into sync.jira_account as known (account_id, jira_key, username, active, created_by_us, newcomer, state)
           values ($1, $2, $3, $4, $5, $5, 'pending')
           on conflict (account_id) do update set
             jira_key = excluded.jira_key, username = excluded.username, active = excluded.active,
             created_by_us = excluded.created_by_us, newcomer = excluded.newcomer, create_intent = null,
             state = 'pending', code = null, taken_by = null, updated_at = now()
           where known.jira_key is null
           returning 1`,
          [accountId, user.key, user.name, user.active, createdByUs],
        );
        if (rows.length === 0) return { kind: 'raced' };
        await this.doubtOlderHolders(manager, accountId, user.name);
        return { kind: 'pinned' };
      });
    } catch (error) {
      if (sqlStateOf(error) !== uniqueViolation) throw error;
      const holder = await this.holderOf(user.key);
      return holder === undefined ? { kind: 'raced' } : { kind: 'taken', by: holder };
    }
  }

  /** Jira does not let the user go. Asked again only once the user has been active in between. */
  async keepUser(manager: EntityManager, accountId: string): Promise<void> {
    await manager.query('update sync.jira_account set kept_key = jira_key where account_id = $1', [accountId]);
  }

  /** Of what is desired of it. */
  async versionOf(accountId: string): Promise<number | undefined> {
    return (await this.statements.first(readVersion, [accountId]))?.version;
  }

  /**
   * The user is removed from Jira, and its key with it. Whoever comes back is somebody new there, so nothing that was
   * remembered of the old user may meet the new one.
   */
  async forgetUser(manager: EntityManager, accountId: string): Promise<void> {
    await manager.query(
      `update sync.jira_account set jira_key = null, username = null, active = null, created_by_us = false,
         newcomer = false, administers = null, create_intent = null, deactivated_by = null, under_way = null, kept_key = null, updated_at = now()
       where account_id = $1`,
      [accountId],
    );
    for (const table of ['granted_membership', 'set_property', 'rename', 'held_removal'])
      await manager.query(`delete from sync.${table} where account_id = $1`, [accountId]);
  }

  /**
   * A name now seen at this account's user cannot be another's any more: whoever still carries it is asked for again
   * before the name is handed to Jira, or that person would land in this account.
   */
  async doubtOlderHolders(manager: EntityManager, accountId: string, username: string): Promise<void> {
    await manager.query(
      `update sync.jira_account set verified_at = null
       where lower(username) = lower($2) and account_id <> $1 and verified_at is not null`,
      [accountId, username],
    );
  }

  async announce(manager: EntityManager, accountId: string): Promise<void> {
    await manager.query(`select pg_notify('gatehouse_account', $1)`, [accountId]);
  }

  private async holderOf(jiraKey: string): Promise<string | undefined> {
    const rows = await this.dataSource.query<{ account_id: string }[]>(
      'select account_id from sync.jira_account where jira_key = $1',
      [jiraKey],
    );
    return rows[0]?.account_id;
  }
}

function accountOf(accountId: string, row: KnownRecord): KnownAccount {
  return {
    accountId,
    desired: DesiredAccess.parse(row.content),
    version: row.version,
    configVersion: row.config_version,
    identityIds: row.identity_ids,
    directoryUserIds: row.directory_user_ids,
    jiraKey: row.jira_key ?? undefined,
    username: row.username ?? undefined,
    state: row.state ?? undefined,
    code: row.code ?? undefined,
    takenBy: row.taken_by ?? undefined,
    unansweredIntent: row.create_intent === null ? undefined : CreateIntent.parse(row.create_intent),
    isNewcomer: row.newcomer ?? false,
    deactivatedBy: row.deactivated_by ?? undefined,
    underWay: row.under_way === null ? undefined : UnderWay.parse(row.under_way),
    refusedForGood: Refusals.parse(row.refused),
    seatsAreDue: row.seats_are_due ?? false,
    hasRename: row.has_rename,
    isApplied: row.is_applied ?? false,
    isCreatedByUs: row.created_by_us ?? false,
    keptKey: row.kept_key ?? undefined,
    isFresh: row.is_fresh ?? false,
    readAt: row.read_at,
  };
}

/** An older version reads no deactivation, and may have left the account as it would leave others (F29). */
const mustBeRefused = `coalesce(d.content #>> '{deactivated,by}', 'inactivity') <> 'inactivity'`;

const intendCreate = statement<object>(
  `insert into sync.jira_account as known (account_id, create_intent, state) values ($1, $2, 'pending')
   on conflict (account_id) do update
   set create_intent = excluded.create_intent, state = 'pending', code = null, taken_by = null, updated_at = now()
   where known.jira_key is null`,
);

const readVersion = statement<{ version: number }>('select version from mapping.desired_access where account_id = $1');

const readAccount = statement<KnownRecord>(
  `select d.version, d.config_version, d.content, now() as read_at,
     j.jira_key, j.username, j.state, j.code, j.taken_by, j.create_intent, j.newcomer, j.deactivated_by, j.under_way,
     j.created_by_us, j.kept_key,
     j.seats_due_at > now() as seats_are_due, j.applied_version = d.version as is_applied,
     (j.state = 'ready' and j.active and not ${mustBeRefused} or j.state = 'refused' and j.code = 'account.deactivated' and not j.active)
       and j.applied_version = d.version
       and j.verified_at > greatest(now() - make_interval(mins => $2::int), j.verify_from) as is_fresh,
     case when exists (
       select 1 from messaging.parked_job as parked where parked.job = 'reconcile-account' and parked.key = $1::text
         and ${besideNull('parked.resolved_at')} and parked.code = 'jira.directory_read_only')
     then (select case when run.version = d.version then run.plan -> 'refused' end
       from sync.reconcile_run as run where run.account_id = d.account_id order by run.id desc limit 1)
     end as refused,
     exists (select 1 from sync.rename as known where known.account_id = d.account_id) as has_rename,
     array(select directory_user_id from mapping.account_directory_user where account_id = $1::uuid order by 1)
       as directory_user_ids,
     array(select identity_id from mapping.account_identity where account_id = $1::uuid order by 1) as identity_ids,
     ${bookColumns('$1::uuid')}
   from mapping.desired_access d left join sync.jira_account j using (account_id)
   where d.account_id = $1::uuid`,
);
