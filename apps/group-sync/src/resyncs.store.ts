import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

interface ResyncRecord {
  trace_id: string;
  state: 'running' | 'paused' | 'cancelled';
  cursor: string | null;
  finished: boolean;
}

/** How far the accounts of an operator's choice have been sent on. Every method runs in the caller's transaction. */
@Injectable()
export class Resyncs {
  /** Undefined: it is paused, ended or not there any more. Two runs of one resync take turns. */
  async current(
    manager: EntityManager,
    resyncId: string,
  ): Promise<{ traceId: string; cursor: string | null } | undefined> {
    await manager.query('insert into sync.resync_progress (resync_id) values ($1) on conflict do nothing', [resyncId]);
    const [row] = await manager.query<ResyncRecord[]>(
      `select asked.trace_id, asked.state, progress.cursor, progress.finished_at is not null as finished
       from sync.resync_progress as progress join console.resync as asked on asked.id = progress.resync_id
       where progress.resync_id = $1 for update of progress`,
      [resyncId],
    );
    if (!row || row.finished || row.state !== 'running') return undefined;
    return { traceId: row.trace_id, cursor: row.cursor };
  }

  /** Sent on and not reconciled yet. */
  async underWay(manager: EntityManager, traceId: string): Promise<number> {
    const [row] = await manager.query<[{ count: number }]>(
      `select count(*)::integer as count from messaging.outbox
       where trace_id = $1 and job = 'reconcile-account' and state <> 'settled'`,
      [traceId],
    );
    return row.count;
  }

  async nextPage(
    manager: EntityManager,
    resyncId: string,
    { cursor, size }: { readonly cursor: string | null; readonly size: number },
  ): Promise<readonly string[]> {
    const rows = await manager.query<{ account_id: string }[]>(
      `select account_id from console.resync_item where resync_id = $1 and ($2::uuid is null or account_id > $2)
       order by account_id limit $3`,
      [resyncId, cursor, size],
    );
    return rows.map(({ account_id }) => account_id);
  }

  async advance(
    manager: EntityManager,
    resyncId: string,
    accountIds: readonly string[],
    isLast: boolean,
  ): Promise<void> {
    await manager.query(
      `update sync.resync_progress set cursor = coalesce($2::uuid, cursor), sent = sent + $3,
         finished_at = case when $4 then now() end
       where resync_id = $1`,
      [resyncId, accountIds.at(-1) ?? null, accountIds.length, isLast],
    );
  }
}
