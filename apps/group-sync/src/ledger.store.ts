import { Injectable } from '@nestjs/common';
import { foldName, noProperties, reviseLedger, switchedOff } from '@gatehouse/mapping';
import type { LedgerEntry, SetProperty } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';
import { groupsAdded, removalsIn } from './change.js';
import { earlierAdditions, earlierChanges, isNewcomer, unwrittenEntries } from './run.js';
import type { Run } from './run.js';

/** What earlier runs wrote down about one account. */
export interface Books {
  readonly ledger: readonly LedgerEntry[];
  readonly properties: readonly SetProperty[];
  /** Folded names of groups whose removal waits for a decision. */
  readonly held: readonly string[];
}

/** Which memberships and properties are ours, and why (P24, X53). Written in the commit that ends a run. */
@Injectable()
export class LedgerStore {
  async revise(manager: EntityManager, run: Run, runId: string): Promise<void> {
    const { accountId, version, configVersion } = run.account;
    const { write, erase } = ledgerRevision(run);
    await manager.query(reviseEntries, [accountId, erase, write, configVersion, version, runId]);
    await this.reviseProperties(manager, run);
  }

  async reviseProperties(manager: EntityManager, { account, ...run }: Run): Promise<void> {
    const { forgotten, set } = propertyRevision({ account, ...run });
    if (forgotten.length > 0) await manager.query(forgetProperties, [account.accountId, forgotten]);
    if (set.length > 0) await manager.query(rememberProperties, [account.accountId, set, account.configVersion]);
  }
}

/** What a run has to write into the ledger, and what to erase; rows as JSON, for `revisingEntries`. */
export function ledgerRevision(run: Run): { readonly write: string; readonly erase: string } {
  const { account, books, progress } = run;
  const { write, erase } = reviseLedger({
    ledger: books.ledger,
    unwritten: unwrittenEntries(run),
    desired: account.desired,
    isNewcomer: isNewcomer(run),
    present: presentAfter(run),
    added: [...groupsAdded(progress.done), ...earlierAdditions(run)],
  });
  return { write: rowsOf(write), erase: rowsOf(erase) };
}

export function propertyRevision(run: Run): { readonly forgotten: readonly string[]; readonly set: readonly string[] } {
  const { account, books, plan, progress } = run;
  const done = [...progress.done, ...earlierChanges(run)].flatMap((one) => (one.kind === 'property' ? [one] : []));
  const removed = new Set(done.filter((one) => one.removed).map(({ property }) => property));
  const stillThere = (plan?.properties.remove ?? []).filter((property) => !removed.has(property));
  // A deactivation compares none of them: what is switched off meanwhile is still there, and still ours.
  const isCompared = plan !== undefined && plan.properties !== noProperties;
  const gone = isCompared ? switchedOff({ ...account, setByUs: books.properties }) : [];
  return {
    forgotten: gone.filter((property) => !stillThere.includes(property)),
    set: done.filter((one) => !one.removed).map(({ property }) => property),
  };
}

/** Every group of the user once the changes of this run are made, each in the spelling that is known. */
export function presentAfter({ seen, progress }: Pick<Run, 'seen' | 'progress'>): string[] {
  const removed = new Set(removalsIn(progress.done).map(({ group }) => foldName(group)));
  const before = (seen?.user.groups ?? []).filter((group) => !removed.has(foldName(group)));
  return [...before, ...groupsAdded(progress.done)];
}

function rowsOf(entries: readonly LedgerEntry[]): string {
  return JSON.stringify(entries.map((entry) => ({ ...entry, group_folded: foldName(entry.group) })));
}

/** Columns `ledger`, `properties` and `held`, as `Books` has them. @param account SQL, never a value */
export function bookColumns(account: string): string {
  return `
  (select coalesce(json_agg(json_build_object(
     'group', group_name, 'provider', provider, 'reason', reason, 'how', how)), '[]')
   from sync.granted_membership where account_id = ${account}) as ledger,
  (select coalesce(json_agg(json_build_object('property', property, 'configVersion', config_version)), '[]')
   from sync.set_property where account_id = ${account}) as properties,
  array(select group_folded from sync.held_removal where account_id = ${account}) as held`;
}

interface EntryPlaces {
  readonly account: string;
  readonly erase: string;
  readonly write: string;
  readonly configVersion: string;
  readonly version: string;
  readonly runId: string;
}

/** CTEs `erased` and `written`; nothing happens unless `when`. All of it SQL, never a value. */
export function revisingEntries(at: EntryPlaces, when = 'true'): string {
  return `
erased as (
  delete from sync.granted_membership as known
  using jsonb_to_recordset(${at.erase}::jsonb) as gone (group_folded text, provider text, reason text)
  where known.account_id = ${at.account}::uuid and known.group_folded = gone.group_folded
    and known.provider = gone.provider and known.reason = gone.reason and ${when}
), written as (
  insert into sync.granted_membership
    (account_id, group_folded, provider, reason, group_name, how, config_version, version, run_id)
  select ${at.account}::uuid, group_folded, provider, reason, "group", how, ${at.configVersion}::integer, ${at.version}::integer,
    ${at.runId}::bigint
  from jsonb_to_recordset(${at.write}::jsonb) as entry (group_folded text, provider text, reason text, "group" text, how text)
  where ${when}
  on conflict (account_id, group_folded, provider, reason) do update set
    group_name = excluded.group_name, how = excluded.how, config_version = excluded.config_version,
    version = excluded.version, run_id = excluded.run_id
)`;
}

const places = { account: '$1', erase: '$2', write: '$3', configVersion: '$4', version: '$5', runId: '$6' };
const reviseEntries = `with ${revisingEntries(places)} select 1`;

const forgetProperties = 'delete from sync.set_property where account_id = $1 and property = any($2)';

const rememberProperties = `
insert into sync.set_property (account_id, property, config_version) select $1, unnest($2::text[]), $3
on conflict (account_id, property) do update set config_version = excluded.config_version, set_at = now()`;
