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
  /** Whether they lose anything by going. */
  readonly counts: boolean;
}

const namesPage = 5_000;

/**
 * People whom a complete listing did not have. They are deactivated, or removed as a push would remove them
 * (`mappings.{provider}.directory.cleanup`, X32); too many at once wait for an administrator (P31).
 */
@Injectable()
export class AbsentPeople {
  constructor(private readonly directory: DirectoryUsers) {}

  /** @returns how many are missing, and whether as many of them as lose anything may go without anybody having looked */
  async judge(
    manager: EntityManager,
    sync: Sync,
    { brake, cleanup }: { readonly brake: Settings['brake']; readonly cleanup: CleanupOptions },
  ): Promise<{ people: number; isHeld: boolean }> {
    const [{ people, counting, of }] = await manager.query<[{ people: number; counting: number; of: number }]>(
      `select count(*) filter (where ${missingIn})::int as people,
         count(*) filter (where ${missingIn} and ${countsIn})::int as counting,
         count(*) filter (where ${countsIn})::int as of ${alive}`,
      [sync.provider, sync.id, cleanup.missing],
    );
    const over = overBrake({ people: counting, of }, brake.perRunMax, brake.percentMax);
    return { people, isHeld: cleanup.missing !== 'keep' && !sync.released && over !== undefined };
  }

  /**
   * Whoever is missing and stays nevertheless counts for no brake: otherwise as many exceptions as it lets go would hold
   * every listing.
   * @returns how many
   */
  async spareExcepted(manager: EntityManager, sync: Sync, cleanup: CleanupOptions): Promise<number> {
    return (await this.spareInGroups(manager, sync, cleanup)) + (await this.spareNamed(manager, sync, cleanup));
  }

  private async spareNamed(manager: EntityManager, sync: Sync, cleanup: CleanupOptions): Promise<number> {
    let [spared, after]: [number, string | undefined] = [0, undefined];
    for (let isLast = false; !isLast;) {
      const page: readonly AbsentPerson[] = await this.page(manager, sync, cleanup, { size: namesPage, after });
      const going = new Set(mayGo(page, cleanup));
      const staying = page.filter((person) => !going.has(person));
      await this.spare(manager, sync, staying);
      spared += staying.length;
      [after, isLast] = [page.at(-1)?.id, page.length < namesPage];
    }
    return spared;
  }

  /** They are in their groups still: whoever is missing leaves none before it is decided what becomes of them. */
  private async spareInGroups(
    manager: EntityManager,
    { id, provider }: Sync,
    { missing, exceptGroups }: CleanupOptions,
  ): Promise<number> {
    if (exceptGroups.length === 0) return 0;
    const matches = nameMatcher(exceptGroups, { ignoreCase: true });
    const groups = await manager.query<{ id: string; name: string }[]>(
      'select id, display_name as name from directory.directory_group where provider = $1 and deleted_at is null',
      [provider],
    );
    const named = groups.filter(({ name }) => matches(name).length > 0).map((group) => group.id);
    const [row] = await manager.query<[{ spared: number }]>(spareMembers, [provider, id, missing, named]);
    return row.spared;
  }

  async page(
    manager: EntityManager,
    { id, provider }: Sync,
    { missing }: CleanupOptions,
    { size, after }: { readonly size: number; readonly after?: string | undefined },
  ): Promise<readonly AbsentPerson[]> {
    const rows = await manager.query<{ id: string; external_id: string; user_name: string; counts: boolean }[]>(
      `select person.id, person.user_name, pulled.external_id, ${countsIn} as counts ${alive} and ${missingIn}
         and ($5::uuid is null or person.id > $5) order by person.id limit $4`,
      [provider, id, missing, size, after ?? null],
    );
    return rows.map((row) => ({
      ...{ id: row.id, externalId: row.external_id, userName: row.user_name, counts: row.counts },
    }));
  }

  /** Nobody is looked for twice in one sync. */
  async spare(manager: EntityManager, { id }: Sync, people: readonly AbsentPerson[]): Promise<void> {
    await manager.query('update directory.pulled_person set seen_in = $2 where directory_user_id = any($1::uuid[])', [
      people.map((person) => person.id),
      id,
    ]);
  }

  /** Whoever is only deactivated is remembered as one of the pool's people, who can come back as who they were. */
  async takeAway(
    manager: EntityManager,
    { provider, traceId }: Sync,
    { id }: AbsentPerson,
    { missing }: CleanupOptions,
  ): Promise<void> {
    if (missing === 'deactivate') {
      await this.directory.change(manager, { provider, id }, { active: false }, traceId);
      await manager.query('update directory.pulled_person set gone_at = now() where directory_user_id = $1', [id]);
      return;
    }
    await this.directory.remove(manager, { provider, id }, traceId);
    await manager.query('delete from directory.pulled_person where directory_user_id = $1', [id]);
  }
}

const alive = `
from directory.pulled_person as pulled
join directory.directory_user as person on person.id = pulled.directory_user_id and person.deleted_at is null
where pulled.provider = $1`;

/** Whoever is inactive already has nothing left to be taken away by a deactivation. */
const countsIn = `($3::text <> 'deactivate' or person.active)`;
/** Of the inactive too it has to be known that the pool has them no more: until then nobody else is given their name. */
const missingIn = `pulled.seen_in <> $2 and (${countsIn} or pulled.gone_at is null)`;

/** Downwards from the groups $4, each followed once. */
const spareMembers = `
with recursive below (id) as (
  select unnest($4::uuid[])
  union
  select member.member_id from below
  join directory.directory_member as member on member.group_id = below.id and member.member_kind = 'group'
), spared as (
  update directory.pulled_person as pulled set seen_in = $2
  from directory.directory_user as person
  where pulled.provider = $1 and person.id = pulled.directory_user_id and person.deleted_at is null and ${missingIn}
    and exists (select from below join directory.directory_member as member
      on member.group_id = below.id and member.member_kind = 'user' and member.member_id = person.id)
  returning 1
) select count(*)::int as spared from spared`;

/** X32: who may go at all, by name. */
export function mayGo<Person extends Pick<AbsentPerson, 'userName'>>(
  people: readonly Person[],
  { missing, exceptNames }: CleanupOptions,
): Person[] {
  const matches = nameMatcher(exceptNames, { ignoreCase: true });
  return missing === 'keep' ? [] : people.filter(({ userName }) => matches(userName).length === 0);
}
