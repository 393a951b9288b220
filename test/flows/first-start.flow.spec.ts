import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startEmbeddedPostgres } from '@gatehouse/database';
import type { EmbeddedPostgres } from '@gatehouse/database';
import { freePort, scaled, waitFor } from '@gatehouse/testing';
import pg from 'pg';
import { Program } from './support/program.js';

/** In a test run replicas.flow and separate-processes.flow begin with one each, too. */
const rounds = scaled(30, 3);
const apps = ['auth-gateway', 'auth-gateway', 'console', 'console', 'claim-mapping', 'group-sync'] as const;

describe('the first start of an installation, every process at the same moment', () => {
  let folder: string;
  let postgres: EmbeddedPostgres;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gatehouse-test-first-'));
    await writeFile(join(folder, 'owner'), String(process.pid)); // For the clean-up of test/global-setup.mjs.
    postgres = await startEmbeddedPostgres({ dataDir: join(folder, 'data'), durable: false });
  });
  afterAll(async () => {
    await postgres.close();
    await rm(folder, { recursive: true, force: true });
  });

  it.each(Array.from({ length: rounds }, (_, index) => index + 1))(
    'makes the schema, the keys, the admin token and the first document once, round %i',
    async (round) => {
      const database = await newDatabase(`first_${round}`);
      const dataDir = join(folder, `shared-${round}`);
      const common = {
        DATABASE_URL: database,
        DATA_DIR: dataDir,
        SANDBOX_JIRA_PORT: String(await freePort()), // Nobody listens: being ready does not depend on Jira.
        LOG_LEVEL: 'warn',
      };
      const ports = await Promise.all(apps.map(() => freePort()));
      const programs = apps.map((app, index) =>
        Program.start(app, { ...common, [`${app.replaceAll('-', '_').toUpperCase()}_PORT`]: String(ports[index]) }),
      );
      try {
        await Promise.all(programs.map((program) => program.printed('ready at')));

        const printed = programs.flatMap(({ output }) => [...output.matchAll(/gatehouse_[\w-]{20,}/g)]);
        expect(printed).toHaveLength(1);
        expect(await readdir(dataDir)).toEqual(['encryption.key']);
        const [counts] = await rows(
          database,
          `select (select count(*)::int from gateway.op_key) as keys,
                  (select count(*)::int from console.config_version) as documents,
                  (select count(*)::int from console.api_token) as tokens,
                  (select count(*) = count(distinct name) from gatehouse_migration) as once`,
        );
        expect(counts).toEqual({ keys: 3, documents: 1, tokens: 1, once: true });
        expect(await jwksOf(ports[0]!)).toEqual(await jwksOf(ports[1]!));
      } finally {
        await Promise.all(programs.map((program) => program.stop('SIGKILL')));
      }
    },
    180_000,
  );

  async function newDatabase(name: string): Promise<string> {
    await rows(postgres.url, `create database ${name}`);
    const url = new URL(postgres.url);
    url.pathname = name;
    return url.href;
  }
});

async function jwksOf(port: number): Promise<unknown> {
  return waitFor(async () => (await fetch(`http://127.0.0.1:${port}/_sso/oidc/jwks`)).json(), { what: 'the keys' });
}

async function rows(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<pg.QueryResultRow>(sql)).rows;
  } finally {
    await client.end();
  }
}
