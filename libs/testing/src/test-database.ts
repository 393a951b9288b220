import { createHash, randomUUID } from 'node:crypto';
import pg from 'pg';
import { advisoryLocks, migrate, openDatabase } from '@gatehouse/database';

export interface TestDatabase {
  readonly url: string;
  drop(): Promise<void>;
}

/** A database of its own, copied from a migrated template in some 30 ms. The server is chosen by test/global-setup.mjs. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env['TEST_SERVER_URL'];
  if (!server) throw new Error('TEST_SERVER_URL is missing: run the tests through npm test');
  const prefix = prefixOf(process.env['TEST_RUN_ID'] ?? 'local');
  const name = `${prefix}_${randomUUID().replaceAll('-', '').slice(0, 16)}`;
  await withClient(server, async (client) => {
    // Held until this client ends. Test files run in parallel, and copying needs a template that nobody is connected to.
    await client.query('select pg_advisory_lock($1)', [advisoryLocks.testTemplate]);
    const template = await ensureTemplate(client, server, `${prefix}_template`);
    await client.query(`create database ${name} template ${template}`);
  });
  return {
    url: urlOf(server, name),
    drop: () => withClient(server, (client) => client.query(`drop database if exists ${name} with (force)`)),
  };
}

/** Renamed only when it is migrated, so that a half-made template is never copied. */
async function ensureTemplate(client: pg.Client, server: string, template: string): Promise<string> {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
  if (rowCount) return template;
  const draft = `${template}_draft`;
  await client.query(`drop database if exists ${draft} with (force)`);
  await client.query(`create database ${draft}`);
  const dataSource = await openDatabase(urlOf(server, draft), 2);
  await migrate(dataSource).finally(() => dataSource.destroy());
  await client.query(`alter database ${draft} rename to ${template}`);
  return template;
}

async function withClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

/** Also known to test/global-teardown.mjs, which drops what a run left behind. */
function prefixOf(run: string): string {
  return `gatehouse_test_${createHash('sha256').update(run).digest('hex').slice(0, 12)}`;
}

function urlOf(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.href;
}
