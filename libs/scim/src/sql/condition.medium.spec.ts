import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, seededRandom } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import { everyDialect } from '../dialects.js';
import { evaluate } from '../filter/evaluate.js';
import { parseFilter } from '../filter/parse-filter.js';
import type { JsonObject } from '../json.js';
import { compilePatch } from '../patch/compile-patch.js';
import { columnsOf, resourceOf } from '../resource/row.js';
import { groupType, userType } from '../schema/resource-type.js';
import type { ResourceType } from '../schema/resource-type.js';
import { createdTimes, someFilter, someUser } from './agreement.fixture.js';
import { conditionOf } from './condition.js';
import { countStatement, pageStatement } from './page.js';
import { Parameters } from './parameters.js';

const people = 150;
const random = seededRandom(77);
let database: TestDatabase;
let client: pg.Client;
let users: (JsonObject & { id: string })[];

beforeAll(async () => {
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  for (let number = 0; number < people; number += 1) await insert(userType, 'cognito', someUser(random, number));
  await insert(userType, 'partner', { userName: 'ada0', displayName: 'ada', active: true });
  for (const word of ['ada', 'GRACE', '100%']) {
    const id = await insert(groupType, 'cognito', { displayName: `Team ${word}` });
    const members = `select $1::uuid, id, 'user' from directory.directory_user where provider = 'cognito' order by user_name limit 40 offset $2`;
    const text = `insert into directory.directory_member (group_id, member_id, member_kind) ${members}`;
    await client.query(text, [id, Math.floor(random() * 100)]);
  }
  users = await readUsers();
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

describe('conditions in PostgreSQL', () => {
  it('C33 C38 select what the evaluator selects, for 500 filters over 150 people', async () => {
    let hits = 0;
    for (let number = 0; number < 500; number += 1) {
      const source = someFilter(random);
      const filter = parseFilter(userType, source);
      const expected = users.filter((user) => evaluate(filter, user)).map(({ id }) => id);
      const found = await idsOf(userType, source);
      expect({ source, found }).toEqual({ source, found: expected.sort() });
      hits += found.length > 0 && found.length < people ? 1 : 0;
    }
    expect(hits).toBeGreaterThan(150);
  }, 120_000);

  it.each([
    ['displayName sw "team" or userName eq "ada0"', 3],
    ['displayName sw "team" and userName eq "ada0"', 0],
    ['not (userName eq "ada0") and displayName co "ada"', 1],
    ['userName ne "ada0"', 3],
    ['not (emails[type eq "work"].value eq "x" or active eq true)', 3],
    ['title pr or not (displayName co "grace")', 2],
  ])('C44 of groups, what only people have is without a value: %s', async (source, found) => {
    const filter = parseFilter(groupType, source, everyDialect, [userType, groupType]);
    const { text, values } = countStatement({ type: groupType, provider: 'cognito', filter });
    const { rows } = await client.query<{ total: number }>(text, [...values]);
    expect(rows).toEqual([{ total: found }]);
  });

  it.each([
    ['gt "0001-01-01T00:00:00+05:00"', people],
    ['le "0001-01-01T00:00:00+05:00"', 0],
    ['eq "0000-01-01T00:00:00Z"', 0],
    ['lt "9999-12-31T23:59:59.9999999-05:00"', people],
    ['ge "9999-12-31T23:59:59.9999999-05:00"', 0],
  ])('C33 compares with times beyond the years of four digits: meta.lastModified %s', async (comparison, found) => {
    expect(await idsOf(userType, `meta.lastModified ${comparison}`)).toHaveLength(found);
  });

  it('C74 no or leads out of the provider', async () => {
    expect(await idsOf(userType, 'userName eq "ada0" or id pr or not (active eq true)')).toHaveLength(people);
    expect(await idsOf(userType, 'userName pr', 'nobody')).toEqual([]);
  });

  it('C69 leaves people out that were deleted', async () => {
    const id = await insert(userType, 'cognito', { userName: 'gone', active: true });
    await client.query('update directory.directory_user set deleted_at = now() where id = $1', [id]);
    expect(await idsOf(userType, 'userName eq "gone"')).toEqual([]);
  });

  it.each([
    `x' or '1'='1`, `x"; drop table directory.directory_user; --`, '$1', '%', '_', '\\', `'||version()||'`, '%00', '{}', ') or (true',
  ])('C38 takes %s for letters, wherever a value can stand', async (attack) => {
    const value = JSON.stringify(attack);
    for (const path of ['userName', 'displayName', 'emails.value', 'id', 'groups.value', 'groups.display', 'meta.version']) {
      expect(await idsOf(userType, `${path} eq ${value}`)).toEqual(usersWith(`${path} eq ${value}`));
      expect(await idsOf(userType, `${path} co ${value}`)).toEqual(usersWith(`${path} co ${value}`));
    }
    expect(await total()).toBe(people);
  }); // prettier-ignore

  it('E9 finds groups by name and by members', async () => {
    expect(await idsOf(groupType, 'displayName eq "team grace"')).toHaveLength(1);
    const [group] = await idsOf(groupType, 'displayName eq "Team ada"');
    const members = await client.query<{ id: string }>(
      'select member_id id from directory.directory_member where group_id = $1',
      [group],
    );
    expect(
      await idsOf(groupType, `members[value eq "${members.rows[0]!.id}" and type eq "User"] and displayName co "ADA"`),
    ).toEqual([group]);
    expect(await idsOf(groupType, 'members.type eq "Group" or members.value eq "nonsense"')).toEqual([]);
  });

  it('C62 selects the members of a group that a value path in PATCH is about', async () => {
    const [step] = compilePatch(groupType, {
      Operations: [{ op: 'remove', path: 'members[type eq "User" and not (value sw "0")]' }],
    }).memberSteps;
    if (step?.kind !== 'removeMatching') throw new Error('another step');
    const parameters = new Parameters();
    const text = `select m.member_id::text id from directory.directory_member m where ${conditionOf(step.where, parameters)}`;
    const { rows } = await client.query<{ id: string }>(text, parameters.values);
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ id }) => !id.startsWith('0'))).toBe(true);
  });

  it('C30 E1 asks the indexes for names, external ids and addresses, among many people', async () => {
    const count = 20_000;
    await client.query(
      `insert into directory.directory_user (provider, user_name, user_name_folded, external_id, resource)
       select 'crowd', name, name, 'id of ' || name, jsonb_build_object('emails', jsonb_build_array(jsonb_build_object('value', name, 'type', 'Work')))
       from (select 'Load-' || n as name from generate_series(1, $1) as n) as named`,
      [count],
    );
    await client.query('vacuum analyze directory.directory_user');
    await client.query('set enable_seqscan = off');
    expect(await planOf('userName eq "ADA7"')).toContain('directory_user_name');
    expect(await planOf('externalId eq "x"')).toContain('directory_user_external');
    for (const source of [
      'emails[type eq "work"].value eq "LOAD-77"',
      'emails.value eq "load-77"',
      'emails eq "load-77"',
      'active eq true and emails[type eq "work" and value eq "load-77"]',
    ]) {
      const request = { type: userType, provider: 'crowd', filter: parseFilter(userType, source) };
      const { text, values } = pageStatement(request, { kind: 'index', startIndex: 1, count: 100 });
      const { rows } = await client.query(`explain ${text}`, [...values]);
      expect(JSON.stringify(rows)).toContain('directory_user_email');
      expect(await idsOf(userType, source, 'crowd')).toHaveLength(1);
    }
    await client.query('reset enable_seqscan');
    await client.query(`delete from directory.directory_user where provider = 'crowd'`);
  });

  it.each([300, 301, 5_000])('C83 takes an address of %d letters, which an index may not, and finds it', async (length) => {
    const value = 'É'.repeat(length);
    const resource = { userName: `long-${length}`, active: true, emails: [{ value }, { value: 'short' }] };
    const id = await insert(userType, 'partner', resource);
    const found = await idsOf(userType, `emails.value eq "${value.toLowerCase()}" and emails.value eq "SHORT"`, 'partner');
    expect(found).toEqual([id]);
    expect(await idsOf(userType, `emails.value eq "${value}x"`, 'partner')).toEqual([]);
  }); // prettier-ignore
});

async function insert(type: ResourceType, provider: string, resource: JsonObject): Promise<string> {
  const columns: Record<string, unknown> = { ...columnsOf(type, resource), provider };
  columns['created_at'] = createdTimes[Math.floor(random() * createdTimes.length)];
  const names = Object.keys(columns);
  const places = names.map((_, index) => `$${index + 1}`);
  const text = `insert into ${type.table} (${names.join(', ')}) values (${places.join(', ')}) returning id`;
  const { rows } = await client.query<{ id: string }>(text, Object.values(columns));
  return rows[0]!.id;
}

async function readUsers(): Promise<typeof users> {
  const { rows } = await client.query<{ id: string }>(
    `select r.* from directory.directory_user r where provider = 'cognito'`,
  );
  const { rows: memberships } = await client.query<{ member: string; value: string; display: string }>(
    'select member_id member, g.id value, g.display_name display from directory.directory_member join directory.directory_group g on g.id = group_id',
  );
  return rows.map((row) => {
    const groups = memberships
      .filter(({ member }) => member === row.id)
      .map(({ value, display }) => ({ value, display, type: 'direct' }));
    return { ...resourceOf(userType, row), id: row.id, ...(groups.length > 0 && { groups }) };
  });
}

function usersWith(source: string): string[] {
  const filter = parseFilter(userType, source);
  return users.filter((user) => evaluate(filter, user)).map(({ id }) => id).sort(); // prettier-ignore
}

async function idsOf(type: ResourceType, source: string, provider = 'cognito'): Promise<string[]> {
  const request = { type, provider, filter: parseFilter(type, source) };
  const { text, values } = pageStatement(request, { kind: 'index', startIndex: 1, count: 1000 });
  const { rows } = await client.query<{ id: string }>(text, [...values]);
  return rows.map(({ id }) => id).sort();
}

async function total(): Promise<number> {
  const { text, values } = countStatement({ type: userType, provider: 'cognito' });
  const { rows } = await client.query<{ total: number }>(text, [...values]);
  return rows[0]!.total;
}

async function planOf(source: string): Promise<string> {
  const { text, values } = countStatement({
    type: userType,
    provider: 'cognito',
    filter: parseFilter(userType, source),
  });
  const { rows } = await client.query(`explain ${text}`, [...values]);
  return JSON.stringify(rows);
}
