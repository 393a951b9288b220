import { advisoryLocks, JiraRegistrationRow, OpKeyRow } from '@gatehouse/database';
import type { Encryption } from '@gatehouse/database';
import { IsNull } from 'typeorm';
import type { DataSource, QueryRunner } from 'typeorm';
import { jiraClientId } from './desired-registration.js';

export interface RecordedRegistration {
  readonly idpId: number | null;
  readonly secretFingerprint: string | null;
  readonly registeredAt: Date | null;
}

/** Made once by the gateway; undefined while it has not been up yet. */
export async function clientSecret(dataSource: DataSource, encryption: Encryption): Promise<string | undefined> {
  const row = await dataSource.getRepository(OpKeyRow).findOneBy({ purpose: 'client-secret', retiredAt: IsNull() });
  return row ? encryption.open(row.sealed, 'gateway.op_key/client-secret') : undefined;
}

export async function recordedRegistration(dataSource: DataSource): Promise<RecordedRegistration | undefined> {
  const row = await dataSource.getRepository(JiraRegistrationRow).findOneBy({ clientId: jiraClientId });
  if (!row) return undefined;
  return {
    idpId: row.idpId === null ? null : Number(row.idpId),
    secretFingerprint: row.applied,
    registeredAt: row.registeredAt,
  };
}

/** What Jira was told is in doubt, so it is told again. */
export async function forgetToldSecret(dataSource: DataSource): Promise<void> {
  await dataSource.getRepository(JiraRegistrationRow).update({ clientId: jiraClientId }, { applied: null });
}

export interface NewRecord {
  readonly idpId: number;
  readonly secretFingerprint: string;
  readonly action: string;
  readonly details: unknown;
  readonly traceId: string | undefined;
}

export async function recordRegistration(dataSource: DataSource, record: NewRecord): Promise<void> {
  await dataSource.transaction(async (manager) => {
    await manager.query(
      `insert into console.jira_registration (client_id, idp_id, applied, registered_at) values ($1, $2, $3, now())
       on conflict (client_id) do update set idp_id = excluded.idp_id, applied = excluded.applied, registered_at = now()`,
      [jiraClientId, record.idpId, record.secretFingerprint],
    );
    await manager.query(
      `insert into console.audit (actor, action, object, details, trace_id) values ('gatehouse', $1, $2, $3, $4)`,
      [record.action, `jira-idp/${record.idpId}`, JSON.stringify(record.details), record.traceId ?? null],
    );
  });
}

/** Runs `work` unless another replica is at it right now; undefined then. The lock ends with its connection. */
export async function whileAlone<Result>(
  dataSource: DataSource,
  work: () => Promise<Result>,
): Promise<Result | undefined> {
  const runner: QueryRunner = dataSource.createQueryRunner();
  try {
    const rows = (await runner.query('select pg_try_advisory_lock($1) as locked', [advisoryLocks.registerAtJira])) as {
      locked: boolean;
    }[];
    if (!rows[0]!.locked) return undefined;
    try {
      return await work();
    } finally {
      await runner.query('select pg_advisory_unlock($1)', [advisoryLocks.registerAtJira]);
    }
  } finally {
    await runner.release();
  }
}
