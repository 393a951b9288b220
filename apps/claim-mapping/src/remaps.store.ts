import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

export interface DueForMapping {
  readonly id: string;
  /** A person in the provider's directory, and not an identity. */
  readonly fromDirectory: boolean;
}

/** How far a provider's people have been sent on. Every method runs in the caller's transaction. */
@Injectable()
export class RemapsStore {
  /**
   * Begins a pass for the newest configuration, unless one is under way or done for it: a run that comes back after a
   * kill goes on where the last page was committed, and a newer configuration starts from the beginning.
   */
  async begin(manager: EntityManager, provider: string): Promise<void> {
    await manager.query(
      `insert into mapping.remap as pass (provider, config_version, total)
       select $1, coalesce(max(version), 0), (select count(*)::integer from gateway.identity where provider = $1)
         + (select count(*)::integer from directory.directory_user where provider = $1)
       from console.config_version
       on conflict (provider) do update set
         config_version = excluded.config_version, total = excluded.total, cursor = null, done = 0,
         started_at = now(), finished_at = null
       where pass.config_version < excluded.config_version`,
      [provider],
    );
  }

  /** Those after the last page that was committed; two runs of one provider share the pages between them. */
  async nextPage(manager: EntityManager, provider: string, size: number): Promise<readonly DueForMapping[]> {
    const [pass] = await manager.query<{ cursor: string | null; finished: boolean }[]>(
      `select cursor, finished_at is not null as finished from mapping.remap where provider = $1 for update`,
      [provider],
    );
    if (!pass || pass.finished) return [];
    return manager.query<DueForMapping[]>(
      `select id, "fromDirectory" from (
         (select id, false as "fromDirectory" from gateway.identity
          where provider = $1 and ($2::uuid is null or id > $2) order by id limit $3)
         union all
         (select id, true from directory.directory_user
          where provider = $1 and ($2::uuid is null or id > $2) order by id limit $3)
       ) as due order by id limit $3`,
      [provider, pass.cursor, size],
    );
  }

  async advance(
    manager: EntityManager,
    provider: string,
    page: readonly DueForMapping[],
    isLast: boolean,
  ): Promise<void> {
    await manager.query(
      `update mapping.remap set cursor = coalesce($2::uuid, cursor), done = done + $3,
         finished_at = case when $4 then coalesce(finished_at, now()) end
       where provider = $1`,
      [provider, page.at(-1)?.id ?? null, page.length, isLast],
    );
  }
}
