import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';

/** Accounts that were found unused. */
@Injectable()
export class InactiveAccountsStore {
  /**
   * Writes down some more accounts that nobody has used for so many days and whose Jira user is active. Each is found
   * once, until somebody signs in to it or an administrator reactivates it: one that is left alone in Jira is not taken again.
   * What lifts it is newer than the last use that was known, whenever it was found: somebody who signs in at this moment
   * by an identity that is not linked yet has used it.
   */
  async takePage(manager: EntityManager, days: number, size: number): Promise<readonly string[]> {
    const rows = await manager.query<{ account_id: string }[]>(takeUnused, [days, size]);
    return rows.map(({ account_id }) => account_id);
  }

  /** How many were found since the oldest of these facts: by a run of the same sweep that did not get to its end. */
  async takenFor(manager: EntityManager, facts: readonly string[]): Promise<number> {
    const [row] = await manager.query<[{ taken: number }]>(
      `select count(*)::integer as taken from mapping.inactive_account
       where decided_at >= (select min(created_at) from messaging.outbox where id = any($1::bigint[]))`,
      [facts],
    );
    return row.taken;
  }
}

const takeUnused = `
with unused as (
  select account.id, greatest(coalesce(used.at, account.created_at), newest.ordered_at) as since
  from mapping.account as account
  join sync.jira_account as jira
    on jira.account_id = account.id and jira.state = 'ready' and jira.active and jira.jira_key is not null
  join mapping.desired_access as desired on desired.account_id = account.id and not desired.content ? 'deactivated'
  left join lateral (
    select max(identity.verified_at) as at from mapping.account_identity as linked
    join gateway.identity as identity on identity.id = linked.identity_id where linked.account_id = account.id) as used on true
  left join lateral (
    select given.ordered_at from console.account_order as given
    where given.account_id = account.id order by given.id desc limit 1) as newest on true
  where coalesce(used.at, account.created_at) < now() - make_interval(days => $1::integer)
    and account.created_at < now() - make_interval(days => $1::integer)
    and (newest.ordered_at is null or newest.ordered_at < now() - make_interval(days => $1::integer))
    and not exists (
      select from gateway.session as session where session.account_id = account.id and session.ended_at is null
        and session.last_seen_at >= now() - make_interval(days => $1::integer))
  order by account.id limit $2 for update of account skip locked
), written as (
  insert into mapping.inactive_account as known (account_id, since) select id, since from unused
  on conflict (account_id) do update set since = excluded.since, decided_at = clock_timestamp()
  returning account_id
)
select account_id from written order by account_id`;
