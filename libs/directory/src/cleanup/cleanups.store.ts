import { Injectable } from '@nestjs/common';
import { CleanupCounts } from '@gatehouse/contracts';
import type { CleanupKey, CleanupOptions, CleanupState } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { foldName, nameMatcher } from '@gatehouse/mapping';
import type { BrakeThresholds } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import { compareBy, spareMembers, spareNamed } from './cleanup-sql.js';
import { judgeCleanup } from './judge-cleanup.js';

/** Which clean-up of which provider: one reaches nobody of another. */
export interface CleanupReference {
  readonly provider: string;
  readonly id: string;
}

export interface CleanupRules {
  readonly options: CleanupOptions;
  readonly brake: Pick<BrakeThresholds, 'perRunMax' | 'percentMax'>;
  readonly configVersion: number;
}

export interface CleanupRow {
  readonly id: string;
  readonly provider: string;
  readonly listed_by: CleanupKey;
  readonly listed_at: Date;
  readonly planned_at: Date | null;
  readonly is_valid: boolean;
  readonly config_version: number | null;
  readonly action: CleanupState['action'];
  readonly counts: unknown;
  readonly held: CleanupState['held'];
  readonly begun_at: Date | null;
  readonly done_at: Date | null;
  readonly changed: number;
  readonly skipped: number;
}

interface Compared {
  readonly listed: number;
  readonly compared: number;
  readonly known: number;
  readonly without_key: number;
  readonly changed_since: number;
  readonly missing: number;
}

/** More people than one installation has. */
const listedMax = 1_000_000;
const namesPage = 5_000;
const shownMax = 100;

/**
 * Lists of a provider's people and what they lead to (X32). Whoever has a complete one, page by page, adds it here; it is
 * compared once, and what it lacks is written down with the version that was looked at.
 */
@Injectable()
export class Cleanups {
  /**
   * @param listedAt when the list was begun, by PostgreSQL's clock or one near it
   * @returns undefined for a list from the future: whoever is created until then would count as missing
   */
  async open(
    manager: EntityManager,
    { provider, by, listedAt, actor }: { provider: string; by: CleanupKey; listedAt: Date; actor: string },
  ): Promise<CleanupReference | undefined> {
    await manager.query(`delete from directory.cleanup where created_at < now() - interval '1 day'`);
    const [row] = await manager.query<{ id: string }[]>(
      `insert into directory.cleanup (provider, listed_by, listed_at, actor)
       select $1, $2, $3::timestamptz, $4 where $3::timestamptz <= now() + interval '1 minute' returning id`,
      [provider, by, listedAt, actor],
    );
    return row && { provider, id: row.id };
  }

  /** @throws TerminalError `cleanup.missing` when it is not one that is being listed */
  async add(manager: EntityManager, reference: CleanupReference, values: readonly string[]): Promise<void> {
    const { listed_by: by } = await this.listing(manager, reference);
    await manager.query(
      'insert into directory.cleanup_listed (cleanup_id, value) select $1, unnest($2::text[]) on conflict do nothing',
      [reference.id, by === 'userName' ? values.map(foldName) : values],
    );
    const [{ listed }] = await manager.query<[{ listed: number }]>(
      'select count(*)::int as listed from directory.cleanup_listed where cleanup_id = $1',
      [reference.id],
    );
    if (listed > listedMax) throw new TerminalError('cleanup.list_unusable', `A list has at most ${listedMax} people.`);
  }

  /** The list is complete: whom it lacks. @throws TerminalError `cleanup.missing` */
  async plan(manager: EntityManager, reference: CleanupReference, rules: CleanupRules): Promise<CleanupState> {
    const { options, brake, configVersion } = rules;
    const row = await this.listing(manager, reference);
    const [found] = await manager.query<[Compared]>(compareBy(row.listed_by), [
      ...[reference.id, reference.provider, row.listed_at, options.missing === 'remove'],
    ]);
    const exceptNames = await this.spareNames(manager, reference.id, options.exceptNames);
    const exceptGroups = await this.spareGroups(manager, reference, options.exceptGroups);
    const counts: CleanupCounts = {
      ...{ listed: found.listed, compared: found.compared, known: found.known, withoutKey: found.without_key },
      ...{ changedSince: found.changed_since, exceptNames, exceptGroups },
      people: found.missing - exceptNames - exceptGroups,
    };
    await manager.query('delete from directory.cleanup_listed where cleanup_id = $1', [reference.id]);
    await manager.query(
      `update directory.cleanup set planned_at = now(), config_version = $2, action = $3, counts = $4, held = $5
       where id = $1`,
      [reference.id, configVersion, options.missing, JSON.stringify(counts), judgeCleanup(counts, brake)],
    );
    return this.state(manager, reference);
  }

  /** @throws TerminalError `api.not_found` */
  async state(manager: Pick<EntityManager, 'query'>, reference: CleanupReference): Promise<CleanupState> {
    const row = await this.row(manager, reference, '');
    const people = await manager.query<{ id: string; userName: string }[]>(
      `select person.id, person.user_name as "userName" from directory.cleanup_person as planned
       join directory.directory_user as person on person.id = planned.directory_user_id
       where planned.cleanup_id = $1 order by person.user_name_folded, person.id limit $2`,
      [reference.id, shownMax],
    );
    return {
      id: row.id,
      provider: row.provider,
      state: row.done_at ? 'applied' : row.planned_at ? 'planned' : 'listing',
      action: row.action,
      counts: row.counts === null ? null : CleanupCounts.parse(row.counts),
      held: row.held,
      people,
      result: row.begun_at ? { changed: row.changed, skipped: row.skipped } : null,
    };
  }

  /** Locked until the caller's transaction ends. @throws TerminalError `cleanup.missing` */
  lock(manager: EntityManager, reference: CleanupReference): Promise<CleanupRow> {
    return this.row(manager, reference, 'for update');
  }

  private async listing(manager: EntityManager, reference: CleanupReference): Promise<CleanupRow> {
    const row = await this.lock(manager, reference);
    if (row.planned_at) throw missing();
    return row;
  }

  private async row(
    manager: Pick<EntityManager, 'query'>,
    { provider, id }: CleanupReference,
    lock: '' | 'for update',
  ): Promise<CleanupRow> {
    const [row] = await manager.query<CleanupRow[]>(
      `select *, coalesce(planned_at, created_at) > now() - interval '1 hour' as is_valid
       from directory.cleanup where id = $1 and provider = $2 ${lock}`,
      [id, provider],
    );
    if (!row) throw lock ? missing() : new TerminalError('api.not_found', 'This provider has no such clean-up.');
    return row;
  }

  private async spareNames(manager: EntityManager, id: string, patterns: readonly string[]): Promise<number> {
    if (patterns.length === 0) return 0;
    const matches = nameMatcher(patterns, { ignoreCase: true });
    let [after, spared]: [string | null, number] = [null, 0];
    for (let isLast = false; !isLast;) {
      const page: { id: string; name: string }[] = await manager.query(
        `select person.id, person.user_name as name from directory.cleanup_person as planned
         join directory.directory_user as person on person.id = planned.directory_user_id
         where planned.cleanup_id = $1 and ($2::uuid is null or person.id > $2) order by person.id limit $3`,
        [id, after, namesPage],
      );
      const named = page.filter(({ name }) => matches(name).length > 0).map((one) => one.id);
      spared += await count(manager, spareNamed, [id, named]);
      [after, isLast] = [page.at(-1)?.id ?? null, page.length < namesPage];
    }
    return spared;
  }

  private async spareGroups(
    manager: EntityManager,
    { provider, id }: CleanupReference,
    patterns: readonly string[],
  ): Promise<number> {
    if (patterns.length === 0) return 0;
    const matches = nameMatcher(patterns, { ignoreCase: true });
    const groups = await manager.query<{ id: string; name: string }[]>(
      'select id, display_name as name from directory.directory_group where provider = $1 and deleted_at is null',
      [provider],
    );
    const named = groups.filter(({ name }) => matches(name).length > 0).map((group) => group.id);
    return count(manager, spareMembers, [id, named]);
  }
}

async function count(manager: EntityManager, statement: string, values: readonly unknown[]): Promise<number> {
  const [row] = await manager.query<[{ spared: number }]>(statement, [...values]);
  return row.spared;
}

export function missing(): TerminalError {
  return new TerminalError('cleanup.missing', 'There is no such clean-up of this provider, or not any more.');
}
