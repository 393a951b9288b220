import { Injectable } from '@nestjs/common';
import { inOrderOf } from '@gatehouse/database';
import type { ErrorCode } from '@gatehouse/errors';
import { DirectoryPeople } from '@gatehouse/directory';
import type { EntityManager } from 'typeorm';
import type { Candidate } from './candidate.js';

/** Bounds what one sign-in looks at: people of one provider with one id or name, removed ones among them. */
const unplacedMax = 20;

/** Which people of directories belong to which account. Every method runs in the caller's transaction. */
@Injectable()
export class DirectoryLinksStore {
  constructor(private readonly people: DirectoryPeople) {}

  /** One decision at a time for a person. Taken before any lock of an account, and in the order of ids. */
  async lock(manager: EntityManager, directoryUserId: string): Promise<void> {
    await manager.query(`select pg_advisory_xact_lock(hashtextextended('map-directory-user/' || $1, 0))`, [
      directoryUserId,
    ]);
  }

  async person(manager: EntityManager, directoryUserId: string): Promise<Candidate | undefined> {
    const [person] = await this.people.read(manager, [directoryUserId]);
    return person && { ...person, providerId: person.externalId ?? undefined };
  }

  /** Of the provider of somebody who signs in: whom its directory may mean by them, and who has no account yet. */
  async unplaced(
    manager: EntityManager,
    { provider, providerId }: Candidate,
    name: string | undefined,
  ): Promise<string[]> {
    const rows = await manager.query<{ id: string }[]>(unplacedOrRemoved, [provider, providerId, name]);
    return rows.map(({ id }) => id);
  }

  async accountOf(manager: EntityManager, directoryUserId: string): Promise<string | undefined> {
    const rows = await manager.query<{ account_id: string | null }[]>(
      'select account_id from mapping.account_directory_user where directory_user_id = $1',
      [directoryUserId],
    );
    return rows[0]?.account_id ?? undefined;
  }

  async link(manager: EntityManager, directoryUserId: string, accountId: string): Promise<void> {
    await manager.query(
      `insert into mapping.account_directory_user as known (directory_user_id, account_id) values ($1, $2)
       on conflict (directory_user_id) do update
       set account_id = excluded.account_id, refused_code = null, decided_at = clock_timestamp()
       where known.account_id is distinct from excluded.account_id`,
      [directoryUserId, accountId],
    );
  }

  async refuse(manager: EntityManager, directoryUserId: string, code: ErrorCode): Promise<void> {
    await manager.query(
      `insert into mapping.account_directory_user as known (directory_user_id, refused_code) values ($1, $2)
       on conflict (directory_user_id) do update
       set account_id = null, refused_code = excluded.refused_code, decided_at = clock_timestamp()
       where known.refused_code is distinct from excluded.refused_code`,
      [directoryUserId, code],
    );
  }
}

/** Column `id`. @param provider SQL, like the others, and never a value */
export function unplacedPeople(provider: string, externalId: string, name: string): string {
  return `
select meant.id from (${meantPeople(provider, externalId, name)}) as meant
where ${hasNoAccount}`;
}

function one(condition: string): string {
  return `select id from (select id from directory.directory_user where ${condition}) as found`;
}

function meantPeople(provider: string, externalId: string, name: string): string {
  return `
  ${one(`provider = ${provider} and ${inOrderOf('external_id', externalId)}`)}
  union ${one(`deleted_at is null and provider = ${provider} and ${inOrderOf('user_name_folded', name)}`)}`;
}

const hasNoAccount = `not exists (
  select from mapping.account_directory_user where directory_user_id = meant.id and account_id is not null)`;

const unplacedOrRemoved = `
select meant.id from (
  ${meantPeople('$1', '$2', '$3')}
  union ${one(`deleted_at is not null and provider = $1 and ${inOrderOf('user_name_folded', '$3')}`)}
) as meant
where ${hasNoAccount} order by meant.id limit ${unplacedMax}`;
