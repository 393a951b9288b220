import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { migrate, openDatabase } from '@gatehouse/database';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

const templateLock = 7_261_408;

/** A database of its own, copied from a migrated template in some 30 ms. The server is chosen by test/global-setup.mjs. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['TEST_SERVER_URL'];
  if (!server) throw new Error('TEST_SERVER_URL is missing: run the tests through npm test');
  const name = `gatehouse_test_${randomUUID().replaceAll('-', '')}`;
  await withClient(server, async (client) => {
    await client.query('select pg_advisory_lock($1)', [templateLock]);
    const template = await ensureTemplate(client, server);
    await client.query(`create database ${name} template ${template}`);
    await client.query('select pg_advisory_unlock($1)', [templateLock]);
  });
  return {
    url: urlOf(server, name),
    drop: () =>
      withClient(server, async (client) => void (await client.query(`drop database if exists ${name} with (force)`))),
  };
}

async function ensureTemplate(client: pg.Client, server: string): Promise<string> {
  const run = process.env['TEST_RUN_ID'] ?? 'local';
  const template = `gatehouse_template_${createHash('sha256').update(run).digest('hex').slice(0, 12)}`;
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
  if (rowCount) return template;
  await client.query(`create database ${template}`);
  const dataSource = await openDatabase(urlOf(server, template), 2);
  await migrate(dataSource);
  await dataSource.destroy();
  return template;
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
