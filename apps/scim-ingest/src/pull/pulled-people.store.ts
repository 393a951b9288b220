import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { CleanupOptions } from '@gatehouse/contracts';
import { DirectoryUsers } from '@gatehouse/directory';
import type { DirectoryUserContent } from '@gatehouse/directory';
import { foldName } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import { mayGo } from './absent-people.store.js';
import type { ListedPerson } from './listed-person.js';
import type { Sync } from './pull-sync.js';

interface KnownRow {
  readonly id: string;
  readonly external_id: string | null;
  readonly user_name: string;
  readonly user_name_folded: string;
  readonly active: boolean;
  readonly resource: DirectoryUserContent['resource'];
  /** Was missing from a listing and from the answer to a question of their own, and is deactivated for that. */
  readonly is_gone: boolean;
}

interface Taking {
  readonly sync: Sync;
  readonly known: KnownPeople;
  readonly cleanup: CleanupOptions;
}

/** What a page of people has become. */
export interface TakenPeople {
  /** Directory ids, of whoever is in the directory now. */
  readonly ids: readonly string[];
  readonly created: number;
  readonly changed: number;
  readonly skipped: number;
}

/** People of a listing become people of the directory: the same rows and events as when they are pushed. */
@Injectable()
export class PulledPeople {
  constructor(private readonly directory: DirectoryUsers) {}

  /** In the caller's transaction. Whoever is as the directory has them costs no statement of their own. */
  async take(
    manager: EntityManager,
    sync: Sync,
    people: readonly ListedPerson[],
    cleanup: CleanupOptions,
  ): Promise<TakenPeople> {
    const known = new KnownPeople(await this.read(manager, sync.provider, people));
    const ids = new Map<string, string>();
    const counts = { created: 0, changed: 0, skipped: 0 };
    for (const person of people) {
      const { id, became } = await this.takeOne(manager, { sync, known, cleanup }, person);
      if (became !== 'same') counts[became] += 1;
      if (id !== undefined) ids.set(person.externalId, id);
    }
    if (ids.size > 0) await this.mark(manager, sync, ids);
    return { ids: [...ids.values()], ...counts };
  }

  private async takeOne(
    manager: EntityManager,
    { sync: { provider, traceId }, known, cleanup }: Taking,
    { externalId, standing, content }: ListedPerson,
  ): Promise<{ id?: string; became: 'created' | 'changed' | 'skipped' | 'same' }> {
    const folded = foldName(content.userName);
    const namesake = known.named(folded);
    let row = known.byExternalId(externalId);
    if (standing === 'not-yet') return row ? { id: row.id, became: 'same' } : { became: 'skipped' };
    // A row without an id of the provider was pushed by it under this very name.
    if (!row && namesake?.external_id === null) row = namesake;
    const holder = namesake && namesake !== row ? namesake : undefined;
    if (holder) {
      if (!givesWay(holder, content, cleanup)) return this.kept(row);
      await this.directory.remove(manager, { provider, id: holder.id }, traceId);
      known.forget(holder);
    }
    if (!row) {
      const { id } = await this.directory.create(manager, provider, content, traceId);
      known.add(rowOf(id, content, folded));
      return { id, became: 'created' };
    }
    if (isAs(row, content)) return { id: row.id, became: 'same' };
    await this.directory.change(manager, { provider, id: row.id }, content, traceId);
    known.forget(row);
    known.add(rowOf(row.id, content, folded));
    return { id: row.id, became: 'changed' };
  }

  /** Somebody else has the name: whoever is known stays as they are. */
  private kept(row: KnownRow | undefined): { id?: string; became: 'skipped' } {
    return row ? { id: row.id, became: 'skipped' } : { became: 'skipped' };
  }

  private read(manager: EntityManager, provider: string, people: readonly ListedPerson[]): Promise<KnownRow[]> {
    const [externalIds, names] = [
      people.map(({ externalId }) => externalId),
      people.map(({ content }) => foldName(content.userName)),
    ];
    return manager.query<KnownRow[]>(knownPeople, [provider, externalIds, names]);
  }

  private async mark(manager: EntityManager, { id, provider }: Sync, ids: ReadonlyMap<string, string>): Promise<void> {
    const [externalIds, rows] = [[...ids.keys()], [...ids.values()]];
    await manager.query(unmarkFormerRows, [provider, externalIds, rows]);
    await manager.query(markPeople, [provider, id, externalIds, rows]);
  }
}

/** By id of the provider and by name, as a page is taken. */
class KnownPeople {
  private readonly rows: Set<KnownRow>;

  constructor(rows: readonly KnownRow[]) {
    this.rows = new Set(rows);
  }

  byExternalId(externalId: string): KnownRow | undefined {
    return [...this.rows].find((row) => row.external_id === externalId);
  }

  named(folded: string): KnownRow | undefined {
    return [...this.rows].find((row) => row.user_name_folded === folded);
  }

  add(row: KnownRow): void {
    this.rows.add(row);
  }

  forget(row: KnownRow): void {
    this.rows.delete(row);
  }
}

/**
 * One pool gives one name to one person, so whoever had it is gone: but nobody loses access for a name. They are missing
 * from the listing, and what becomes of the missing has its question, its exceptions and its brake; whoever has only been
 * deactivated by it gives the name away afterwards. Other spellings are somebody else's.
 */
function givesWay(holder: KnownRow, { userName }: DirectoryUserContent, cleanup: CleanupOptions): boolean {
  const isGone = holder.is_gone && !holder.active && holder.user_name === userName;
  return isGone && mayGo([{ userName }], cleanup).length > 0;
}

function rowOf(id: string, { userName, externalId, active, resource }: DirectoryUserContent, folded: string): KnownRow {
  return {
    ...{ id, external_id: externalId, user_name: userName, user_name_folded: folded, active, resource },
    is_gone: false,
  };
}

function isAs(row: KnownRow, { userName, externalId, active, resource }: DirectoryUserContent): boolean {
  return (
    row.user_name === userName &&
    row.external_id === externalId &&
    row.active === active &&
    isDeepStrictEqual(row.resource, resource)
  );
}

/** The mark as a value: of an `exists` PostgreSQL makes a list of everybody who is gone. */
export const knownPeople = `
select person.id, person.external_id, person.user_name, person.user_name_folded, person.active, person.resource,
  (select gone_at from directory.pulled_person where directory_user_id = person.id) is not null as is_gone
from directory.directory_user as person
where person.provider = $1 and person.deleted_at is null
  and (person.external_id = any($2::text[]) or person.user_name_folded = any($3::text[]))
order by person.created_at, person.id`;

/** The same person may have been another row before. What the same row was before is overwritten by its mark. */
export const unmarkFormerRows = `
delete from directory.pulled_person as old using unnest($2::text[], $3::uuid[]) as listed (external_id, directory_user_id)
where old.provider = $1 and old.external_id = listed.external_id and old.directory_user_id <> listed.directory_user_id`;

const markPeople = `
insert into directory.pulled_person (directory_user_id, provider, external_id, seen_in)
select directory_user_id, $1, external_id, $2 from unnest($3::text[], $4::uuid[]) as listed (external_id, directory_user_id)
on conflict (directory_user_id) do update set seen_in = excluded.seen_in, external_id = excluded.external_id, gone_at = null`;
