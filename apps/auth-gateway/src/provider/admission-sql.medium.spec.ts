import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase, statement, Statements } from '@gatehouse/database';
import type { Statement } from '@gatehouse/database';
import { createTestDatabase } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { byTokenHash } from '../session/session.store.js';
import { along, ofId, ofToken } from './admission-sql.js';

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly 'Index Cond'?: string;
  readonly Plans?: readonly PlanNode[];
}
interface Explained {
  readonly 'QUERY PLAN': readonly [{ readonly Plan: PlanNode }];
}

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
    const [parameters] = await statements.rows(
      statement<{ count: number }>(
        'select cardinality(parameter_types) as count from pg_prepared_statements where name = $1',
      ),
      [`explained_${name}`],
    );
    const nulls = Array.from({ length: parameters!.count }, () => 'null').join(', ');
    const [row] = await statements.rows(
      statement<Explained>(`explain (format json) execute "explained_${name}" (${nulls})`),
      [],
    );

    const looks = looksIn(row!['QUERY PLAN'][0].Plan);
    expect(looks.length).toBeGreaterThan(5);
    expect(looks.filter(({ 'Index Cond': condition }) => !asKeys.test(condition ?? ''))).toEqual([]);
  });
});

/** Every look into a table or one of its indexes. */
function looksIn(node: PlanNode): PlanNode[] {
  const { Plans: plans = [], ...own } = node;
  const isHeap = own['Node Type'] === 'Bitmap Heap Scan'; // Its indexes are below it.
  const isLook = !isHeap && (own['Relation Name'] !== undefined || own['Node Type'] === 'Bitmap Index Scan');
  return [...(isLook ? [own] : []), ...plans.flatMap(looksIn)];
}
