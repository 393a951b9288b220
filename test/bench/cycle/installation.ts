import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Encryption, migrate, openDatabase, startEmbeddedPostgres } from '@gatehouse/database';
import { canStartRedis, freePort, RedisServer, waitFor } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import type { Broker } from '../login/driver.js';
import { brokerAt, configure } from '../login/installation.js';
import { isReady, Measured } from '../login/processes.js';
import { clientAtIdp, jira, provider } from '../login/shape.js';
import { seedToken } from '../scim/installation.js';
import { groupPrefix } from './company.js';

const programs = ['auth-gateway', 'claim-mapping', 'group-sync', 'scim-ingest'] as const;
export type ProgramName = (typeof programs)[number];

/** Every service in a process of its own, as in production, on a durable PostgreSQL, and on Redis where there is one. */
export class CycleInstallation {
  readonly services = new Map<ProgramName, Measured>();

  private constructor(
    readonly broker: Broker,
    readonly scimOrigin: string,
    readonly jiraUrl: string,
    readonly dataSource: DataSource,
    private readonly closing: readonly (() => Promise<unknown>)[],
  ) {}

  static async start(issuer: string): Promise<CycleInstallation> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
    const [postgres, redis] = await Promise.all([
      startEmbeddedPostgres({ dataDir: join(folder, 'postgres') }),
      canStartRedis('The benchmark of a cycle') ? RedisServer.start({ appendonly: true }) : undefined,
    ]);
    const dataSource = await openDatabase(postgres.url, 3);
    await migrate(dataSource);
    const key = randomBytes(32);
    const encryption = new Encryption(key);
    await configure(dataSource, encryption, documentFor(issuer));
    await seedToken(dataSource, provider);
    const sandboxJira = Measured.start('Jira', '../cycle/sandbox-jira.service.js', {});
    const jiraUrl = `http://127.0.0.1:${await sandboxJira.listening()}`;
    const ports = new Map<ProgramName, number>();
    for (const name of programs) ports.set(name, await freePort());
    const publicUrl = `http://localhost:${ports.get('auth-gateway')}/_sso`;
    const variables = {
      PUBLIC_URL: publicUrl,
      SANDBOX: 'off',
      JIRA_URL: jiraUrl,
      JIRA_PUBLIC_URL: jira.origin,
      JIRA_TOKEN: 'sandbox-admin-token',
      DATABASE_URL: postgres.url,
      ...(redis && { REDIS_URL: redis.url }),
      DATA_DIR: join(folder, 'data'),
      ENCRYPTION_KEY: key.toString('base64'),
      ADMIN_TOKEN: randomUUID(),
      LOG_LEVEL: 'info',
      ...Object.fromEntries([...ports].map(([name, port]) => [portVariable(name), String(port)])),
    };
    const services = programs.map((name) => Measured.start(name, `../../../apps/${name}/src/main.js`, variables));
    for (const name of programs)
      await waitFor(() => isReady(`http://127.0.0.1:${ports.get(name)}/_sso/readyz`), {
        what: name,
        timeoutMs: 60_000,
      });
    const installation = new CycleInstallation(
      await brokerAt(publicUrl, dataSource, encryption),
      `http://127.0.0.1:${ports.get('scim-ingest')}`,
      jiraUrl,
      dataSource,
      [
        ...[...services, sandboxJira].map((service) => () => service.stop()),
        () => dataSource.destroy(),
        async () => redis?.discard(),
        () => postgres.close(),
        () => rm(folder, { recursive: true, force: true }),
      ],
    );
    services.forEach((service, place) => installation.services.set(programs[place]!, service));
    return installation;
  }

  /**
   * What has not led to its end yet, but for what is to be done later. Counted no further than `max`, and each kind by
   * its own index: to read half a million rows again and again would keep the machine busier than the cycle does.
   */
  async unsettled(max: number): Promise<number> {
    const those = (condition: string, order: string) =>
      `(select from messaging.outbox where state = ${condition} order by queue, ${order} limit $1)`;
    const [row] = await this.dataSource.query<[{ count: number }]>(
      `select count(*)::int as count from (${those(`'open' and not_before is null`, 'id')}
       union all ${those(`'open' and not_before < now()`, 'not_before')}
       union all ${those(`'sent' and (not_before is null or not_before < now())`, 'id')}) as waiting`,
      [max],
    );
    return row.count;
  }

  async parked(): Promise<number> {
    const [row] = await this.dataSource.query<[{ count: number }]>(
      'select count(*)::int as count from messaging.parked_job where resolved_at is null',
    );
    return row.count;
  }

  async stop(): Promise<void> {
    for (const close of this.closing) await close();
  }
}

function documentFor(issuer: string) {
  return {
    providers: { [provider]: { name: 'Company', issuer, clientId: clientAtIdp.id } },
    mappings: {
      [provider]: {
        groups: {
          mode: 'onTheFly',
          onTheFly: { createMissing: true, keepExisting: false, only: [`${groupPrefix}*`] },
          defaultGroups: ['jira-software-users'],
        },
      },
    },
    settings: { scim: { requestsPerSecond: 100_000 } },
  };
}

function portVariable(name: ProgramName): string {
  return name === 'auth-gateway' ? 'PORT' : `${name.toUpperCase().replaceAll('-', '_')}_PORT`;
}
