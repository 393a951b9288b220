import { Injectable } from '@nestjs/common';
import type { PayloadOf, sweepDrift } from '@gatehouse/contracts';
import type { EntityManager } from 'typeorm';

export type Scope = PayloadOf<typeof sweepDrift>['scope'];

export interface SweepPage {
  /** Of the sweep that is under way, which may have begun under another trigger. */
  readonly traceId: string;
  readonly accountIds: readonly string[];
}

/** How far the accounts have been sent on. Every method runs in the caller's transaction. */
@Injectable()
export class DriftSweeps {
  /**
   * A run that comes back after a kill goes on where the last page was committed. Nothing begins anew while runs of the
   * sweep before still wait: with Jira away for a day, they would pile up.
   */
  async begin(manager: EntityManager, scope: Scope, traceId: string): Promise<void> {
    await manager.query(
      `insert into sync.drift_sweep as sweep (scope, trace_id) values ($1, $2)
       on conflict (scope) do update set
         trace_id = excluded.trace_id, cursor = null, sent = 0, started_at = now(), finished_at = null
       where sweep.finished_at is not null and sweep.trace_id <> excluded.trace_id and not exists (
         select 1 from messaging.outbox where trace_id = sweep.trace_id and state <> 'settled')`,
      [scope, traceId],
    );
  }

  /** The accounts after the last page that was committed; two runs of one scope share the pages between them. */
  async nextPage(manager: EntityManager, scope: Scope, notSeenMinutes: number, size: number): Promise<SweepPage> {
    const [sweep] = await manager.query<{ trace_id: string; cursor: string | null; finished: boolean }[]>(
      `select trace_id, cursor, finished_at is not null as finished from sync.drift_sweep where scope = $1 for update`,
      [scope],
    );
    if (!sweep || sweep.finished) return { traceId: sweep?.trace_id ?? '', accountIds: [] };
    const rows = await manager.query<{ account_id: string }[]>(somethingToCompare, [
      sweep.cursor,
      notSeenMinutes,
      size,
    ]);
    return { traceId: sweep.trace_id, accountIds: rows.map(({ account_id }) => account_id) };
  }

  async advance(
    manager: EntityManager,
    scope: Scope,
    { accountIds }: Pick<SweepPage, 'accountIds'>,
    isLast: boolean,
  ): Promise<void> {
    await manager.query(
      `update sync.drift_sweep set cursor = coalesce($2::uuid, cursor), sent = sent + $3,
         finished_at = case when $4 then coalesce(finished_at, now()) end
       where scope = $1`,
      [scope, accountIds.at(-1) ?? null, accountIds.length, isLast],
    );
  }
}

/**
 * Who is refused or failed waits for a sign-in or for a person, not for another look. Somebody who is deactivated is looked
 * at: a user that was activated in Jira by hand would have its seat, and its password.
 */
const somethingToCompare = `
select known.account_id from sync.jira_account as known join mapping.desired_access as desired using (account_id)
where ($1::uuid is null or known.account_id > $1)
  and known.jira_key is not null
  and (known.state = 'ready' or known.state = 'refused' and known.code = 'account.deactivated')
  and (known.verified_at is null or known.verified_at <= now() - make_interval(mins => $2::integer))
  and (known.state = 'refused' or desired.content #> '{groups,wanted}' <> '[]' or desired.content #> '{groups,managed}' <> '[]'
    or coalesce(desired.content #> '{groups,sweeps}', '[]') <> '[]' or coalesce(desired.content -> 'properties', '{}') <> '{}'
    or exists (select 1 from sync.granted_membership as given where given.account_id = known.account_id)
    or exists (select 1 from sync.set_property as ours where ours.account_id = known.account_id))
order by known.account_id limit $3`;
