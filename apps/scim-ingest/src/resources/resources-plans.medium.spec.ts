import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, statement, Statements } from '@gatehouse/database';
import { createTestDatabase, looksOf } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { one } from './resources.store.js';
import { inactiveNamesake } from './revivals.service.js';

describe('a user or a group, first read in a database without rows', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  beforeAll(async () => {
    database = await createTestDatabase();
    dataSource = await openDatabase(database.url, 2, 1);
  });
  afterAll(async () => {
    await dataSource.destroy();
    await database.drop();
  });

  it.each(['User', 'Group'] as const)('is planned by keys, as among a hundred thousand: %s', async (type) => {
    const statements = new Statements(dataSource);
    const { name, text } = one[type];
    await statements.rows(statement<object>(`prepare "explained_${name}" as ${text}`), []);
    const looks = await looksOf((asked, values) => statements.rows(statement(asked), values), `explained_${name}`);
    expect(looks.length).toBeGreaterThanOrEqual(1);
    expect(looks.filter(({ condition }) => !/\b(id|group_id|member_id)\b/.test(condition ?? ''))).toEqual([]);
  });

  it('P18 who may come back is looked for by name, not among all people of the provider', async () => {
    const statements = new Statements(dataSource);
    await statements.rows(statement<object>(`prepare "explained_namesake" as ${inactiveNamesake.text}`), []);
    const looks = await looksOf((asked, values) => statements.rows(statement(asked), values), 'explained_namesake');
    expect(looks.map(({ condition }) => condition)).toEqual([expect.stringContaining('user_name_folded')]);
  });
});
