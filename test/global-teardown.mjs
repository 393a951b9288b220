import { createHash } from 'node:crypto';
import pg from 'pg';

/** The embedded server goes with its data; on a server of somebody else only what this run made is dropped. */
export default async function globalTeardown() {
  if (globalThis.gatehouseTestServer) await globalThis.gatehouseTestServer.close();
  else await dropDatabasesOfThisRun(process.env.TEST_SERVER_URL, process.env.TEST_RUN_ID);
}

async function dropDatabasesOfThisRun(server, run) {
  const prefix = `gatehouse_test_${createHash('sha256').update(run).digest('hex').slice(0, 12)}`; // as in libs/testing
  const client = new pg.Client({ connectionString: server, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [prefix]);
    for (const { datname } of rows) await client.query(`drop database if exists "${datname}" with (force)`);
  } finally {
    await client.end();
  }
}
