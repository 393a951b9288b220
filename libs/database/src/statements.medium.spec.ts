import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import { DataSource } from 'typeorm';
import { openDatabase } from './data-source.js';
import { plannedAsking, plannedTransaction } from './planned-transaction.js';
import { statement, Statements } from './statements.js';

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

  it('are where a store asks a manager', async () => {
    const asking = plannedAsking(dataSource);
    for (let nth = 1; nth <= times; nth += 1) expect(await asking.query(ofSome.text, [[nth]])).toEqual([{ id: nth }]);
    expect(await asking.query(plans(ofSome.name))).toEqual([{ custom: 0, generic: 2 * times }]);
  });

  it('are within a transaction that is planned, and nothing is after it', async () => {
    await plannedTransaction(dataSource, async (manager) => {
      for (let nth = 1; nth <= times; nth += 1)
        expect(await manager.query(ofSome.text, [[nth]])).toEqual([{ id: nth }]);
      expect(await manager.query(plans(ofSome.name))).toEqual([{ custom: 0, generic: times }]);
    });

    expect(await dataSource.query('show plan_cache_mode')).toEqual([{ plan_cache_mode: 'auto' }]);
  });

  it('answer and fail in a transaction as others do, and are undone with it', async () => {
    const change = plannedTransaction(dataSource, async (manager) => {
      expect(manager.queryRunner?.isTransactionActive).toBe(true);
      expect(await manager.query('update series set id = 0 where id = $1 returning id', [1])).toEqual([[{ id: 0 }], 1]);
      await manager.query('insert into series (id) values ($1)', [2]);
    });

    await expect(change).rejects.toMatchObject({ name: 'QueryFailedError', driverError: { code: '23505' } });
    expect(await dataSource.query('select min(id) as least from series')).toEqual([{ least: 1 }]);
  });

  it('need a DataSource that has a pool for them', () => {
    expect(() => new Statements(new DataSource({ type: 'postgres' }))).toThrow('openDatabase');
  });

  it('do not wait for the connection of a transaction', async () => {
    await dataSource.transaction(async () => {
      expect(await new Statements(dataSource).rows(ofSome, [[1]])).toEqual([{ id: 1 }]);
    });
  });
});
