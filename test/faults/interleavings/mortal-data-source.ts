import type { DataSource, EntityManager } from 'typeorm';
import type { Worker } from './worker.js';

/** PostgreSQL as a worker reaches it: before each transaction it stops, and before each statement it may die. */
export function mortalDataSource(dataSource: DataSource, worker: Worker): DataSource {
  const query = async (...given: Parameters<DataSource['query']>) => {
    await worker.stop();
    return worker.reach(() => {
      worker.statement();
      return dataSource.query<unknown>(...given);
    });
  };
  const transaction = async <Result>(work: (manager: EntityManager) => Promise<Result>) => {
    await worker.stop();
    return worker.reach(() => dataSource.transaction((manager) => work(mortalManager(manager, worker))));
  };
  const own: Partial<Record<PropertyKey, unknown>> = {
    query,
    transaction,
    planned: mortalPool(dataSource, worker),
    manager: mortalManager(dataSource.manager, worker),
  };
  return new Proxy(dataSource, { get: (target, name) => own[name] ?? (Reflect.get(target, name) as unknown) });
}

function mortalManager(manager: EntityManager, worker: Worker): EntityManager {
  const query = async (...given: Parameters<EntityManager['query']>) => {
    worker.statement();
    return manager.query<unknown>(...given);
  };
  const own: Partial<Record<PropertyKey, unknown>> = { query };
  return new Proxy(manager, { get: (target, name) => own[name] ?? (Reflect.get(target, name) as unknown) });
}

/** The short way of `Statements`, which asks the pool itself. */
function mortalPool(dataSource: DataSource, worker: Worker) {
  const { planned } = dataSource as unknown as { planned: { query(asked: unknown): Promise<unknown> } };
  const query = async (asked: unknown) => {
    await worker.stop();
    return worker.reach(() => {
      worker.statement();
      return planned.query(asked);
    });
  };
  return { query };
}
