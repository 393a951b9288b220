import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

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
       from console.config_version
       on conflict (provider) do update set
         config_version = excluded.config_version, total = excluded.total, cursor = null, done = 0,
         started_at = now(), finished_at = null
       where pass.config_version < excluded.config_version`,
      [provider],
    );
  }

  /** The identities after the last page that was committed; two runs of one provider share the pages between them. */
  async nextPage(manager: EntityManager, provider: string, size: number): Promise<readonly string[]> {
    const [pass] = await manager.query<{ cursor: string | null; finished: boolean }[]>(
      `select cursor, finished_at is not null as finished from mapping.remap where provider = $1 for update`,
      [provider],
    );
    if (!pass || pass.finished) return [];
    const rows = await manager.query<{ id: string }[]>(
      `select id from gateway.identity where provider = $1 and ($2::uuid is null or id > $2) order by id limit $3`,
      [provider, pass.cursor, size],
    );
    return rows.map(({ id }) => id);
  }

  async advance(manager: EntityManager, provider: string, page: readonly string[], isLast: boolean): Promise<void> {
    await manager.query(
      `update mapping.remap set cursor = coalesce($2::uuid, cursor), done = done + $3,
         finished_at = case when $4 then coalesce(finished_at, now()) end
       where provider = $1`,
      [provider, page.at(-1) ?? null, page.length, isLast],
    );
  }
}
