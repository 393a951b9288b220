import type { Database } from '../support/database.js';
import type { FaultInstallation } from '../support/installation.js';
import type { Ledger } from '../support/ledger.js';
import { adminToken, clientSecrets, jiraToken, secondJiraToken } from '../support/secrets.js';

/**
 * I8: what was applied to Jira is told once. A run that was killed between its last call and its commit is told by the
 * one that found nothing left to do, as `unchanged`.
 */
export async function badlyRecorded(database: Database): Promise<readonly string[]> {
  const rows = await database.rows<{ account_id: string; version: number; applied: number; ended: number }>(
    `select known.account_id, known.applied_version as version,
       count(*) filter (where run.outcome = 'applied')::integer as applied,
       count(*) filter (where run.outcome in ('applied', 'unchanged'))::integer as ended
     from sync.jira_account as known
     left join sync.reconcile_run as run on run.account_id = known.account_id and run.version = known.applied_version
     where known.state = 'ready'
     group by known.account_id, known.applied_version
     having count(*) filter (where run.outcome = 'applied') > 1
        or count(*) filter (where run.outcome in ('applied', 'unchanged')) = 0`,
  );
  return rows.map(
    ({ account_id, version, applied, ended }) => `${account_id} version ${version}: ${applied} applied, ${ended} ended`,
  );
}

/** I8: no secret that the driver saw, no configured one, nothing shaped like a token, no address of a person. */
export async function secretsInLogs(installation: FaultInstallation, ledger: Ledger): Promise<readonly string[]> {
  const log = await installation.logs();
  const words = new Set(Array.from(log.matchAll(/[\w-]{20,}/g), ([word]) => word));
  const known = [adminToken, jiraToken, secondJiraToken, ...clientSecrets].filter((secret) => log.includes(secret));
  const shaped = [/eyJ[\w-]{10,}\.[\w-]{10,}/, /load-\d{4}@/].filter((shape) => shape.test(log)).map(String);
  const seen = [...ledger.secrets].filter((secret) => words.has(secret)).map((secret) => `a secret: ${secret}`);
  return [...known, ...shaped, ...seen];
}
