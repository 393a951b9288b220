import type { World } from './world.js';

/** What the product's tables say when all is at rest. */
export interface Tables {
  /** Person and group of removals that the brake holds, `*` of a deactivation, and nobody has let them go. */
  readonly waiting: ReadonlySet<string>;
  /** The same of those that an administrator approved, and that are there all the same. */
  readonly stuck: readonly string[];
  /** Of accounts that have something to do with Jira. */
  readonly accounts: ReadonlyMap<string, { readonly state: string; readonly isPinned: boolean }>;
  readonly sessions: readonly { readonly person: string; readonly isAlive: boolean; readonly reason: string | null }[];
}

export async function readTables({ dataSource }: World): Promise<Tables> {
  const held = await dataSource.query<{ what: string; isApproved: boolean }[]>(heldRows);
  const accounts = await dataSource.query<{ name: string; state: string; isPinned: boolean }[]>(
    `select name_folded as name, state, jira_key is not null as "isPinned"
     from sync.jira_account join mapping.account on id = account_id`,
  );
  const sessions = await dataSource.query<Tables['sessions'][number][]>(
    `select name_folded as person, ended_at is null as "isAlive", ended_reason as reason
     from gateway.session as session join mapping.account as account on account.id = session.account_id`,
  );
  const of = (isApproved: boolean) => held.filter((one) => one.isApproved === isApproved).map(({ what }) => what);
  return {
    waiting: new Set(of(false)),
    stuck: of(true),
    accounts: new Map(accounts.map(({ name, ...known }) => [name, known])),
    sessions,
  };
}

/** What is said of a group itself comes before what is said of everything. */
const heldRows = `
select name_folded || '/' || group_folded as what, coalesce('approve' = (
    select verdict from console.removal_decision as decision
    where decision.config_version = held.config_version and decision.group_folded in ('', held.group_folded)
    order by decision.group_folded desc limit 1), false) as "isApproved"
from sync.held_removal as held join mapping.account as account on account.id = held.account_id`;
