import type { ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import { advisoryLocks } from './advisory-locks.js';
import { entities } from './entities/index.js';
import { migrations } from './migrations/index.js';

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
      options: '-c enable_seqscan=off -c jit=off',
      statement_timeout: 30_000,
      idle_in_transaction_session_timeout: 60_000,
      // A server that cuts a connection the moment it is made speaks before TypeORM listens, and that would end the process.
      onConnect: (client: ClientBase) => void client.on('error', () => undefined),
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
