import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patchOf, RunningScim, schemas, unique } from '../test/running-scim.js';

describe('creating', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
  });
  afterAll(() => scim.stop());

  const post = (body: object, headers: Record<string, string> = {}) =>
    scim.send('POST', '/Users', { schemas: [schemas.user], ...body }, { headers });

  it('C05 a person gets an id of ours, an address and times', async () => {
    const userName = unique('ada');
    const { status, headers, body } = await post({ userName, id: 'mine', externalId: 'a-1' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ schemas: [schemas.user], userName, externalId: 'a-1', active: true });
    expect(body.id).toMatch(/^[0-9a-f-]{36}$/);
    expect([headers.get('location'), headers.get('etag')]).toEqual([body.meta.location, body.meta.version]);
    expect(body.meta.location).toMatch(new RegExp(`/scim/v2/Users/${body.id}$`));
    const { created, lastModified } = body.meta;
    expect([new Date(created).toISOString(), new Date(lastModified).toISOString()]).toEqual([created, lastModified]);
    expect((await scim.get(`/Users/${body.id}`)).body).toEqual(body);
  });

  it.each(['application/json; charset=utf-8', 'application/scim+json', 'APPLICATION/JSON', 'application/json'])(
    'C06 takes %s',
    async (type) => {
      expect((await post({ userName: unique('ada') }, { 'content-type': type })).status).toBe(201);
    },
  );

  it('C07 names of attributes in another case are the same names', async () => {
    const userName = unique('ada');
    const body = { SCHEMAS: [schemas.user], UserName: userName, NAME: { GivenName: 'Ada' }, EMAILS: [{ VALUE: 'a@x.example' }] }; // prettier-ignore
    const created = await scim.send('POST', '/Users', body);
    expect(created.status).toBe(201);
    expect(created.body).toMatchObject({ userName, name: { givenName: 'Ada' }, emails: [{ value: 'a@x.example' }] });
  });

  it.each([
    ['no userName', {}],
    ['an empty userName', { userName: '' }],
    ['a blank userName', { userName: '  ' }],
    ['a userName that is null', { userName: null }],
    ['a userName that is a number', { userName: 7 }],
    ['a userName longer than an index takes', { userName: 'a'.repeat(501) }],
    ['an externalId longer than an index takes', { userName: 'ada', externalId: 'a'.repeat(501) }],
    ['active that is no boolean', { userName: 'ada', active: 'maybe' }],
    ['a name that is a text', { userName: 'ada', name: 'Ada' }],
    ['more values than a list has', { userName: 'ada', emails: Array.from({ length: 201 }, (_, n) => `${n}@x.example`) }], // prettier-ignore
  ])('C08 %s is an invalid value', async (_what, body) => {
    const { status, body: error } = await post(body);
    expect([status, error.status, error.scimType]).toEqual([400, '400', 'invalidValue']);
  });

  it('C09 C10 O7 a userName that is taken, in any case and in any form of Unicode, is refused and changes nobody', async () => {
    const userName = unique('Zoë.Example');
    const { body: first } = await post({ userName, displayName: 'first' });
    for (const same of [
      userName,
      userName.toUpperCase(),
      userName.toLowerCase(),
      userName.normalize('NFD'),
      userName.toUpperCase().normalize('NFD'),
    ]) {
      const { status, body } = await post({ userName: same, displayName: 'second' });
      expect([same, status, body.scimType, body.status]).toEqual([same, 409, 'uniqueness', '409']);
    }
    expect((await scim.get(`/Users/${first.id}`)).body).toEqual(first);
  });

  it.each([
    ['True', true],
    ['False', false],
    ['true', true],
    [false, false],
    [undefined, true],
    [null, true],
  ])('C11 E2 active %j is %j', async (active, expected) => {
    const { status, body } = await post({ userName: unique('grace'), active });
    expect([status, body.active]).toEqual([201, expected]);
  });

  it("C12 E11 a group with Entra's URN beside the core one", async () => {
    const entra = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
    const body = { schemas: [schemas.group, entra], displayName: unique('dev'), externalId: 'e-1', members: [] };
    const { status, body: created } = await scim.send('POST', '/Groups', body);
    expect([status, created.schemas, created.members]).toEqual([201, [schemas.group], undefined]);
  });

  it('C13 schemas without the core one are refused', async () => {
    for (const wrong of [['urn:bogus'], [], 'urn:bogus', [1], [schemas.enterprise]]) {
      const { status, body } = await post({ schemas: wrong, userName: unique('ada') });
      expect([status, body.scimType]).toEqual([400, expect.stringMatching(/^invalid(Value|Syntax)$/)]);
    }
  });

  it('C14 what is read-only is not taken from a client', async () => {
    const sent = { userName: unique('ada'), groups: [{ value: 'x' }], meta: { version: 'W/"99"', created: 'long ago' } }; // prettier-ignore
    const { status, body } = await post(sent);
    expect([status, body.groups, body.meta.version]).toEqual([201, undefined, 'W/"1"']);
  });

  it('C15 O7 a password is taken and never seen again, nor kept', async () => {
    const userName = unique('ada');
    const { status, body, text } = await post({ userName, password: 'correct horse', groups: [], locale: 'en-GB' });
    expect([status, body.password, body.locale]).toEqual([201, undefined, 'en-GB']);
    const got = await scim.get(`/Users/${body.id}?attributes=userName,password`);
    const listed = await scim.find('Users', `userName eq "${userName}"`);
    const { rows } = await scim.client.query('select u::text from directory.directory_user u where id = $1', [body.id]);
    for (const one of [text, got.text, listed.text, JSON.stringify(rows)]) expect(one).not.toContain('correct horse');
  });

  it('C16 texts in any script come back byte for byte and are found', async () => {
    for (const name of ['Zoë 李明 🚀', 'Zoe\u0308 decomposed', 'Ольга "Оля" \\ %_', '\u202eevil', 'İstanbul ǅ ﬀ']) {
      const userName = unique(name);
      const { status, body } = await post({ userName, displayName: name });
      expect([status, body.userName, body.displayName]).toEqual([201, userName, name]);
      for (const filter of [`userName eq ${JSON.stringify(userName)}`, `displayName eq ${JSON.stringify(name)}`]) {
        const found = await scim.find('Users', filter);
        expect([filter, found.body.totalResults, found.body.Resources[0]?.userName]).toEqual([filter, 1, userName]);
      }
    }
  });

  it('C17 null and empty are unassigned', async () => {
    const empty = { title: null, roles: [], phoneNumbers: [], name: {}, emails: [{ value: '', type: 'work' }, null], [schemas.enterprise]: {} }; // prettier-ignore
    const { status, body } = await post({ userName: unique('linus'), ...empty });
    expect(status).toBe(201);
    expect(Object.keys(body).sort()).toEqual(['active', 'id', 'meta', 'schemas', 'userName']);
  });

  it('C83 E12 values are kept as they were sent', async () => {
    const values = {
      phoneNumbers: [{ value: '55555555555', type: 'mobile' }],
      emails: [{ value: 'Ada.LOVELACE@Example.COM', type: 'Work', primary: true }],
      title: '  with  spaces ',
      profileUrl: 'https://example.com/~ada?x=1#y',
    };
    const { body } = await post({ userName: unique('ada'), ...values });
    expect(body).toMatchObject(values);
  });

  it("C17 OneLogin's template with SCIM 1's URN, texts for booleans and managerId", async () => {
    const { status, body } = await post({
      schemas: ['urn:scim:schemas:core:1.0', 'urn:scim:schemas:extension:enterprise:1.0'],
      id: null,
      userName: unique('gina'),
      active: 'true',
      'urn:scim:schemas:extension:enterprise:1.0': { department: 'Sales', manager: { managerId: 'm-1' } },
    });
    expect([status, body.active]).toEqual([201, true]);
    expect(body[schemas.enterprise]).toEqual({ department: 'Sales', manager: { value: 'm-1' } });
    expect(body.schemas).toEqual([schemas.user, schemas.enterprise]);
  });

  it('C84 E11 the name of a group is taken once', async () => {
    const displayName = unique('Team');
    const group = { schemas: [schemas.group], displayName };
    expect((await scim.send('POST', '/Groups', group)).status).toBe(201);
    const again = await scim.send('POST', '/Groups', { ...group, displayName: displayName.toUpperCase() });
    expect([again.status, again.body.scimType]).toEqual([409, 'uniqueness']);
    expect((await scim.send('POST', '/Groups', { schemas: [schemas.group] })).body.scimType).toBe('invalidValue');
  });

  it('C70 of ten equal creations at the same moment one is answered with 201 and nine with 409', async () => {
    const body = { userName: unique('load-0001') };
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => post(body)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    const [made] = (await scim.find('Users', `userName eq "${body.userName}"`)).body.Resources;
    expect(await scim.eventsOf(made!.id)).toBe(1);
  });

  it('P18 somebody inactive who is created again under the same id of the provider is active again, as described', async () => {
    const sent = { userName: unique('dave'), externalId: unique('x'), displayName: 'first' };
    const { body: first } = await post(sent);
    const group = { schemas: [schemas.group], displayName: unique('g'), members: [{ value: first.id }] };
    await scim.send('POST', '/Groups', group);
    expect((await post(sent)).status).toBe(409); // Active: a creation that is repeated.
    await scim.send('PATCH', `/Users/${first.id}`, patchOf({ op: 'replace', path: 'active', value: false }));
    for (const stranger of [{ externalId: unique('x') }, { externalId: undefined }, { active: false }])
      expect((await post({ ...sent, ...stranger })).status).toBe(409);
    const again = await post({ ...sent, userName: sent.userName.toUpperCase(), displayName: 'second' });
    expect([again.status, again.body.id, again.body.active, again.body.displayName]).toEqual([201, first.id, true, 'second']); // prettier-ignore
    expect(again.headers.get('location')).toBe(again.body.meta.location);
    expect(again.body.groups).toHaveLength(1);
    expect((await scim.get(`/Users/${first.id}`)).body).toEqual(again.body);
  });

  it('P18 of ten who revive somebody at the same moment one does', async () => {
    const sent = { userName: unique('dave'), externalId: unique('x') };
    const { body: first } = await post(sent);
    await scim.send('PATCH', `/Users/${first.id}`, patchOf({ op: 'replace', path: 'active', value: false }));
    const before = await scim.eventsOf(first.id);
    const statuses = (await Promise.all(Array.from({ length: 10 }, () => post(sent)))).map(({ status }) => status);
    expect(statuses.sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    expect(await scim.eventsOf(first.id)).toBe(before + 1);
  });

  it('C09 the name of somebody who was deleted is free again', async () => {
    const userName = unique('dave');
    const { body: first } = await post({ userName });
    await scim.send('DELETE', `/Users/${first.id}`);
    const { status, body } = await post({ userName });
    expect([status, body.id === first.id]).toEqual([201, false]);
  });

  it('C05 only what is asked for is answered', async () => {
    const sent = { schemas: [schemas.user], userName: unique('eve'), title: 'Dr' };
    const { status, body } = await scim.send('POST', '/Users?attributes=title', sent);
    expect([status, Object.keys(body).sort()]).toEqual([201, ['id', 'schemas', 'title']]);
  });

  it('C08 a name that no schema has does no harm, __proto__ and constructor among them', async () => {
    const raw = `{"schemas":["${schemas.user}"],"userName":"${unique('ada')}","__proto__":{"active":false,"polluted":1},
      "constructor":{"prototype":{"polluted":1}},"toString":"x","hasOwnProperty":1,"name":{"__proto__":{"polluted":1}},"nope":{"a":[1]}}`;
    const { status, body } = await scim.send('POST', '/Users', undefined, { raw });
    expect([status, body.active]).toEqual([201, true]);
    expect(Object.keys(body).sort()).toEqual(['active', 'id', 'meta', 'schemas', 'userName']);
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('C07 a name that is there twice in two cases is refused', async () => {
    const raw = `{"schemas":["${schemas.user}"],"userName":"${unique('ada')}","username":"eve"}`;
    const { status, body } = await scim.send('POST', '/Users', undefined, { raw });
    expect([status, body.scimType]).toEqual([400, 'invalidSyntax']);
  });
});
