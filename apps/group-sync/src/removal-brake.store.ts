import { Injectable } from '@nestjs/common';
import type { Settings } from '@gatehouse/contracts';
import { statement, Statements, unflushed } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { brakeRemovals, foldName } from '@gatehouse/mapping';
import type { BrakeDecision, BrakeQuestion, Loss } from '@gatehouse/mapping';
import { holding } from '@gatehouse/messaging';
import type { Lease } from '@gatehouse/messaging';
import { DataSource } from 'typeorm';
import type { KnownAccount } from './jira-accounts.store.js';
import type { Books } from './ledger.store.js';

const countedMs = 60_000;

interface Question {
  readonly account: KnownAccount;
  readonly books: Books;
  readonly lease: Pick<Lease, 'claim' | 'confirm'>;
}

interface TallyRow {
  /** Of the configuration's tally; a bigint. */
  readonly revision: string;
  readonly people: number;
  readonly includes_this_one: boolean;
  readonly is_braked: boolean;
  readonly groups: readonly { group: string; people: number; members: number; isBraked: boolean }[];
  readonly decisions: readonly { group: string; verdict: 'approve' | 'dismiss' }[];
}

type Ask = <Row extends object>(asked: Statement<Row>, values: readonly unknown[]) => Promise<Row[]>;

/**
 * Lets removals through, or holds them for a decision, before Jira is asked. Counted first and recorded then, and only
 * if nobody has recorded anything of this configuration in between: two workers never share the last place below a
 * threshold.
 */
@Injectable()
export class RemovalBrake {
  private readonly statements: Statements;
  private everybody: { readonly people: number; readonly at: number } | undefined;
  /** Within one process they take turns: they would only get in each other's way. */
  private last: Promise<unknown> = Promise.resolve();

  constructor(private readonly dataSource: DataSource) {
    this.statements = new Statements(dataSource);
  }

  async decide<One extends Loss>(
    question: Question,
    removals: readonly One[],
    brake: Settings['brake'],
  ): Promise<BrakeDecision<One>> {
    if (removals.length + question.books.held.length === 0) return { admit: [], hold: [], dismissed: [] };
    const everybody = await this.countEverybody();
    const turn = this.last.then(() => this.inTurn(question, { removals, brake }, everybody));
    this.last = turn.catch(() => undefined);
    return turn;
  }

  private async inTurn<One extends Loss>(
    question: Question,
    asked: Pick<BrakeQuestion<One>, 'removals' | 'brake'>,
    everybody: number,
  ): Promise<BrakeDecision<One>> {
    const alone = await attempt((one, values) => this.statements.rows(one, values), question, asked, everybody);
    if (alone) return alone;
    // Another process was quicker. Nobody is while the tally is locked.
    return this.dataSource.transaction(async (manager) => {
      await manager.query(lockTally, [question.account.configVersion]);
      const decision = await attempt(
        ({ text }, values) => manager.query(text, [...values]),
        question,
        asked,
        everybody,
      );
      if (!decision) throw new Error('a tally that is locked was changed');
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

/** @returns undefined, and nothing is recorded, when somebody else has recorded something meanwhile */
async function attempt<One extends Loss>(
  ask: Ask,
  { account, books, lease }: Question,
  { removals, brake }: Pick<BrakeQuestion<One>, 'removals' | 'brake'>,
  everybody: number,
): Promise<BrakeDecision<One> | undefined> {
  const { accountId, configVersion, version } = account;
  const folded = removals.map(({ group }) => foldName(group));
  const [tally] = await ask(count, [configVersion, accountId, folded, brake.percentMax]);
  const { revision, ...tallies } = talliesOf(tally!, everybody);
  const decision = brakeRemovals({ removals, brake, ...tallies, heldBefore: new Set(books.held) });
  const held = decision.hold.map((removal) => ({ ...removal, group_folded: foldName(removal.group) }));
  const [recorded] = await ask(record, [
    ...[...lease.claim, configVersion, revision, accountId, JSON.stringify(held), version],
    decision.admit.map(({ group }) => foldName(group)),
  ]);
  lease.confirm(recorded!.is_held ? 'held' : 'lost');
  return recorded!.is_recorded ? decision : undefined;
}

function talliesOf(
  row: TallyRow,
  of: number,
): Pick<BrakeQuestion, 'groups' | 'decisions' | 'run'> & { revision: string } {
  return {
    revision: row.revision,
    run: { people: row.people, of, isBraked: row.is_braked, includesThisOne: row.includes_this_one },
    groups: new Map(
      row.groups.map(({ group, people, members, isBraked }) => [group, { people, of: members + people, isBraked }]),
    ),
    decisions: new Map(row.decisions.map(({ group, verdict }) => [group, verdict])),
  };
}

const window = `config_version = $1::integer and admitted_at > now() - interval '1 hour'`;

/** No more members are counted than it takes to know that the share is small enough. */
const groupTallies = `
select group_folded, people, members, is_braked from unnest($3::text[]) as asked (group_folded)
cross join lateral (
  select count(*)::integer as people from sync.removal
  where ${window} and removal.group_folded = asked.group_folded and account_id <> $2::uuid) as lost
cross join lateral (
  select count(*)::integer as members from (
    select distinct account_id from sync.granted_membership as known where known.group_folded = asked.group_folded
    limit (people + 1) * 100 / greatest($4::integer, 1) + 1) as counted) as have
cross join lateral (
  select exists (select 1 from sync.held_removal as held
    where held.config_version = $1::integer and held.group_folded = asked.group_folded and held.scope = 'group'
      and held.released_at is null and held.account_id <> $2::uuid) as is_braked) as braked`;

const count = statement<TallyRow>(`
select
  coalesce((select revision from sync.removal_tally where config_version = $1::integer), 0) as revision,
  (select count(distinct account_id)::integer from sync.removal where ${window} and account_id <> $2::uuid) as people,
  exists (select 1 from sync.removal where ${window} and account_id = $2::uuid) as includes_this_one,
  exists (select 1 from sync.held_removal where config_version = $1::integer and scope = 'run'
          and released_at is null and account_id <> $2::uuid) as is_braked,
  (select coalesce(jsonb_agg(jsonb_build_object(
     'group', group_folded, 'people', people, 'members', members, 'isBraked', is_braked)), '[]')
   from (${groupTallies}) as tallied) as groups,
  (select coalesce(jsonb_agg(jsonb_build_object('group', group_folded, 'verdict', verdict)), '[]')
   from console.removal_decision where config_version = $1::integer) as decisions`);

const lockTally = `
insert into sync.removal_tally as known (config_version, revision) values ($1, 0)
on conflict (config_version) do update set revision = known.revision`;

/**
 * What is earned again, let through or dismissed waits no more. Two groups of Jira may fold to one name. Not flushed: a commit that is comes after it before
 * anybody is taken out of a group, and at the end of the run.
 */
const record = statement<{ is_held: boolean; is_recorded: boolean }>(`
with ${holding('$1', '$2::uuid')}, mine as (
  insert into sync.removal_tally as known (config_version, revision)
  select $3::integer, $4::bigint + 1 from held where ${unflushed}
  on conflict (config_version) do update set revision = excluded.revision where known.revision = $4::bigint
  returning config_version
), let_go as (
  delete from sync.held_removal where account_id = $5::uuid and exists (select 1 from mine)
    and not group_folded = any(array(select group_folded from jsonb_to_recordset($6::jsonb) as row (group_folded text)))
), written as (
  insert into sync.held_removal as known (account_id, group_folded, group_name, because, scope, config_version, version)
  select distinct on (group_folded) $5::uuid, group_folded, "group", because, scope, $3::integer, $7::integer
  from jsonb_to_recordset($6::jsonb) as row (group_folded text, "group" text, because text, scope text)
  where exists (select 1 from mine)
  on conflict (account_id, group_folded) do update set
    group_name = excluded.group_name, because = excluded.because, scope = excluded.scope, version = excluded.version,
    released_at = case when known.config_version = excluded.config_version then known.released_at end,
    config_version = excluded.config_version
), admitted as (
  insert into sync.removal (config_version, account_id, group_folded)
  select distinct $3::integer, $5::uuid, folded from unnest($8::text[]) as folded where exists (select 1 from mine)
  on conflict (config_version, account_id, group_folded) do update set admitted_at = now()
)
select exists (select 1 from held) as is_held, exists (select 1 from mine) as is_recorded`);
