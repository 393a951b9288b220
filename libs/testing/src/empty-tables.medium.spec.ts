import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, emptyTables, waitFor } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import pg from 'pg';

describe('emptying tables beside a service', () => {
  let database: TestDatabase;
  let test: pg.Client;
  let service: pg.Client;
  beforeAll(async () => {
    database = await createTestDatabase();
    [test, service] = [0, 1].map(() => new pg.Client({ connectionString: database.url })) as [pg.Client, pg.Client];
    await Promise.all([test.connect(), service.connect()]);
    await test.query('create table first (id int); create table second (id int); insert into first values (1)');
  });
  afterAll(async () => {
    await Promise.all([test.end(), service.end()]);
    await database.drop();
  });

  it('gives way to one that has the second table and comes to ask for the first', async () => {
    await service.query('begin; select from second');
    const emptied = emptyTables(test, 'first', 'second');
    const waits = `select from pg_locks where relation = 'second'::regclass and not granted`;
    await waitFor(async () => (await service.query(waits)).rowCount === 1, { everyMs: 1, what: 'the other to wait' });
    expect((await service.query('select from first')).rowCount).toBe(1);
    await service.query('commit');
    await emptied;
    expect((await test.query('select from first')).rowCount).toBe(0);
  });
});
