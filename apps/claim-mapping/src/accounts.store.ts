import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '@gatehouse/errors';
import { standingOf } from '@gatehouse/mapping';
import type { Claims, Standing } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import type { Candidate } from './candidate.js';

export interface Account {
  readonly id: string;
  readonly nameFolded: string;
  readonly standing: Standing;
  /** Of its Jira user, as Jira spells it. */
  readonly username: string | undefined;
  /** The account that holds the Jira key this one leads to. */
  readonly takenBy: string | undefined;
  /** Grows with everything that is decided about it. */
  readonly decisions: number;
}

export interface AccountRecord {
  id: string;
  name_folded: string;
  decisions: number;
  jira_key: string | null;
  username: string | null;
  create_intent: unknown;
  state: string | null;
  code: string | null;
  taken_by: string | null;
}

const keyTaken: ErrorCode = 'match.key_taken';

/** Which identities belong to which account. Every method runs in the caller's transaction. */
@Injectable()
export class AccountsStore {
  /** One decision at a time for an identity, whatever lane it came through. Ends with the transaction. */
  async lockIdentity(manager: EntityManager, identityId: string): Promise<void> {
    await manager.query(`select pg_advisory_xact_lock(hashtextextended('map-claims/' || $1, 0))`, [identityId]);
  }

  async identity(manager: EntityManager, identityId: string): Promise<Candidate | undefined> {
    const rows = await manager.query<{ provider: string; claims: Claims; entries: string[]; providerId: string }[]>(
      'select provider, claims, entries, subject as "providerId" from gateway.identity where id = $1',
      [identityId],
    );
    return rows[0] && { identityId, ...rows[0] };
  }

  async accountOf(manager: EntityManager, identityId: string): Promise<string | undefined> {
    const rows = await manager.query<{ account_id: string | null }[]>(
      'select account_id from mapping.account_identity where identity_id = $1',
      [identityId],
    );
    return rows[0]?.account_id ?? undefined;
  }

  /**
   * Finds or makes the account of a name and locks it, so that two identities of one name are decided one after the
   * other. The update changes nothing; it takes the lock whichever side of the insert this transaction is on.
   */
  async lockByName(manager: EntityManager, nameFolded: string): Promise<Account> {
    const rows = await manager.query<{ id: string }[]>(
      `insert into mapping.account (name_folded) values ($1)
       on conflict (name_folded) do update set name_folded = excluded.name_folded returning id`,
      [nameFolded],
    );
    return this.lock(manager, rows[0]!.id);
  }

  /** The account that goes by a name. */
  async named(manager: EntityManager, nameFolded: string): Promise<string | undefined> {
    const rows = await manager.query<{ id: string }[]>('select id from mapping.account where name_folded = $1', [
      nameFolded,
    ]);
    return rows[0]?.id;
  }

  /** Whoever has read the account without a lock notices that something may be decided about it since. */
  async lock(manager: EntityManager, accountId: string): Promise<Account> {
    await manager.query('update mapping.account set decisions = decisions + 1 where id = $1', [accountId]);
    const rows = await manager.query<AccountRecord[]>(
      `select ${accountColumns} from mapping.account left join sync.jira_account on account_id = id where id = $1`,
      [accountId],
    );
    return accountOf(rows[0]!);
  }

  /**
   * The account goes by its new name, so that whoever gets the old one at the provider is somebody else. An account to
   * which nobody belongs any more may stand in the way: it takes the old name.
   *
   * @returns false when another account in use goes by that name
   */
  async follow(manager: EntityManager, { id, nameFolded }: Account, name: string): Promise<boolean> {
    const others = await manager.query<{ id: string; in_use: boolean }[]>(
      `select other.id, exists (select from mapping.account_identity linked where linked.account_id = other.id)
          or exists (select from mapping.account_directory_user linked where linked.account_id = other.id)
         or exists (select from sync.jira_account jira where jira.account_id = other.id
                    and (jira.jira_key is not null or jira.create_intent is not null)) as in_use
       from mapping.account other where other.name_folded = $1 for update`,
      [name],
    );
    if (others.some(({ in_use }) => in_use)) return false;
    const rename = (account: string, to: string) =>
      manager.query('update mapping.account set name_folded = $2 where id = $1', [account, to]);
    for (const other of others) await rename(other.id, `/${other.id}`); // No username has a slash.
    await rename(id, name);
    for (const other of others) await rename(other.id, nameFolded);
    return true;
  }

  /** @param username by which its provider's directory may find it; undefined: it has none that may enter */
  async link(
    manager: EntityManager,
    identityId: string,
    accountId: string,
    username: string | undefined,
  ): Promise<void> {
    const changed = await manager.query<unknown[]>(
      `insert into mapping.account_identity as known (identity_id, account_id, username_folded) values ($1, $2, $3)
       on conflict (identity_id) do update
       set account_id = excluded.account_id, refused_code = null,
         username_folded = coalesce(excluded.username_folded, known.username_folded),
         decided_at = case when known.account_id is distinct from excluded.account_id
           then clock_timestamp() else known.decided_at end
       where (known.account_id, known.username_folded) is distinct from
         (excluded.account_id, coalesce(excluded.username_folded, known.username_folded))
       returning 1`,
      [identityId, accountId, username],
    );
    if (changed.length > 0) await this.announce(manager, identityId);
  }

  async refuse(manager: EntityManager, identityId: string, code: ErrorCode): Promise<void> {
    await manager.query(
      `insert into mapping.account_identity (identity_id, refused_code) values ($1, $2)
       on conflict (identity_id) do update
       set account_id = null, refused_code = excluded.refused_code, decided_at = clock_timestamp()`,
      [identityId, code],
    );
    await this.announce(manager, identityId);
  }

  private async announce(manager: EntityManager, identityId: string): Promise<void> {
    await manager.query(`select pg_notify('gatehouse_account', $1)`, [identityId]);
  }
}

/** As `AccountRecord` has them. */
export const accountColumns = 'id, name_folded, decisions, jira_key, username, create_intent, state, code, taken_by';

export function accountOf(row: AccountRecord): Account {
  return {
    id: row.id,
    nameFolded: row.name_folded,
    username: row.username ?? undefined,
    standing: standingOf({ jiraKey: row.jira_key, createIntent: row.create_intent, state: row.state }),
    takenBy: row.state === 'refused' && row.code === keyTaken ? (row.taken_by ?? undefined) : undefined,
    decisions: row.decisions,
  };
}
