import type { ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import { advisoryLocks } from './advisory-locks.js';
import { entities } from './entities/index.js';
import { migrations } from './migrations/index.js';

/**
 * A prepared statement keeps its plan. The one for the table that was empty when it was first used reads all of the
 * table that has grown since, so whole tables are read only where no index would do. Before PostgreSQL 18 that is
 * written as a cost, which would switch the compiler on for statements of a millisecond.
 */
const onlyIndexes = 'set enable_seqscan = off; set jit = off';

/** Opens the pool; it does not migrate. `poolSize` counts against the connection budget of the process. */
export async function openDatabase(url: string, poolSize: number): Promise<DataSource> {
  const dataSource = new DataSource({
    type: 'postgres',
    url,
    entities,
    migrations,
    migrationsTableName: 'gatehouse_migration',
    poolSize,
    applicationName: 'gatehouse',
    connectTimeoutMS: 5_000,
    extra: {
      keepAlive: true,
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 60_000,
      // A server that cuts a connection the moment it is made speaks before TypeORM listens, and that would end the process.
      onConnect: async (client: ClientBase) => {
        client.on('error', () => undefined);
        await client.query(onlyIndexes);
      },
    },
    // pg emits this for idle clients when the server restarts; without a listener it would end the process.
    poolErrorHandler: () => undefined,
  });
  return dataSource.initialize();
}

/** Runs what is missing, once, whichever process comes first: TypeORM itself takes no lock. */
export async function migrate(dataSource: DataSource): Promise<void> {
  const lock = dataSource.createQueryRunner();
  try {
    await lock.query('select pg_advisory_lock($1)', [advisoryLocks.migrate]);
    try {
      await dataSource.runMigrations({ transaction: 'each' });
    } finally {
      await lock.query('select pg_advisory_unlock($1)', [advisoryLocks.migrate]);
    }
  } finally {
    await lock.release();
  }
}
