import type { Database } from '../support/database.js';

/** I4: two runs of one account that both called Jira, at the same time. */
export async function overlappingRuns(database: Database): Promise<readonly string[]> {
  const rows = await database.rows<{ account_id: string }>(
    `select one.account_id from sync.reconcile_run as one
     join sync.reconcile_run as other on other.account_id = one.account_id and other.id > one.id
     where one.jira_calls > 0 and other.jira_calls > 0
       and one.started_at < other.finished_at and other.started_at < one.finished_at`,
  );
  return rows.map(({ account_id }) => account_id);
}
