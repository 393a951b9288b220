import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import pg from 'pg';
import { renewPlans } from './plan-renewal.js';

const byId = { name: 'by_id', text: 'select id from series where id = $1' };
const withoutIndexes = 'set enable_indexscan = off; set enable_indexonlyscan = off; set enable_bitmapscan = off';

describe('plans that were made once', () => {
  let database: TestDatabase;
  let pool: pg.Pool;
  let nowMs = 0;

  beforeAll(async () => {
    database = await createTestDatabase();
    const options = '-c plan_cache_mode=force_generic_plan';
    pool = new pg.Pool({ connectionString: database.url, max: 1, options });
    renewPlans(
      pool,
      () => nowMs,
      () => 0,
    );
    await pool.query('create table series as select id from generate_series(1, 10000) as id');
    await pool.query('alter table series add primary key (id)');
    await pool.query({ ...byId, values: [1] });
    // Nothing tells PostgreSQL that its plan is a poor one now.
    await pool.query(withoutIndexes);
  });
  afterAll(async () => {
    await pool.end();
    await database.drop();
  });

  it('stay for some seconds, are made anew then, and after that more and more seldom', async () => {
    nowMs = 4_999;
    expect(await kindOfPlan()).toBe('Index Only Scan');
    nowMs = 5_000;
    expect(await kindOfPlan()).toBe('Seq Scan');

    await pool.query('set enable_indexscan = on; set enable_indexonlyscan = on');
    nowMs = 14_999;
    expect(await kindOfPlan()).toBe('Seq Scan');
    nowMs = 15_000;
    expect(await kindOfPlan()).toBe('Index Only Scan');
  });

  it('are no reason for anything to fail', async () => {
    nowMs += 3_600_000;
    expect((await pool.query<{ id: number }>({ ...byId, values: [7] })).rows).toEqual([{ id: 7 }]);
  });

  async function kindOfPlan(): Promise<string | undefined> {
    const { rows } = await pool.query<{ 'QUERY PLAN': [{ Plan: Record<string, string> }] }>(
      `explain (format json) execute ${byId.name}(1)`,
    );
    return rows[0]?.['QUERY PLAN'][0].Plan['Node Type'];
  }
});
