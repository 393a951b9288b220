import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nameOf, RunningScim, schemas } from '../test/running-scim.js';
import type { ScimBody } from '../test/running-scim.js';

const names = ['ada', 'Dave', 'eve', 'gina', 'Grace', 'linus', 'zoe'];

describe('pages', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
    for (const userName of names) await create('/Users', { schemas: [schemas.user], userName });
    for (const displayName of ['alpha', 'beta', 'gamma'])
      await create('/Groups', { schemas: [schemas.group], displayName });
  });
  afterAll(() => scim.stop());

  const create = (path: string, body: unknown) => scim.send('POST', path, body);
  const namesIn = (body: ScimBody) => body.Resources.map(nameOf);

  it('C41 O6 pages by index are stable and disjoint, and their numbers are numbers', async () => {
    const seen: unknown[] = [];
    for (const startIndex of [1, 3, 5, 7]) {
      const { body } = await scim.get(`/Users?startIndex=${startIndex}&count=2`);
      expect(body).toMatchObject({ totalResults: 7, startIndex, itemsPerPage: body.Resources.length });
      expect(body.Resources).toHaveLength(startIndex === 7 ? 1 : 2);
      seen.push(...namesIn(body));
    }
    expect([...seen].sort()).toEqual([...names].sort());
    expect(namesIn((await scim.get('/Users')).body)).toEqual(seen);
  });

  it.each([
    ['startIndex=0&count=2', 200, { startIndex: 1, itemsPerPage: 2 }],
    ['startIndex=-5', 200, { startIndex: 1, itemsPerPage: 7 }],
    ['startIndex=8', 200, { totalResults: 7, itemsPerPage: 0, Resources: [] }],
    ['startIndex=999999999999999', 200, { totalResults: 7, itemsPerPage: 0 }],
    ['count=0', 200, { totalResults: 7, itemsPerPage: 0, Resources: [] }],
    ['count=-1', 200, { totalResults: 7, itemsPerPage: 0 }],
    ['count=100000', 200, { itemsPerPage: 7 }],
    ['COUNT=1&STARTINDEX=2', 200, { startIndex: 2, itemsPerPage: 1 }],
    ['count=&startIndex=', 200, { startIndex: 1, itemsPerPage: 7 }],
    ['startIndex=abc', 400, { scimType: 'invalidValue' }],
    ['count=1.5', 400, { scimType: 'invalidValue' }],
    ['count=99999999999999999999', 400, { scimType: 'invalidValue' }],
    ['count=1e3', 400, { scimType: 'invalidValue' }],
    ['sortBy=nope', 400, { scimType: 'invalidValue' }],
    ['sortBy=name', 400, { scimType: 'invalidValue' }],
    ['sortOrder=upwards', 400, { scimType: 'invalidValue' }],
    ['sortBy=password', 400, { scimType: 'invalidValue' }],
  ])('C41 C43 ?%s', async (query, status, body) => {
    const answer = await scim.get(`/Users?${query}`);
    expect([answer.status, answer.body]).toEqual([status, expect.objectContaining(body)]);
  });

  it('C43 sorted in either order, whatever the case', async () => {
    expect(namesIn((await scim.get('/Users?sortBy=userName')).body)).toEqual(names);
    expect(namesIn((await scim.get('/Users?sortBy=USERNAME&sortOrder=Descending')).body)).toEqual([...names].reverse());
    const urn = await scim.get(`/Users?sortBy=${schemas.user}:meta.created&sortOrder=descending&startIndex=2&count=2`);
    expect(namesIn(urn.body)).toEqual(['linus', 'Grace']);
  });

  it('C44 a search by POST answers as the GET does', async () => {
    const filter = 'userName co "a"';
    const search = { schemas: [schemas.search], filter, sortBy: 'userName', sortOrder: 'descending', startIndex: 2, count: 2, attributes: ['userName'] }; // prettier-ignore
    const got = await scim.find(
      'Users',
      filter,
      '&sortBy=userName&sortOrder=descending&startIndex=2&count=2&attributes=userName',
    );
    const posted = await scim.send('POST', '/Users/.search', search);
    expect([posted.status, posted.body]).toEqual([200, got.body]);
    expect(namesIn(posted.body)).toEqual(['gina', 'Dave']);
    expect((await scim.send('POST', '/Users/.search', { ...search, filter: 'nope' })).body.scimType).toBe(
      'invalidFilter',
    );
    expect((await scim.send('POST', '/Users/.search', { schemas: ['urn:x'] })).body.scimType).toBe('invalidSyntax');
    expect((await scim.send('POST', '/Users/.search', { ...search, count: 'two' })).body.scimType).toBe('invalidValue');
    expect((await scim.send('POST', '/Users/.search', { ...search, filter: ['a'] })).body.scimType).toBe(
      'invalidFilter',
    );
  });

  it('C44 people and groups in one list, from the root and by search', async () => {
    const everything = await scim.send('POST', '/.search', { schemas: [schemas.search] });
    expect([everything.status, everything.body.totalResults]).toEqual([200, 10]);
    expect(everything.body.Resources.map((one) => one.meta.resourceType)).toEqual([
      ...names.map(() => 'User'),
      ...['Group', 'Group', 'Group'],
    ]);
    const pages: unknown[] = [];
    for (const startIndex of [1, 4, 7, 10]) {
      const { body } = await scim.get(`/?startIndex=${startIndex}&count=3`);
      expect([body.totalResults, body.itemsPerPage]).toEqual([10, body.Resources.length]);
      pages.push(...namesIn(body));
    }
    expect(pages).toEqual(namesIn(everything.body));
    const filter = encodeURIComponent('displayName eq "beta" or userName eq "ada"');
    expect((await scim.get(`/?filter=${encodeURIComponent('displayName eq "beta"')}`)).body.totalResults).toBe(1);
    expect(namesIn((await scim.get(`/?filter=${filter}`)).body)).toEqual(['ada', 'beta']);
    expect((await scim.get(`/?filter=nope`)).body.scimType).toBe('invalidFilter');
  });

  it('C44 from the root, what a kind lacks is without a value in it, whether it is filtered by or sorted by', async () => {
    const found = async (filter: string, more = {}) => {
      const search = { schemas: [schemas.search], filter, ...more };
      const posted = await scim.send('POST', '/.search', search);
      expect([filter, posted.status]).toEqual([filter, 200]);
      const got = await scim.get(`/?filter=${encodeURIComponent(filter)}`);
      expect(got.body.totalResults).toBe(posted.body.totalResults);
      return namesIn(posted.body);
    };
    const groups = ['alpha', 'beta', 'gamma'];
    expect((await found('userName ne "ada"')).sort()).toEqual([...names.slice(1), ...groups].sort());
    expect((await found('not (userName pr)')).sort()).toEqual(groups);
    expect(await found('userName eq "ada" or members pr or emails[type eq "work"].value eq "x"')).toEqual(['ada']);
    expect(await found('displayName eq "beta" and userName pr')).toEqual([]);
    const all = { sortBy: 'userName', sortOrder: 'ascending' };
    const ascending = await found('id pr', all);
    expect([ascending.slice(0, names.length), [...ascending.slice(names.length)].sort()]).toEqual([names, groups]);
    const descending = await found('id pr', { ...all, sortOrder: 'descending' });
    expect([[...descending.slice(0, 3)].sort(), descending.slice(3)]).toEqual([groups, [...names].reverse()]);
    const page = await scim.get('/?sortBy=userName&sortOrder=descending&startIndex=3&count=2');
    expect([page.body.totalResults, namesIn(page.body)]).toEqual([10, descending.slice(2, 4)]);
    // What both have is one order over both, here that in which they were made.
    const newest = (more: string) => scim.get(`/?sortBy=meta.created&sortOrder=descending${more}`);
    const whole = [...groups].reverse();
    const both = (await newest(`&filter=${encodeURIComponent('userName eq "ada" or displayName pr')}`)).body;
    expect([both.totalResults, namesIn(both)]).toEqual([4, [...whole, 'ada']]);
    const { body: second } = await newest('&startIndex=3&count=2&excludedAttributes=members,groups');
    expect([second.totalResults, second.startIndex, namesIn(second)]).toEqual([10, 3, ['alpha', 'zoe']]);
    expect((await newest('&count=0')).body).toMatchObject({ totalResults: 10, Resources: [] });
    expect((await scim.get('/?sortBy=nope')).body.scimType).toBe('invalidValue');
    const unknown = encodeURIComponent('members.nope pr or userName pr');
    expect((await scim.get(`/?filter=${unknown}`)).body.scimType).toBe('invalidFilter');
  });

  async function walk(query: string, path = '/Users'): Promise<{ seen: unknown[]; cursors: string[] }> {
    const seen: unknown[] = [];
    const cursors: string[] = [];
    for (let cursor: string | undefined = ''; cursor !== undefined;) {
      const { status, body } = await scim.get(`${path}?${query}&cursor=${encodeURIComponent(cursor)}`);
      expect([status, body.startIndex, body.itemsPerPage]).toEqual([200, undefined, body.Resources.length]);
      seen.push(...namesIn(body));
      cursor = body['nextCursor'];
      if (cursor !== undefined) cursors.push(cursor);
      expect(cursors.length).toBeLessThan(20);
    }
    return { seen, cursors };
  }

  it('C45 all pages by cursor, in any order, each once', async () => {
    expect([...(await walk('count=2')).seen].sort()).toEqual([...names].sort());
    expect((await walk('count=3&sortBy=userName')).seen).toEqual(names);
    expect((await walk('count=1&sortBy=userName&sortOrder=descending')).seen).toEqual([...names].reverse());
    expect((await walk('count=2', '/Groups')).seen.sort()).toEqual(['alpha', 'beta', 'gamma']);
    const { cursors } = await walk('count=7');
    expect(cursors).toEqual([]);
    expect((await scim.get('/Users?cursor&count=3')).body.nextCursor).toEqual(expect.any(String));
  });

  it('C45 a cursor can be used again, and leads on although people come and go', async () => {
    const query = 'count=2&sortBy=userName';
    const first = (await scim.get(`/Users?${query}&cursor=`)).body;
    const next = `/Users?${query}&cursor=${first.nextCursor}`;
    expect(namesIn((await scim.get(next)).body)).toEqual(['eve', 'gina']);
    const { body: added } = await create('/Users', { schemas: [schemas.user], userName: 'adaa' });
    const { body: later } = await create('/Users', { schemas: [schemas.user], userName: 'eve-2' });
    expect(namesIn((await scim.get(next)).body)).toEqual(['eve', 'eve-2']);
    for (const { id } of [added, later, first.Resources[1]!]) await scim.send('DELETE', `/Users/${id}`);
    expect(namesIn((await scim.get(next)).body)).toEqual(['eve', 'gina']);
    await create('/Users', { schemas: [schemas.user], userName: 'Dave' });
  });

  it('C45 a cursor that was not given for this question is refused', async () => {
    const nextCursor = (await scim.get('/Users?count=2&cursor=')).body.nextCursor!;
    const last = nextCursor.at(-1);
    for (const query of [
      'cursor=bogus',
      'cursor=' + 'A'.repeat(10_000),
      `cursor=${nextCursor.slice(0, -1)}${last === 'A' ? 'B' : 'A'}A`,
      `cursor=${nextCursor}&sortBy=userName`,
      `cursor=${nextCursor}&filter=${encodeURIComponent('active eq true')}`,
    ]) {
      const { status, body } = await scim.get(`/Users?${query}`);
      expect([query, status, body.scimType]).toEqual([query, 400, 'invalidCursor']);
    }
    expect((await scim.get(`/Groups?cursor=${nextCursor}`)).body.scimType).toBe('invalidCursor');
    expect((await scim.get('/Users?cursor=&count=x')).body.scimType).toBe('invalidCount');
    expect((await scim.get(`/Users?cursor=${nextCursor}&startIndex=2`)).status).toBe(400);
    expect((await scim.get('/?cursor=')).status).toBe(400);
  });
});
