import { Injectable } from '@nestjs/common';
import type { Settings } from '@gatehouse/contracts';
import { advisoryLocks } from '@gatehouse/database';
import { brakeRemovals, foldName } from '@gatehouse/mapping';
import type { BrakeDecision, BrakeQuestion, Removal } from '@gatehouse/mapping';
import type { Lease } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import type { KnownAccount } from './jira-accounts.store.js';
import type { Books } from './ledger.store.js';

const countedMs = 60_000;

interface Question {
  readonly account: KnownAccount;
  readonly books: Books;
  readonly lease: Pick<Lease, 'fence'>;
}

interface GroupTally {
  group_folded: string;
  people: number;
  members: number;
  is_braked: boolean;
}

/**
 * Lets removals through, or holds them for a decision. Counted and recorded in one commit, before Jira is asked, one
 * account of a configuration at a time: two workers never share the last place below a threshold.
 */
@Injectable()
export class RemovalBrake {
  private everybody: { readonly people: number; readonly at: number } | undefined;

  constructor(private readonly dataSource: DataSource) {}

  async decide(question: Question, removals: readonly Removal[], brake: Settings['brake']): Promise<BrakeDecision> {
    const { account, books, lease } = question;
    if (removals.length + books.held.length === 0) return { admit: [], hold: [], dismissed: [] };
    const everybody = await this.countEverybody();
    return this.dataSource.transaction(async (manager) => {
      await lease.fence(manager);
      await manager.query('select pg_advisory_xact_lock($1, $2)', [advisoryLocks.countRemovals, account.configVersion]);
      const tallies = await tally(manager, account, removals, brake);
      const run = { ...tallies.run, of: everybody };
      const decision = brakeRemovals({ removals, brake, ...tallies, run, heldBefore: new Set(books.held) });
      await record(manager, account, decision);
      return decision;
    });
  }

  /** Everybody with a Jira user: the larger the table, the less a minute matters. */
  private async countEverybody(): Promise<number> {
    const now = Date.now();
    if (this.everybody && now - this.everybody.at < countedMs) return this.everybody.people;
    const [row] = await this.dataSource.query<[{ people: number }]>(
      'select count(*)::integer as people from sync.jira_account where jira_key is not null',
    );
    this.everybody = { people: row.people, at: now };
    return row.people;
  }
}

type Tallies = Pick<BrakeQuestion, 'groups' | 'decisions'> & { run: Omit<BrakeQuestion['run'], 'of'> };

async function tally(
  manager: EntityManager,
  { accountId, configVersion }: KnownAccount,
  removals: readonly Removal[],
  { percentMax }: Settings['brake'],
): Promise<Tallies> {
  const [run] = await manager.query<[Tallies['run']]>(countRun, [configVersion, accountId]);
  const folded = removals.map(({ group }) => foldName(group));
  const groups = await manager.query<GroupTally[]>(countGroups, [configVersion, accountId, folded, percentMax]);
  const decisions = await manager.query<{ group_folded: string; verdict: 'approve' | 'dismiss' }[]>(
    'select group_folded, verdict from console.removal_decision where config_version = $1',
    [configVersion],
  );
  return {
    run,
    groups: new Map(
      groups.map(({ group_folded, people, members, is_braked }) => [
        group_folded,
        { people, of: members + people, isBraked: is_braked },
      ]),
    ),
    decisions: new Map(decisions.map(({ group_folded, verdict }) => [group_folded, verdict])),
  };
}

async function record(
  manager: EntityManager,
  { accountId, configVersion, version }: KnownAccount,
  { admit, hold }: BrakeDecision,
): Promise<void> {
  const held = hold.map((removal) => ({ ...removal, group_folded: foldName(removal.group) }));
  // What is earned again, let through or dismissed waits no more.
  await manager.query('delete from sync.held_removal where account_id = $1 and not group_folded = any($2)', [
    accountId,
    held.map(({ group_folded }) => group_folded),
  ]);
  if (held.length > 0) await manager.query(writeHeld, [accountId, JSON.stringify(held), configVersion, version]);
  if (admit.length > 0)
    await manager.query(writeAdmitted, [configVersion, accountId, admit.map(({ group }) => foldName(group))]);
}

const window = `config_version = $1 and admitted_at > now() - interval '1 hour'`;

const countRun = `
select
  (select count(distinct account_id)::integer from sync.removal where ${window} and account_id <> $2) as people,
  exists (select 1 from sync.removal where ${window} and account_id = $2) as "includesThisOne",
  exists (select 1 from sync.held_removal
          where config_version = $1 and scope = 'run' and released_at is null and account_id <> $2) as "isBraked"`;

/** No more members are counted than it takes to know that the share is small enough. */
const countGroups = `
select group_folded, people, members, is_braked from unnest($3::text[]) as asked (group_folded)
cross join lateral (
  select count(*)::integer as people from sync.removal
  where ${window} and removal.group_folded = asked.group_folded and account_id <> $2) as lost
cross join lateral (
  select count(*)::integer as members from (
    select distinct account_id from sync.granted_membership as known where known.group_folded = asked.group_folded
    limit (people + 1) * 100 / greatest($4::integer, 1) + 1) as counted) as have
cross join lateral (
  select exists (select 1 from sync.held_removal as held
    where held.config_version = $1 and held.group_folded = asked.group_folded and held.scope = 'group'
      and held.released_at is null and held.account_id <> $2) as is_braked) as braked`;

const writeHeld = `
insert into sync.held_removal as known (account_id, group_folded, group_name, because, scope, config_version, version)
select $1, group_folded, "group", because, scope, $3, $4
from jsonb_to_recordset($2::jsonb) as row (group_folded text, "group" text, because text, scope text)
on conflict (account_id, group_folded) do update set
  group_name = excluded.group_name, because = excluded.because, scope = excluded.scope, version = excluded.version,
  released_at = case when known.config_version = excluded.config_version then known.released_at end,
  config_version = excluded.config_version`;

const writeAdmitted = `
insert into sync.removal (config_version, account_id, group_folded) select $1, $2, unnest($3::text[])
on conflict (config_version, account_id, group_folded) do update set admitted_at = now()`;
