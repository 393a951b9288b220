import { statement } from '@gatehouse/database';
import { givingBack, holding, settling } from '@gatehouse/messaging';
import type { SettledValues } from '@gatehouse/messaging';
import { revisingEntries } from './ledger.store.js';

/**
 * The two commits of a run, each one statement: what a person costs is mostly how often PostgreSQL is asked. Both depend
 * on the row of the account's lease, so a run that was taken over changes nothing; no row is returned then.
 */

export interface Beginning {
  readonly claim: readonly [key: string, holder: string];
  readonly accountId: string;
  /** JSON. */
  readonly underWay: string | null;
}

export const beginRun = statement<{ account_id: string }>(`
with ${holding('$1', '$2::uuid')}, begun as (
  update sync.jira_account set under_way = $4::jsonb where account_id = $3::uuid and exists (select 1 from held)
  returning account_id
) select account_id from begun`);

export function beginningValues({ claim, accountId, underWay }: Beginning): unknown[] {
  return [...claim, accountId, underWay];
}

export interface Ending {
  readonly claim: readonly [key: string, holder: string];
  readonly accountId: string;
  readonly username: string;
  readonly active: boolean;
  readonly appliedVersion: number | null;
  readonly readAt: Date;
  readonly state: 'ready' | 'refused';
  /** Why the account is not as it should be. */
  readonly code: string | null;
  readonly isNewcomerNoMore: boolean;
  /** The Jira user is in a group of administrators. */
  readonly administers: boolean;
  readonly underWay: string | null;
  readonly version: number;
  readonly traceId: string;
  readonly outcome: string;
  /** What the history names as the reason. */
  readonly reason: string | null;
  /** JSON, like `erase` and `write`. */
  readonly record: string | null;
  readonly jiraCalls: number;
  readonly attempt: number;
  readonly lane: string;
  readonly erase: string;
  readonly write: string;
  readonly configVersion: number;
  readonly settled: SettledValues;
  /** Whether the commit itself wakes whoever waits for the account. */
  readonly announces: boolean;
}

export function endingValues(ending: Ending): unknown[] {
  const { claim, accountId, username, active, appliedVersion, readAt, code, isNewcomerNoMore, underWay, state } =
    ending;
  const { version, traceId, outcome, reason, record, jiraCalls, attempt, lane, erase, write, configVersion } = ending;
  const { settled, announces } = ending;
  return [
    ...[...claim, accountId, username, active, appliedVersion, readAt, code, isNewcomerNoMore, underWay],
    ...[version, traceId, outcome, reason, record, jiraCalls, attempt, lane, erase, write, configVersion],
    ...settled,
    state,
    announces,
    ending.administers,
  ];
}

const isHeld = 'exists (select 1 from held)';
const entries = {
  account: '$3',
  erase: '$19',
  write: '$20',
  configVersion: '$21',
  version: '$11',
  runId: '(select id from run)',
};

/** The account, the history, the ledger, the triggers and the lease. */
export const endRun = statement<{ told: unknown }>(`
with ${givingBack('$1', '$2::uuid')}, account as (
  update sync.jira_account set
    state = $27::text, code = $8::text, taken_by = null, username = $4::text, active = $5::boolean,
    deactivated_by = case when not $5::boolean then deactivated_by end,
    applied_version = $6::integer, verified_at = $7::timestamptz, newcomer = newcomer and not $9::boolean,
    under_way = $10::jsonb, administers = $29::boolean, updated_at = now()
  where account_id = $3::uuid and ${isHeld} returning account_id
), run as (
  insert into sync.reconcile_run
    (account_id, version, trace_id, outcome, code, plan, jira_calls, started_at, attempt, lane, finished_at)
  select $3::uuid, $11::integer, $12::text, $13::text, $14::text, $15::jsonb, $16::integer, $7::timestamptz, $17::integer,
    $18::text, clock_timestamp()
  where ${isHeld} returning id
), ${revisingEntries(entries, isHeld)}, ${settling(['$22', '$23', '$24', '$25', '$26'], isHeld)}
select case when $28::boolean then pg_notify('gatehouse_account', $3::text) end as told from account`);
