import { Injectable } from '@nestjs/common';
import { statement } from '@gatehouse/database';
import type { DesiredAccess } from '@gatehouse/mapping';
import { Commits, publishing, settling } from '@gatehouse/messaging';
import type { SettledValues } from '@gatehouse/messaging';
import type { EntityManager } from 'typeorm';
import type { Account } from './accounts.store.js';

/** What is decided of an account, and whom it is told to. */
export interface DecidedAccess {
  readonly account: Pick<Account, 'id' | 'decisions'>;
  /** Undefined: nothing can be said of it; what was decided before stays. */
  readonly content: DesiredAccess | undefined;
  readonly configVersion: number;
  /** Rows for the outbox, as JSON. */
  readonly desired: string;
  /** The same, of an account that is revoked. */
  readonly revoked: string | undefined;
  /** Nothing is announced of an account that is in step. */
  readonly onlyIfOutOfStep: boolean;
  /** The lanes that are told after the commit; undefined: it tells them itself. */
  readonly toldLater: readonly string[] | undefined;
  readonly settled: SettledValues;
}

@Injectable()
export class DesiredAccessStore {
  constructor(private readonly commits: Commits) {}

  /** In the caller's transaction, which holds the account. */
  async record(manager: EntityManager, decided: DecidedAccess): Promise<void> {
    await manager.query(recordAccess.text, valuesOf({ ...decided, toldLater: undefined }, undefined));
  }

  /** As a commit of its own. @returns false, and nothing is done, when somebody has decided about the account since it was read */
  async commit(decided: DecidedAccess): Promise<boolean> {
    const rows = await this.commits.rows(recordAccess, valuesOf(decided, decided.account.decisions));
    if (rows.length > 0 && decided.toldLater) this.commits.tell(decided.toldLater);
    return rows.length > 0;
  }
}

function valuesOf(decided: DecidedAccess, decisions: number | undefined): unknown[] {
  const { account, content, configVersion, desired, revoked, onlyIfOutOfStep, toldLater, settled } = decided;
  return [
    ...[account.id, decisions, content && JSON.stringify(content), configVersion],
    ...[desired, revoked ?? '[]', onlyIfOutOfStep, toldLater === undefined],
    ...settled,
  ];
}

/** Group-sync has applied exactly what is decided, doubts nothing of it, and nothing of it waits for a word or for a seat. */
const inStep = `exists (
  select 1 from mapping.desired_access as decided join sync.jira_account as known using (account_id)
  where account_id = $1::uuid and decided.content is not distinct from coalesce($3::jsonb, decided.content)
    and known.state = 'ready' and known.active and known.code is null
    and coalesce(decided.content #>> '{deactivated,by}', 'inactivity') = 'inactivity'
    and known.applied_version = decided.version and known.under_way is null
    and known.verified_at > coalesce(known.verify_from, '-infinity')
    and not exists (select 1 from sync.held_removal as held where held.account_id = $1::uuid))`;

/**
 * What is decided, the facts that say so, and the triggers that asked. All of it depends on the account's counter, which
 * each decision raises: one that was made of older facts than the last changes nothing; no row is returned then.
 * The version grows only when the content changes, so that equal claims cost nothing at Jira.
 */
const recordAccess = statement<{ id: string }>(`
with account as (
  update mapping.account set decisions = decisions + 1 where id = $1::uuid and decisions = coalesce($2::integer, decisions)
  returning id
), saved as (
  insert into mapping.desired_access as known (account_id, version, content, config_version)
  select id, 1, $3::jsonb, $4::integer from account where $3::jsonb is not null
  on conflict (account_id) do update set
    version = known.version + (known.content is distinct from excluded.content)::int,
    decided_at = case when known.content is distinct from excluded.content then now() else known.decided_at end,
    content = excluded.content,
    config_version = excluded.config_version
  where known.content is distinct from excluded.content or known.config_version < excluded.config_version
), due as (
  select case when $7::boolean and ${inStep} then '[]' else $5::jsonb end || $6::jsonb as rows from account
), ${publishing('(select rows from due)', 'null', '$8::boolean')},
${settling(['$9', '$10', '$11', '$12', '$13'], 'exists (select 1 from account)')}
select id, (select count(*)::integer from announced) as told from account`);
