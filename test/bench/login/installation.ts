import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigDocument } from '@gatehouse/contracts';
import { Encryption, migrate, openDatabase, secretPlace, startEmbeddedPostgres } from '@gatehouse/database';
import type { EmbeddedPostgres } from '@gatehouse/database';
import { freePort, waitFor } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import type { Broker } from './driver.js';
import { isReady, Measured } from './processes.js';
import { clientAtIdp, jira, provider } from './shape.js';

/** Gatehouse in split mode on a durable PostgreSQL of its own: the gateway alone in one process, the rest in another. */
export class SplitInstallation {
  private constructor(
    readonly gateway: Measured,
    readonly broker: Broker,
    readonly dataSource: DataSource,
    private readonly others: Measured,
    private readonly postgres: EmbeddedPostgres,
    private readonly folder: string,
  ) {}

  static async start(issuer: string): Promise<SplitInstallation> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
    const dataSource = await openDatabase(postgres.url, 2);
    await migrate(dataSource);
    const key = randomBytes(32);
    const encryption = new Encryption(key);
    await configure(dataSource, encryption, {
      providers: { [provider]: { name: 'Company', issuer, clientId: clientAtIdp.id } },
      mappings: {
        [provider]: {
          groups: { rules: [{ from: 'dev', to: 'jira-developers' }], defaultGroups: ['jira-software-users'] },
        },
      },
    });
    const port = await freePort();
    const publicUrl = `http://localhost:${port}/_sso`;
    const shared = {
      PUBLIC_URL: publicUrl,
      SANDBOX: 'off',
      JIRA_PUBLIC_URL: jira.origin,
      JIRA_TOKEN: 'sandbox-admin-token',
      DATABASE_URL: postgres.url,
      DATA_DIR: join(folder, 'data'),
      ENCRYPTION_KEY: key.toString('base64'),
      ADMIN_TOKEN: randomUUID(),
      LOG_LEVEL: 'info',
    };
    const others = Measured.start('other services', './other-services.js', {
      ...shared,
      PORT: String(await freePort()),
      JIRA_URL: 'http://127.0.0.1:1',
    });
    const jiraUrl = `http://127.0.0.1:${await others.listening()}`;
    const gateway = Measured.start(
      'gateway',
      '../../../apps/auth-gateway/src/main.js',
      { ...shared, PORT: String(port), JIRA_URL: jiraUrl },
      (process.env['BENCH_GATEWAY_FLAGS'] ?? '').split(' ').filter(Boolean),
    );
    await waitFor(() => isReady(`${publicUrl}/readyz`), { what: 'the gateway', timeoutMs: 30_000 });
    const broker = await brokerAt(publicUrl, dataSource, encryption);
    return new SplitInstallation(gateway, broker, dataSource, others, postgres, folder);
  }

  /** People who signed in long ago and never came back: what a table of sessions holds. */
  async addSessions(count: number): Promise<void> {
    await this.dataSource.query(
      `insert into gateway.session (id, token_hash, identity_id, account_id, expires_at)
       select gen_random_uuid(), gen_random_uuid()::text, ai.identity_id, ai.account_id, now() + interval '20 hours'
       from generate_series(1, $1) as n
       join lateral (select * from mapping.account_identity order by identity_id limit 1) as ai on true`,
      [count],
    );
  }

  /** All that logins have started is done. */
  async quiet(): Promise<void> {
    await waitFor(
      async () => {
        const [row] = await this.dataSource.query<{ count: number }[]>(
          `select count(*)::int as count from messaging.outbox where state <> 'settled'`,
        );
        return row!.count === 0;
      },
      { what: 'the queues to be empty', timeoutMs: 60_000 },
    );
  }

  async committedTransactions(): Promise<number> {
    const [row] = await this.dataSource.query<{ count: string }[]>(
      'select xact_commit as count from pg_stat_database where datname = current_database()',
    );
    return Number(row!.count);
  }

  async stop(): Promise<void> {
    await this.gateway.stop();
    await this.others.stop();
    await this.dataSource.destroy();
    await this.postgres.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The document, and the secret of the client at the identity provider. */
export async function configure(dataSource: DataSource, encryption: Encryption, content: object): Promise<void> {
  const document = ConfigDocument.parse({ version: 1, ...content });
  await dataSource.query(`insert into console.config_version (document, actor) values ($1, 'bench')`, [document]);
  const name = `providers.${provider}.clientSecret`;
  await dataSource.query(`insert into console.secret (name, sealed, fingerprint) values ($1, $2, '')`, [
    name,
    encryption.seal(clientAtIdp.secret, secretPlace(name)),
  ]);
}

export async function brokerAt(publicUrl: string, dataSource: DataSource, encryption: Encryption): Promise<Broker> {
  return {
    name: 'gatehouse',
    authorizationUrl: `${publicUrl}/oidc/auth`,
    tokenUrl: `${publicUrl}/oidc/token`,
    jwksUrl: `${publicUrl}/oidc/jwks`,
    secret: await clientSecret(dataSource, encryption),
  };
}

async function clientSecret(dataSource: DataSource, encryption: Encryption): Promise<string> {
  const [key] = await dataSource.query<{ sealed: string }[]>(
    `select sealed from gateway.op_key where purpose = 'client-secret'`,
  );
  return encryption.open(key!.sealed, 'gateway.op_key/client-secret');
}
