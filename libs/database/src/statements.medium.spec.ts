import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import { DataSource } from 'typeorm';
import { openDatabase } from './data-source.js';
import { planningOnce, rowsWithin, statement, Statements } from './statements.js';

/** With the value known, PostgreSQL takes it for cheaper: one id instead of the ten that it guesses. */
const ofSome = statement<{ id: number }>('select id from series where id = any($1::integer[])');
const plans = (name: string) =>
  `select custom_plans::integer as custom, generic_plans::integer as generic from pg_prepared_statements where name = '${name}'`;
const times = 10;

describe('statements that are planned once', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDatabase(database.url, 1, 1);
    await dataSource.query('create table series as select id from generate_series(1, 10000) as id');
    await dataSource.query('alter table series add primary key (id)');
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it('are, whatever PostgreSQL would prefer', async () => {
    const statements = new Statements(dataSource);
    for (let nth = 1; nth <= times; nth += 1) expect(await statements.rows(ofSome, [[nth]])).toEqual([{ id: nth }]);

    expect(await statements.first(statement<object>(plans(ofSome.name)), [])).toEqual({ custom: 0, generic: times });
  });

  it('are within a transaction that has asked for it, and nothing is after it', async () => {
    await dataSource.transaction(async (manager) => {
      await manager.query(`select ${planningOnce}`);
      for (let nth = 1; nth <= times; nth += 1)
        expect(await rowsWithin(manager, ofSome, [[nth]])).toEqual([{ id: nth }]);
      expect(await manager.query(plans(ofSome.name))).toEqual([{ custom: 0, generic: times }]);
    });

    expect(await dataSource.query('show plan_cache_mode')).toEqual([{ plan_cache_mode: 'auto' }]);
  });

  it('need a DataSource that has a pool for them, and a transaction where they are said to be in one', async () => {
    expect(() => new Statements(new DataSource({ type: 'postgres' }))).toThrow('openDatabase');
    await expect(rowsWithin(dataSource.manager, ofSome, [[1]])).rejects.toThrow('transaction');
  });

  it('do not wait for the connection of a transaction', async () => {
    await dataSource.transaction(async () => {
      expect(await new Statements(dataSource).rows(ofSome, [[1]])).toEqual([{ id: 1 }]);
    });
  });
});
