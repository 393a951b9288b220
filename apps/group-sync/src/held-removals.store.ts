import { Injectable } from '@nestjs/common';
import { concernsRemoval } from '@gatehouse/database';
import { removedUsers } from '@gatehouse/mapping';
import type { EntityManager } from 'typeorm';

/** Removals that the brake holds, as far as a decision lets them go. */
@Injectable()
export class HeldRemovals {
  /**
   * Marks the approved ones of some accounts as let go, and what was seen of these accounts in Jira as too old: the run
   * that comes now has to look. @returns the accounts; fewer than `size` are the last
   */
  async releasePage(manager: EntityManager, configVersion: number, size: number): Promise<readonly string[]> {
    const rows = await manager.query<{ account_id: string }[]>(releaseSome, [configVersion, size]);
    return rows.map(({ account_id }) => account_id);
  }
}

const releaseSome = `
with approved as (
  select held.account_id, held.group_folded from sync.held_removal as held
  where held.config_version = $1 and held.released_at is null and 'approve' = (
    select verdict from console.removal_decision as decision
    where decision.config_version = $1 and ${concernsRemoval('decision', 'held', removedUsers)}
    order by decision.group_folded desc limit 1)   -- what is said of the group itself comes first
), page as (
  select distinct account_id from approved order by account_id limit $2
), released as (
  update sync.held_removal as held set released_at = now() from approved join page using (account_id)
  where held.account_id = approved.account_id and held.group_folded = approved.group_folded
), doubted as (
  update sync.jira_account as known set verify_from = greatest(verify_from, clock_timestamp()) from page
  where known.account_id = page.account_id
)
select account_id from page`;
