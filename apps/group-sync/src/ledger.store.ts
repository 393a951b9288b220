import { Injectable } from '@nestjs/common';
import { foldName, reviseLedger, switchedOff } from '@gatehouse/mapping';
import type { LedgerEntry, SetProperty } from '@gatehouse/mapping';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { groupsAdded, removalsIn } from './change.js';
import { earlierAdditions, earlierChanges, isNewcomer } from './run.js';
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
  constructor(private readonly dataSource: DataSource) {}

  async read(accountId: string): Promise<Books> {
    const [books] = await this.dataSource.query<[Books]>(readBooks, [accountId]);
    return books;
  }

  async revise(manager: EntityManager, run: Run, runId: string): Promise<void> {
    const { account, books, progress } = run;
    const added = [...groupsAdded(progress.done), ...earlierAdditions(run)];
    const { write, erase } = reviseLedger({
      ledger: books.ledger,
      desired: account.desired,
      isNewcomer: isNewcomer(run),
      present: presentAfter(run),
      added,
    });
    const { accountId, version, configVersion } = account;
    if (erase.length > 0) await manager.query(eraseEntries, [accountId, rowsOf(erase)]);
    if (write.length > 0) await manager.query(writeEntries, [accountId, rowsOf(write), configVersion, version, runId]);
    await this.reviseProperties(manager, run);
  }

  private async reviseProperties(manager: EntityManager, run: Run): Promise<void> {
    const { account, books, plan, progress } = run;
    const done = [...progress.done, ...earlierChanges(run)].flatMap((one) => (one.kind === 'property' ? [one] : []));
    const set = done.filter(({ removed }) => !removed).map(({ property }) => property);
    const removed = new Set(done.filter((one) => one.removed).map(({ property }) => property));
    const stillThere = (plan?.properties.remove ?? []).filter((property) => !removed.has(property));
    const gone = switchedOff({ ...account, setByUs: books.properties });
    const forgotten = gone.filter((property) => !stillThere.includes(property));
    if (forgotten.length > 0) await manager.query(forgetProperties, [account.accountId, forgotten]);
    if (set.length > 0) await manager.query(rememberProperties, [account.accountId, set, account.configVersion]);
  }
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

const readBooks = `
select
  (select coalesce(jsonb_agg(jsonb_build_object(
     'group', group_name, 'provider', provider, 'reason', reason, 'how', how)), '[]')
   from sync.granted_membership where account_id = $1) as ledger,
  (select coalesce(jsonb_agg(jsonb_build_object('property', property, 'configVersion', config_version)), '[]')
   from sync.set_property where account_id = $1) as properties,
  array(select group_folded from sync.held_removal where account_id = $1) as held`;

const eraseEntries = `
delete from sync.granted_membership as known
using jsonb_to_recordset($2::jsonb) as gone (group_folded text, provider text, reason text)
where known.account_id = $1 and known.group_folded = gone.group_folded
  and known.provider = gone.provider and known.reason = gone.reason`;

const writeEntries = `
insert into sync.granted_membership
  (account_id, group_folded, provider, reason, group_name, how, config_version, version, run_id)
select $1, group_folded, provider, reason, "group", how, $3, $4, $5
from jsonb_to_recordset($2::jsonb) as entry (group_folded text, provider text, reason text, "group" text, how text)
on conflict (account_id, group_folded, provider, reason) do update set
  group_name = excluded.group_name, how = excluded.how, config_version = excluded.config_version,
  version = excluded.version, run_id = excluded.run_id`;

const forgetProperties = 'delete from sync.set_property where account_id = $1 and property = any($2)';

const rememberProperties = `
insert into sync.set_property (account_id, property, config_version) select $1, unnest($2::text[]), $3
on conflict (account_id, property) do update set config_version = excluded.config_version, set_at = now()`;
