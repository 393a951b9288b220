import { Injectable } from '@nestjs/common';
import type { CleanupOptions, Settings } from '@gatehouse/contracts';
import { DirectoryUsers } from '@gatehouse/directory';
import { nameMatcher, overBrake } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import type { Sync } from './pull-sync.js';

export interface AbsentPerson {
  readonly id: string;
  readonly externalId: string;
  readonly userName: string;
}

/**
 * People whom a complete listing did not have. They are removed as a push would remove them, and what becomes of their
 * Jira users is `mappings.{provider}.directory.whenRemoved`; too many at once wait for an administrator (P31).
 */
@Injectable()
export class AbsentPeople {
  constructor(private readonly directory: DirectoryUsers) {}

  /** @returns how many are missing, and whether so many may go without anybody having looked */
  async judge(
    manager: EntityManager,
    sync: Sync,
    { brake, cleanup }: { readonly brake: Settings['brake']; readonly cleanup: CleanupOptions },
  ): Promise<{ people: number; isHeld: boolean }> {
    const [{ people, of }] = await manager.query<[{ people: number; of: number }]>(
      `select count(*) filter (where pulled.seen_in <> $2)::int as people, count(*)::int as of ${alive}`,
      [sync.provider, sync.id],
    );
    const over = overBrake({ people, of }, brake.perRunMax, brake.percentMax);
    return { people, isHeld: cleanup.missing !== 'keep' && !sync.released && over !== undefined };
  }

  async page(manager: EntityManager, { id, provider }: Sync, size: number): Promise<readonly AbsentPerson[]> {
    const rows = await manager.query<{ id: string; external_id: string; user_name: string }[]>(
      `select person.id, person.user_name, pulled.external_id ${alive} and pulled.seen_in <> $2 order by person.id limit $3`,
      [provider, id, size],
    );
    return rows.map((row) => ({ id: row.id, externalId: row.external_id, userName: row.user_name }));
  }

  /** Nobody is looked for twice in one sync. */
  async spare(manager: EntityManager, { id }: Sync, people: readonly AbsentPerson[]): Promise<void> {
    await manager.query('update directory.pulled_person set seen_in = $2 where directory_user_id = any($1::uuid[])', [
      people.map((person) => person.id),
      id,
    ]);
  }

  async remove(manager: EntityManager, { provider, traceId }: Sync, { id }: AbsentPerson): Promise<void> {
    await this.directory.remove(manager, { provider, id }, traceId);
    await manager.query('delete from directory.pulled_person where directory_user_id = $1', [id]);
  }
}

const alive = `
from directory.pulled_person as pulled
join directory.directory_user as person on person.id = pulled.directory_user_id and person.deleted_at is null
where pulled.provider = $1`;

/** X32: who may go at all. Groups except nobody here: whoever is in no listing is in no group of the pool either. */
export function mayGo(people: readonly AbsentPerson[], { missing, exceptNames }: CleanupOptions): AbsentPerson[] {
  const matches = nameMatcher(exceptNames, { ignoreCase: true });
  return missing === 'keep' ? [] : people.filter(({ userName }) => matches(userName).length === 0);
}
