import pg from 'pg';
import type { ClientBase } from 'pg';
import { DataSource } from 'typeorm';
import type { PostgresDriver } from 'typeorm/driver/postgres/PostgresDriver.js';
import { transactionAbandonedAfterMs } from './abandoned-transactions.js';
import { advisoryLocks } from './advisory-locks.js';
import { entities } from './entities/index.js';
import { migrations } from './migrations/index.js';
import { renewPlans } from './plan-renewal.js';

const applicationName = 'gatehouse';
const connectWithinMs = 5_000;

/** A plan lives as long as its connection: people who sign in one a minute should find one. */
const plansKeptMs = 300_000;

const connection = {
  keepAlive: true,
  statement_timeout: 30_000,
  idle_in_transaction_session_timeout: transactionAbandonedAfterMs,
};

/**
 * A prepared statement keeps its plan. The one for the table that was empty when it was first used reads all of the
 * table that has grown since, so whole tables are read only where no index would do. Before PostgreSQL 18 that is
 * written as a cost, which would switch the compiler on for statements of a millisecond.
 */
const onlyIndexes = 'set enable_seqscan = off; set jit = off';

/**
 * Left to itself PostgreSQL plans most of our long statements anew each time, because it takes them for a little cheaper
 * with the values known: that is milliseconds for a statement of one. Only where all statements are named: a filter that
 * a stranger wrote needs a plan of its own.
 */
const plannedOnce = `${onlyIndexes}; set plan_cache_mode = force_generic_plan`;

/** TypeORM's own pool, and one in which each statement is planned once per connection (`Statements`). */
class PooledDataSource extends DataSource {
  planned: pg.Pool | undefined;

  override async destroy(): Promise<void> {
    const { planned } = this;
    this.planned = undefined; // pg ends no pool twice.
    await Promise.all([super.destroy(), planned?.end()]);
  }
}

/** @throws Error for a DataSource that `openDatabase` did not open */
export function plannedPool(dataSource: DataSource): pg.Pool {
  const { planned } = dataSource as PooledDataSource;
  if (!planned) throw new Error('openDatabase opens the pool for statements that are planned once');
  return planned;
}

/** Opens the pools; it does not migrate. Both sizes count against the connection budget of the process. */
export async function openDatabase(url: string, poolSize: number, plannedPoolSize = poolSize): Promise<DataSource> {
  const dataSource = new PooledDataSource({
    type: 'postgres',
    url,
    entities,
    migrations,
    migrationsTableName: 'gatehouse_migration',
    poolSize,
    applicationName,
    connectTimeoutMS: connectWithinMs,
    extra: { ...connection, onConnect: preparing(onlyIndexes) },
    // pg emits this for idle clients when the server restarts; without a listener it would end the process.
    poolErrorHandler: () => undefined,
  });
  await dataSource.initialize();
  // The type of `onConnect` does not tell that pg waits for it.
  const plannedOptions = {
    ...connection,
    connectionString: url,
    connectionTimeoutMillis: connectWithinMs,
    application_name: applicationName,
    max: plannedPoolSize,
    idleTimeoutMillis: plansKeptMs,
    onConnect: preparing(plannedOnce),
  };
  dataSource.planned = new pg.Pool(plannedOptions).on('error', () => undefined);
  // The transactions of the other pool plan once as well (`planningOnce`).
  for (const pool of [dataSource.planned, (dataSource.driver as PostgresDriver).master as pg.Pool]) renewPlans(pool);
  return dataSource;
}

function preparing(settings: string) {
  return async (client: ClientBase): Promise<void> => {
    // A server that cuts a connection the moment it is made speaks before anybody listens, and that would end the process.
    client.on('error', () => undefined);
    await client.query(settings);
  };
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
