import { createHash } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';

/** SQL that runs often enough to be planned once per connection. `Row` is what it returns. */
export interface Statement<Row> {
  readonly name: string;
  readonly text: string;
  /** Only for the compiler. */
  readonly row?: Row;
}

/**
 * Every returned column is named, never `*`: a prepared statement fails once the columns of its result change, and
 * during a rolling upgrade they do.
 */
export function statement<Row extends object>(text: string): Statement<Row> {
  // By its text: one name for two texts would run the wrong one.
  return { name: `gatehouse_${createHash('sha256').update(text).digest('hex').slice(0, 24)}`, text };
}

/**
 * The short way to PostgreSQL for the few statements that every login runs: the pool of the DataSource without a query
 * runner, one round trip and one commit for each. Whatever needs more than one statement in a transaction, or an entity,
 * goes through TypeORM.
 */
export class Statements {
  private readonly pool: pg.Pool;

  constructor(dataSource: DataSource) {
    // TypeORM types its pool as any; for PostgreSQL it is the one of pg.
    this.pool = (dataSource.driver as unknown as { master: pg.Pool }).master;
  }

  /** @throws whatever pg throws: `databaseIsAway` tells an outage from a refusal */
  async rows<Row extends object>({ name, text }: Statement<Row>, values: readonly unknown[]): Promise<Row[]> {
    // Its object of options would be copied member by member, which costs as much as all our own code for a statement.
    const query = new pg.Query(text, [...values]) as pg.Query & { name: string };
    query.name = name;
    const { rows } = await (this.pool.query(query) as unknown as Promise<pg.QueryResult<Row>>);
    return rows;
  }

  /** For a statement that returns one row, or none. */
  async first<Row extends object>(asked: Statement<Row>, values: readonly unknown[]): Promise<Row | undefined> {
    return (await this.rows(asked, values))[0];
  }
}
