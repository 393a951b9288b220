import { ConfigDocument } from '@gatehouse/contracts';
import type { ConfigExport } from '@gatehouse/contracts';
import { ConfigVersionRow, SecretRow } from '@gatehouse/database';
import type { EntityManager } from 'typeorm';
import type { AuditedChange } from './config-changes.js';
import { withoutSecrets } from './config-secrets.js';

export interface StoredConfig {
  /** 0 while nothing has been applied. */
  readonly version: number;
  readonly document: ConfigExport;
  /** Fingerprints of the secrets by name. */
  readonly secrets: ReadonlyMap<string, string>;
  readonly secretsStoredAt: ReadonlyMap<string, Date>;
}

/** What holds now. Read inside the transaction that changes it, or on its own for an answer. */
export async function readStoredConfig(manager: EntityManager): Promise<StoredConfig> {
  const newest = await manager.getRepository(ConfigVersionRow).findOne({ where: {}, order: { version: 'desc' } });
  const secrets = await manager
    .getRepository(SecretRow)
    .find({ select: { name: true, fingerprint: true, updatedAt: true } });
  // Parsed again, so that a document stored by an older version gets the defaults it did not know.
  const document = ConfigDocument.parse(newest?.document ?? { version: 1 });
  return {
    version: newest?.version ?? 0,
    document: withoutSecrets(document),
    secrets: new Map(secrets.map(({ name, fingerprint }) => [name, fingerprint])),
    secretsStoredAt: new Map(secrets.map(({ name, updatedAt }) => [name, updatedAt])),
  };
}

export interface ConfigWrite {
  readonly document: ConfigExport;
  readonly actor: string;
  readonly changes: readonly AuditedChange[];
  readonly traceId: string | undefined;
  readonly sealed: readonly { readonly name: string; readonly sealed: string; readonly fingerprint: string }[];
  readonly removedSecrets: readonly string[];
  readonly note: string | undefined;
  readonly restoredFrom: number | undefined;
  /** The plan that foresaw it. */
  readonly plan: string | undefined;
}

/** One version, its secrets, its audit line and the news of it, in the caller's transaction. */
export async function writeConfig(manager: EntityManager, write: ConfigWrite): Promise<number> {
  const { note, restoredFrom, plan } = write;
  const rows: { version: number }[] = await manager.query(
    'insert into console.config_version (document, actor, note, restored_from) values ($1, $2, $3, $4) returning version',
    [JSON.stringify(write.document), write.actor, note ?? null, restoredFrom ?? null],
  );
  const { version } = rows[0]!;
  for (const { name, sealed, fingerprint } of write.sealed) {
    await manager.query(
      `insert into console.secret (name, sealed, fingerprint) values ($1, $2, $3)
       on conflict (name) do update set sealed = excluded.sealed, fingerprint = excluded.fingerprint, updated_at = now()`,
      [name, sealed, fingerprint],
    );
  }
  await manager.query('delete from console.secret where name = any($1)', [write.removedSecrets]);
  await manager.query(
    `insert into console.audit (actor, action, object, details, trace_id) values ($1, 'config.applied', $2, $3, $4)`,
    [
      write.actor,
      `config/${version}`,
      JSON.stringify({ version, changes: write.changes, note, restoredFrom, plan }),
      write.traceId ?? null,
    ],
  );
  await manager.query(`select pg_notify('gatehouse_config', '')`);
  return version;
}
