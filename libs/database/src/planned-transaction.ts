import type { DataSource, EntityManager } from 'typeorm';
import { statementOf, Statements } from './statements.js';

/** Whoever asks in SQL, in a transaction or outside of one. */
export type Asking = Pick<EntityManager, 'query'>;

const planningOnce = `select set_config('plan_cache_mode', 'force_generic_plan', true)`;

/**
 * A transaction each of whose statements is planned once per connection: for the few that every newcomer needs, which are
 * long, and whose planning takes longer than they do. Their texts are constants, or the connection would keep a plan for
 * each that it has ever seen; and they name the columns that they return, as all of `statement` do.
 */
export function plannedTransaction<Result>(
  dataSource: DataSource,
  work: (manager: EntityManager) => Promise<Result>,
): Promise<Result> {
  return dataSource.transaction(async (manager) => {
    await manager.query(planningOnce);
    // TypeORM hands on what pg takes, and pg takes a statement with a name.
    const query = (text: string, values?: unknown[]) =>
      manager.query({ ...statementOf(text) } as unknown as string, values); // A copy: pg writes the values into it.
    return work(Object.create(manager, { query: { value: query } }) as EntityManager);
  });
}

/** The same for a single statement outside of a transaction. */
export function plannedAsking(dataSource: DataSource): Asking {
  const statements = new Statements(dataSource);
  const query = (text: string, values: readonly unknown[] = []) => statements.rows(statementOf(text), values);
  return { query: query as Asking['query'] };
}
