import { Injectable } from '@nestjs/common';
import { RetryableError } from '@gatehouse/errors';
import type { DesiredAccess } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';

const newerConfigRetryMs = 1_000;

@Injectable()
export class DesiredAccessStore {
  /** The version grows only when the content changes, so that equal claims cost nothing at Jira. The account must be locked. */
  async save(manager: EntityManager, accountId: string, content: DesiredAccess, configVersion: number): Promise<void> {
    await this.refuseOlderConfig(manager, accountId, configVersion);
    await manager.query(
      `insert into mapping.desired_access as known (account_id, version, content, config_version)
       values ($1, 1, $2, $3)
       on conflict (account_id) do update set
         version = known.version + (known.content is distinct from excluded.content)::int,
         decided_at = case when known.content is distinct from excluded.content then now() else known.decided_at end,
         content = excluded.content,
         config_version = excluded.config_version
       where known.content is distinct from excluded.content or known.config_version < excluded.config_version`,
      [accountId, JSON.stringify(content), configVersion],
    );
  }

  /** Another replica already decided with a newer configuration; this process reads it within seconds. */
  private async refuseOlderConfig(manager: EntityManager, accountId: string, configVersion: number): Promise<void> {
    const newer = await manager.query<unknown[]>(
      'select 1 from mapping.desired_access where account_id = $1 and config_version > $2',
      [accountId, configVersion],
    );
    if (newer.length === 0) return;
    throw new RetryableError('config.stale', 'A newer configuration has already been used for this account', {
      retryAfterMs: newerConfigRetryMs,
    });
  }
}
