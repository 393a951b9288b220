import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { flow } from '@gatehouse/contracts';
import { openDatabase, statement, Statements } from '@gatehouse/database';
import { Commits, Outbox } from '@gatehouse/messaging';
import { createTestDatabase, looksOf } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { DirectoryGroups, DirectoryUsers } from '../src/index.js';

const traceId = 'a'.repeat(32);
const provider = 'cognito';

/** Whom or what a change is about. `provider = …` alone would be all that a provider has. */
const asKeys = /\b(id|group_id|member_id|key|queue)\b/;

describe('changes of a directory, first made in a database without rows', () => {
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

  it('are planned by keys, as for a hundred thousand people and their groups', async () => {
    const [commits, outbox] = [new Commits(dataSource), new Outbox(flow)];
    const [users, groups] = [new DirectoryUsers(outbox), new DirectoryGroups(outbox)];
    const content = { userName: 'ada', externalId: null, active: true, resource: {} };
    const { id } = await users.create(commits, provider, content, traceId);
    await users.change(commits, { provider, id }, { active: false }, traceId);
    await users.assign(commits, { provider, id }, { active: true, resource: { title: 'Dr' } }, traceId);
    const group = await groups.create(commits, provider, { displayName: 'team', externalId: null, resource: {} });
    const team = { provider, id: group.id };
    await groups.addMembers(commits, team, [id], traceId);
    await groups.removeMembers(commits, team, [id], traceId);
    await groups.replaceMembers(commits, team, [id], traceId);
    await groups.change(commits, team, { displayName: 'Team' }, traceId);
    await groups.remove(commits, team, traceId);

    const statements = new Statements(dataSource);
    const ask = <Row extends object>(text: string, values: readonly unknown[]) =>
      statements.rows(statement<Row>(text), values);
    const changes = await ask<{ name: string; statement: string }>(
      `select name, statement from pg_prepared_statements where statement ~ 'directory_(user|group)' and name like 'gatehouse%'`,
      [],
    );
    expect(changes.length).toBeGreaterThanOrEqual(9);
    for (const { name, statement: text } of changes) {
      const badly = (await looksOf(ask, name)).filter(({ condition }) => !asKeys.test(condition ?? ''));
      expect({ text, badly }).toEqual({ text, badly: [] });
    }
  });
});
