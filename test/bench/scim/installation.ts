import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigDocument } from '@gatehouse/contracts';
import { migrate, openDatabase, startEmbeddedPostgres } from '@gatehouse/database';
import type { EmbeddedPostgres } from '@gatehouse/database';
import { freePort, waitFor } from '@gatehouse/testing';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { isReady, Measured } from '../login/processes.js';
import type { Target } from './client.js';
import { provider, smallMembers, token } from './shape.js';

export interface Sizes {
  readonly people: number;
  readonly smallGroups: number;
  readonly largeMembers: number;
}

/** scim-ingest in a process of its own, on a durable PostgreSQL of its own in which a provider has many people. */
export class ScimInstallation {
  private constructor(
    readonly service: Measured,
    readonly target: Target,
    private readonly dataSource: DataSource,
    private readonly listener: pg.Client,
    private readonly postgres: EmbeddedPostgres,
    private readonly folder: string,
  ) {}

  static async start(sizes: Sizes): Promise<ScimInstallation> {
    const folder = await mkdtemp(join(tmpdir(), 'gatehouse-bench-'));
    const postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'postgres') });
    const dataSource = await openDatabase(postgres.url, 2);
    await migrate(dataSource);
    const seeded = await seed(dataSource, sizes);
    const listener = new pg.Client({ connectionString: postgres.url });
    await listener.connect();
    await listener.query('listen gatehouse_outbox'); // As claim-mapping does: what is told has somebody to reach.
    const port = await freePort();
    const variables = {
      PORT: String(await freePort()),
      SCIM_INGEST_PORT: String(port),
      SANDBOX: 'off',
      JIRA_URL: 'http://127.0.0.1:1',
      JIRA_TOKEN: 'unused',
      DATABASE_URL: postgres.url,
      DATA_DIR: join(folder, 'data'),
      ENCRYPTION_KEY: randomBytes(32).toString('base64'),
      LOG_LEVEL: 'info',
    };
    const flags = (process.env['BENCH_SCIM_FLAGS'] ?? '').split(' ').filter(Boolean);
    const service = Measured.start('scim-ingest', '../../../apps/scim-ingest/src/main.js', variables, flags);
    const origin = `http://127.0.0.1:${port}`;
    const target = { origin, base: '/scim/v2', ...seeded };
    const installation = new ScimInstallation(service, target, dataSource, listener, postgres, folder);
    await waitFor(() => isReady(`${origin}/readyz`), { what: 'scim-ingest', timeoutMs: 30_000 }).catch(
      async (error: unknown) => {
        await installation.stop();
        throw error;
      },
    );
    return installation;
  }

  async stop(): Promise<void> {
    await this.service.stop();
    await this.listener.end();
    await this.dataSource.destroy();
    await this.postgres.close();
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The token that `ScimClient` sends. */
export async function seedToken(dataSource: DataSource, ofProvider: string): Promise<void> {
  await dataSource.query(
    `insert into console.scim_token (provider, name, token_hash, created_by) values ($1, 'bench', $2, 'bench')`,
    [ofProvider, createHash('sha256').update(token).digest('hex')],
  );
}

async function seed(dataSource: DataSource, { people, smallGroups, largeMembers }: Sizes) {
  const document = ConfigDocument.parse({
    version: 1,
    providers: { [provider]: { name: 'Company', issuer: 'https://company.example', clientId: 'c' } },
    mappings: { [provider]: {} },
    settings: { scim: { requestsPerSecond: 100_000 } },
  });
  await dataSource.query(`insert into console.config_version (document, actor) values ($1, 'bench')`, [document]);
  await seedToken(dataSource, provider);
  const users = await dataSource.query<{ id: string }[]>(seedPeople, [provider, people]);
  const groups = await dataSource.query<{ id: string }[]>(
    `insert into directory.directory_group (provider, display_name, display_name_folded)
     select $1::text, name, name from (select 'group-' || n as name from generate_series(0, $2) as n) as named returning id`,
    [provider, smallGroups],
  );
  const [largeGroup, ...small] = groups.map(({ id }) => id);
  await fill(dataSource, [largeGroup!], largeMembers);
  await fill(dataSource, small, smallMembers);
  for (const table of ['user', 'group', 'member'])
    await dataSource.query(`vacuum analyze directory.directory_${table}`);
  return { userIds: users.map(({ id }) => id), largeGroup: largeGroup!, largeMembers, smallGroups: small };
}

/** The first people in the order of their numbers, as at the peer. */
async function fill(dataSource: DataSource, groups: readonly string[], members: number): Promise<void> {
  await dataSource.query(
    `insert into directory.directory_member (group_id, member_id, member_kind)
     select g, u.id, 'user' from unnest($1::uuid[]) as g cross join (
       select id from directory.directory_user order by (resource -> 'name' ->> 'familyName')::int limit $2) as u`,
    [groups, members],
  );
}

const seedPeople = `
with made as (
  insert into directory.directory_user (provider, user_name, user_name_folded, external_id, resource)
  select $1, name, name, 'external-' || name, jsonb_build_object(
    'displayName', 'Load ' || n, 'title', 'Engineer',
    'name', jsonb_build_object('givenName', 'Load', 'familyName', n::text, 'formatted', 'Load ' || n),
    'emails', jsonb_build_array(jsonb_build_object('type', 'work', 'value', name, 'primary', true)),
    'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    jsonb_build_object('department', 'Department ' || n % 50, 'employeeNumber', n::text))
  from (select n, 'load-' || n || '@example.com' as name from generate_series(1, $2) as n) as numbered
  returning id, (resource -> 'name' ->> 'familyName')::int as number
) select id from made order by number`;
