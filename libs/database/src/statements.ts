import { createHash } from 'node:crypto';
import pg from 'pg';
import type { DataSource } from 'typeorm';
import { plannedPool } from './data-source.js';

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

const known = new Map<string, Statement<object>>();

/** The same of a text that is looked up each time. @param text a constant: it is kept for as long as the process runs */
export function statementOf(text: string): Statement<object> {
  const made = known.get(text) ?? statement(text);
  known.set(text, made);
  return made;
}

/**
 * Condition, always true, by which a statement's commit does not wait for the disk. Only for what may be lost with the
 * server, or what a later commit makes durable before anybody acts on it: a log is written in order.
 */
export const unflushed = `set_config('synchronous_commit', 'off', true) is not null`;

/**
 * Condition that stands beside a key. Of a table that was empty when a statement was planned every index looks alike, and
 * one over all rows of a provider serves `=` as well as the key's does. It does not serve this. Neither side may be null.
 */
export function beside(column: string, value: string): string {
  return `${column} is not distinct from ${value}`;
}

/**
 * The column is null, said in a way in which no index of such rows alone can be read from its beginning to its end instead
 * of one row by its key: of an empty table that seems the cheapest.
 */
export function besideNull(column: string): string {
  return `coalesce(${column}, 'infinity') = 'infinity'`;
}

/**
 * Ends a select by two keys where the first has an index with something else beside it, too. Of an empty table the shorter
 * condition seems the cheaper one, and reads all of a provider; in this order only the index of both needs no sorting.
 */
export function inOrderOf(column: string, value: string): string {
  return `${column} between ${value} and ${value} order by ${column}`;
}

/**
 * The short way to PostgreSQL for the few statements that every login and every run needs: a pool in which they are
 * planned once, without a query runner, one round trip and one commit for each. Whatever needs more than one statement in a transaction, or an entity,
 * goes through TypeORM.
 */
export class Statements {
  private readonly pool: pg.Pool;

  constructor(dataSource: DataSource) {
    this.pool = plannedPool(dataSource);
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
