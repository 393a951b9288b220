import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, statement, Statements } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { createTestDatabase, looksOf } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { byTokenHash } from '../session/session.store.js';
import { along, ofId, ofToken } from './admission-sql.js';

/** Of the statement and its place: `provider = …` alone would be everybody of a provider. */
const asKeys = /\b(id|identity_id|account_id|directory_user_id|token_hash|external_id|user_name_folded)\b/;

describe('who is admitted, asked of a database without rows', () => {
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

  it.each<[string, Statement<object>]>([
    ['a session by its token', ofToken],
    ['a session by its id', ofId],
    ['the session of a browser', byTokenHash],
    ...Object.entries(along).map(([model, asked]): [string, Statement<object>] => [`${model} and session`, asked]),
  ])('is planned by keys, as for a hundred thousand people: %s', async (_, { name, text }) => {
    const statements = new Statements(dataSource);
    await statements.rows(statement<object>(`prepare "explained_${name}" as ${text}`), []);
    const looks = await looksOf((asked, values) => statements.rows(statement(asked), values), `explained_${name}`);
    expect(looks.length).toBeGreaterThan(5);
    expect(looks.filter(({ condition }) => !asKeys.test(condition ?? ''))).toEqual([]);
  });
});
