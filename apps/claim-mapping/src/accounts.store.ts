import { Injectable } from '@nestjs/common';
import type { ErrorCode } from '@gatehouse/errors';
import { standingOf } from '@gatehouse/mapping';
import type { Claims, LinkedIdentity, Standing } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';

export interface Account {
  readonly id: string;
  readonly nameFolded: string;
  readonly standing: Standing;
  /** The account that holds the Jira key this one leads to. */
  readonly takenBy: string | undefined;
}

interface AccountRecord {
  id: string;
  name_folded: string;
  jira_key: string | null;
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

  async identity(manager: EntityManager, identityId: string): Promise<LinkedIdentity | undefined> {
    const rows = await manager.query<{ provider: string; claims: Claims }[]>(
      'select provider, claims from gateway.identity where id = $1',
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

  async lock(manager: EntityManager, accountId: string): Promise<Account> {
    await manager.query('select from mapping.account where id = $1 for update', [accountId]);
    const rows = await manager.query<AccountRecord[]>(
      `select a.id, a.name_folded, j.jira_key, j.create_intent, j.state, j.code, j.taken_by
       from mapping.account a left join sync.jira_account j on j.account_id = a.id where a.id = $1`,
      [accountId],
    );
    const row = rows[0]!;
    return {
      id: row.id,
      nameFolded: row.name_folded,
      standing: standingOf({ jiraKey: row.jira_key, createIntent: row.create_intent, state: row.state }),
      takenBy: row.state === 'refused' && row.code === keyTaken ? (row.taken_by ?? undefined) : undefined,
    };
  }

  /** In the order in which they were linked. */
  async identitiesOf(manager: EntityManager, accountId: string): Promise<LinkedIdentity[]> {
    return manager.query<LinkedIdentity[]>(
      `select i.id as "identityId", i.provider, i.claims
       from mapping.account_identity l join gateway.identity i on i.id = l.identity_id
       where l.account_id = $1 order by l.decided_at, i.id`,
      [accountId],
    );
  }

  async link(manager: EntityManager, identityId: string, accountId: string): Promise<void> {
    const changed = await manager.query<unknown[]>(
      `insert into mapping.account_identity as known (identity_id, account_id) values ($1, $2)
       on conflict (identity_id) do update
       set account_id = excluded.account_id, refused_code = null, decided_at = clock_timestamp()
       where known.account_id is distinct from excluded.account_id
       returning 1`,
      [identityId, accountId],
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
