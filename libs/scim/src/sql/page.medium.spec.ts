import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import pg from 'pg';
import { createTestDatabase, seededRandom } from '@gatehouse/testing';
import type { TestDatabase } from '@gatehouse/testing';
import { parseFilter } from '../filter/parse-filter.js';
import { columnsOf } from '../resource/row.js';
import { userType } from '../schema/resource-type.js';
import { enterprise, refusal } from '../scim.fixture.js';
import { someUser } from './agreement.fixture.js';
import { openCursor, sealCursor } from './cursor.js';
import type { Position } from './cursor.js';
import { countStatement, pageStatement } from './page.js';
import type { ListRequest } from './page.js';

const people = 60;
const request: ListRequest = { type: userType, provider: 'cognito' };
const seal = {
  secret: Buffer.from('a secret of the test'),
  now: new Date('2026-03-01T00:00:00Z'),
  timeoutSeconds: 600,
};
let database: TestDatabase;
let client: pg.Client;

beforeAll(async () => {
  const random = seededRandom(5);
  database = await createTestDatabase();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
  for (let number = 0; number < people; number += 1) {
    const columns = { ...columnsOf(userType, someUser(random, number)), provider: number < 55 ? 'cognito' : 'partner' };
    const names = Object.keys(columns);
    const text = `insert into directory.directory_user (${names.join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`;
    await client.query(text, Object.values(columns));
  }
});

afterAll(async () => {
  await client.end();
  await database.drop();
});

const orders = ['id', 'userName', 'externalId', 'title', 'name.givenName', 'emails', 'roles.type', 'active', 'meta.lastModified', 'meta.version', `${enterprise}:department`]; // prettier-ignore

describe('pages', () => {
  it.each([undefined, ...orders])(
    'C41 C45 C43 by index and by cursor, up and down, give each person once in one order: %s',
    async (by) => {
      for (const descending of [false, true]) {
        const sorted = by === undefined ? request : { ...request, sort: { by, descending } };
        const whole = await page(sorted, 1, 1000);
        expect(new Set(whole).size).toBe(55);
        const byIndex = [
          ...(await page(sorted, 1, 20)),
          ...(await page(sorted, 21, 20)),
          ...(await page(sorted, 41, 20)),
        ];
        expect(byIndex).toEqual(whole);
        expect(await walk(sorted, 7)).toEqual(whole);
      }
    },
  );

  it('C43 sorts without case, and what is unassigned last, or first when descending', async () => {
    const titles = async (descending: boolean) => {
      const { text, values } = pageStatement(
        { ...request, sort: { by: 'title', descending } },
        { kind: 'index', startIndex: 1, count: 100 },
      );
      const { rows } = await client.query<{ sort_key: string | null }>(text, [...values]);
      return rows.map((row) => row.sort_key);
    };
    const ascending = await titles(false);
    const assigned = ascending.filter((title) => title !== null);
    expect(ascending.slice(assigned.length).every((title) => title === null)).toBe(true);
    expect(assigned).toEqual([...assigned].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other))));
    expect(await titles(true)).toEqual([...ascending].reverse());
  });

  it('C41 counts what the filter selects, of this provider', async () => {
    const { text, values } = countStatement({ ...request, filter: parseFilter(userType, 'id pr') });
    expect((await client.query<{ total: number }>(text, [...values])).rows).toEqual([{ total: 55 }]);
  });

  it('C45 refuses a cursor that is bogus, altered, of another question, of another provider, or old', () => {
    const position = { key: 'ada', id: '11111111-1111-4111-8111-111111111111' };
    const cursor = sealCursor(position, request, seal);
    expect(openCursor(cursor, request, seal)).toEqual(position);
    const altered = `${cursor.slice(0, -2)}${cursor.endsWith('AA') ? 'BB' : 'AA'}`;
    const others: [string, ListRequest][] = [
      ['bogus', request],
      ['', request],
      ['%', request],
      ['A'.repeat(10_000), request],
      [altered, request],
      [cursor, { ...request, provider: 'partner' }],
      [cursor, { ...request, filter: parseFilter(userType, 'active eq true') }],
      [cursor, { ...request, sort: { by: 'userName', descending: false } }],
    ];
    for (const [sent, of] of others) {
      expect(refusal(() => openCursor(sent, of, seal))).toMatchObject({ status: 400, scimType: 'invalidCursor' });
    }
    expect(refusal(() => openCursor(cursor, request, { ...seal, secret: Buffer.from('x') })).scimType).toBe(
      'invalidCursor',
    );
    const later = { ...seal, now: new Date('2026-03-01T00:10:01Z') };
    expect(refusal(() => openCursor(cursor, request, later)).scimType).toBe('expiredCursor');
  });
});

async function page(of: ListRequest, startIndex: number, count: number): Promise<string[]> {
  const { text, values } = pageStatement(of, { kind: 'index', startIndex, count });
  const { rows } = await client.query<{ id: string }>(text, [...values]);
  return rows.map(({ id }) => id);
}

/** Each cursor goes the way over its text, as a client would send it back. */
async function walk(of: ListRequest, count: number): Promise<string[]> {
  const found: string[] = [];
  let after: Position | undefined;
  for (let pages = 0; pages < 100; pages += 1) {
    const { text, values } = pageStatement(of, { kind: 'cursor', after, count });
    const { rows } = await client.query<{ id: string; sort_key?: string | null }>(text, [...values]);
    const kept = rows.slice(0, count);
    found.push(...kept.map(({ id }) => id));
    if (rows.length <= count) return found;
    const { id, sort_key: key } = kept.at(-1)!;
    after = openCursor(sealCursor({ id, key: key ?? null }, of, seal), of, seal);
  }
  throw new Error('the pages do not end');
}
