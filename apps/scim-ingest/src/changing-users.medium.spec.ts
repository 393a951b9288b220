import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patchOf, RunningScim, schemas, unique } from '../test/running-scim.js';
import type { Reply } from '../test/running-scim.js';

describe('changing a person', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
  });
  afterAll(() => scim.stop());

  async function person(values: object = {}): Promise<Reply['body']> {
    const body = { schemas: [schemas.user], userName: unique('ada'), ...values };
    return (await scim.send('POST', '/Users', body)).body;
  }
  const patch = (id: string, ...operations: readonly unknown[]) =>
    scim.send('PATCH', `/Users/${id}`, patchOf(...operations));
  const read = async (id: string) => (await scim.get(`/Users/${id}`)).body;

  it('C46 PUT replaces: what it leaves out is unassigned; it creates nobody', async () => {
    const ada = await person({
      title: 'Dr',
      active: false,
      externalId: 'x',
      [schemas.enterprise]: { department: 'd' },
    });
    const { status, body, headers } = await scim.send('PUT', `/Users/${ada.id}`, { schemas: [schemas.user], userName: ada.userName }); // prettier-ignore
    expect([status, body.title, body.externalId, body[schemas.enterprise]]).toEqual([200, undefined, undefined, undefined]); // prettier-ignore
    expect([body.id, body.meta.created, headers.get('etag')]).toEqual([ada.id, ada.meta.created, 'W/"2"']);
    // Nobody comes back by a key that is missing.
    expect(body.active).toBe(false);
    for (const id of ['2819c223-7f76-453a-919d-413861904646', 'no-id-of-ours', "' or 1=1 --"]) {
      const sent = { schemas: [schemas.user], userName: unique('eve') };
      const none = await scim.send('PUT', `/Users/${encodeURIComponent(id)}`, sent);
      expect([none.status, none.body.status]).toEqual([404, '404']);
      expect((await scim.find('Users', `userName eq "${sent.userName}"`)).body.totalResults).toBe(0);
    }
    expect((await scim.send('PUT', `/Users/${ada.id}`, { schemas: [schemas.user] })).body.scimType).toBe(
      'invalidValue',
    );
  });

  it('C47 O2 a whole resource that is sent back with one change', async () => {
    const ada = await person({ name: { givenName: 'Ada' }, emails: [{ value: 'a@x.example', type: 'work', primary: true }] }); // prettier-ignore
    const { body: group } = await scim.send('POST', '/Groups', { schemas: [schemas.group], displayName: unique('g'), members: [{ value: ada.id }] }); // prettier-ignore
    const whole = await read(ada.id);
    expect(whole.groups).toHaveLength(1);
    const { status, body } = await scim.send('PUT', `/Users/${ada.id}`, { ...whole, id: group.id, name: { givenName: 'Augusta' } }); // prettier-ignore
    expect([status, body.id, body.name, body.emails]).toEqual([200, ada.id, { givenName: 'Augusta' }, whole.emails]);
    expect((await read(ada.id)).groups).toEqual(whole.groups);
  });

  it.each([
    ['C48 E1 E2', { op: 'Replace', path: 'active', value: 'False' }],
    ['C49 O3', { op: 'replace', value: { active: false } }],
    ['C48 E2', { op: 'Replace', value: { active: 'False' } }],
    ['C48', { op: 'add', path: 'active', value: false }],
    ['C48', { op: 'REPLACE', path: `${schemas.user}:Active`, value: 'false' }],
  ])('%s %j deactivates; the person can still be read, found and brought back', async (_row, operation) => {
    const ada = await person();
    expect([200, 204]).toContain((await patch(ada.id, operation)).status);
    expect((await read(ada.id)).active).toBe(false);
    expect((await scim.find('Users', `userName eq "${ada.userName}"`)).body.Resources[0]!.active).toBe(false);
    const back = await patch(ada.id, { op: 'Replace', path: 'active', value: 'True' });
    expect([back.status, back.body.active]).toEqual([200, true]);
  });

  it('C50 E4 dotted and URN keys of a value without a path', async () => {
    const ada = await person({ name: { familyName: 'Lovelace' } });
    const value = {
      'name.givenName': 'Ada',
      displayName: 'Ada L',
      'emails[type eq "work"].value': 'ada@x.example',
      [`${schemas.enterprise}:employeeNumber`]: '7',
      [schemas.enterprise]: { department: 'Engines' },
      [`${schemas.user}:title`]: 'Dr',
    };
    const { body } = await patch(ada.id, { op: 'replace', value });
    expect(body).toMatchObject({
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      displayName: 'Ada L',
      title: 'Dr',
      emails: [{ type: 'work', value: 'ada@x.example' }],
      [schemas.enterprise]: { employeeNumber: '7', department: 'Engines' },
    });
    expect(body.schemas).toEqual([schemas.user, schemas.enterprise]);
  });

  it('C51 C52 E5 a value path that selects nothing makes what it describes, beside what is there', async () => {
    const ada = await person();
    const added = await patch(ada.id, { op: 'Add', path: 'emails[type eq "work"].value', value: 'a@x.example' });
    expect(added.body.emails).toEqual([{ type: 'work', value: 'a@x.example' }]);
    const other = await person({ phoneNumbers: [{ type: 'work', value: '1' }] });
    const replaced = await patch(other.id, { op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '2' });
    expect(replaced.body.phoneNumbers).toEqual([{ type: 'work', value: '1' }, { type: 'mobile', value: '2' }]); // prettier-ignore
    const again = await patch(other.id, { op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '3' });
    expect(again.body.phoneNumbers[1]).toEqual({ type: 'mobile', value: '3' });
    const vague = await patch(other.id, { op: 'replace', path: 'phoneNumbers[type ne "work" and value eq "9"].value', value: '4' }); // prettier-ignore
    expect([vague.status, vague.body.scimType]).toEqual([400, 'noTarget']);
  });

  it('C53 E6 the manager as a text, as an object and as what OneLogin sends; and none', async () => {
    const ada = await person();
    const path = `${schemas.enterprise}:manager`;
    for (const [value, expected] of [
      ['m-1', 'm-1'],
      [{ value: 'm-2' }, 'm-2'],
      [{ managerId: 'm-3' }, 'm-3'],
      [[{ value: 'm-4' }], 'm-4'],
    ])
      expect((await patch(ada.id, { op: 'Add', path, value })).body[schemas.enterprise]).toEqual({
        manager: { value: expected },
      });
    const removed = await patch(ada.id, { op: 'Remove', path });
    expect([removed.status, removed.body[schemas.enterprise], removed.body.schemas]).toEqual([200, undefined, [schemas.user]]); // prettier-ignore
    expect((await patch(ada.id, { op: 'remove', path })).status).toBe(200);
  });

  it('C54 E7 application roles', async () => {
    const ada = await person();
    const path = 'roles[primary eq "True"].value';
    expect((await patch(ada.id, { op: 'Add', path, value: 'admin' })).body.roles).toEqual([{ primary: true, value: 'admin' }]); // prettier-ignore
    const role = JSON.stringify({ id: 'r-1', value: 'reader', displayName: 'Reader' });
    const added = await patch(ada.id, { op: 'Add', path: 'roles', value: [{ value: role }] });
    expect(added.body.roles[1]).toEqual({ value: 'reader', display: 'Reader' });
  });

  it.each<readonly [string, (...values: readonly string[]) => object]>([
    ['a path', (...values) => ({ op: 'Add', path: 'entitlements', value: values.map((value) => ({ value })) })],
    ['keys', (...values) => ({ op: 'Add', value: { entitlements: values.map((value) => ({ value })) } })],
    ['texts', (...values) => ({ op: 'Add', path: 'entitlements', value: values })],
  ])('E8 a list that Entra only ever adds to, by %s, grows by what is new and loses nothing', async (_how, add) => {
    const ada = await person({ entitlements: [{ value: 'vpn' }] });
    const held = (body: Reply['body']) => body['entitlements'];
    const [vpn, mail, wiki] = [{ value: 'vpn' }, { value: 'mail' }, { value: 'wiki' }];
    expect(held((await patch(ada.id, add('mail'))).body)).toEqual([vpn, mail]);
    const same = await patch(ada.id, add('mail', 'vpn'));
    expect([held(same.body), same.body.meta.version]).toEqual([[vpn, mail], 'W/"2"']);
    expect(held((await patch(ada.id, add('vpn', 'wiki'))).body)).toEqual([vpn, mail, wiki]);
    const remove = { op: 'Remove', path: 'entitlements', value: [{ value: 'vpn' }] };
    expect(held((await patch(ada.id, remove, add('wiki'))).body)).toEqual([mail, wiki]);
  });

  it.each([
    'nope.x',
    'emails[type eq',
    'name..x',
    '',
    ' ',
    'nope',
    'userName.x',
    'title[type eq "x"]',
    '.value',
    'emails[type eq "work"].nope',
    'emails[].value',
    'urn:nope:x',
    7,
    'a'.repeat(9_000),
  ])('C55 the path %j is refused', async (path) => {
    const ada = await person({ title: 'Dr' });
    const { status, body } = await patch(ada.id, { op: 'replace', path, value: 'x' });
    expect([status, body.scimType]).toEqual([400, 'invalidPath']);
    expect(await read(ada.id)).toEqual(ada);
  });

  it.each([
    'id',
    'meta.created',
    'meta',
    'groups',
    'groups[value eq "x"]',
    `${schemas.enterprise}:manager.displayName`,
  ])('C56 the path %s is read-only', async (path) => {
    const ada = await person();
    for (const op of ['replace', 'add', 'remove'])
        expect((await patch(ada.id, { op, path, value: 'x' })).body).toMatchObject({ status: '400', scimType: 'mutability' }); // prettier-ignore
  });

  it.each<readonly [object, string]>([
    [patchOf({ op: 'remove' }), 'noTarget'],
    [patchOf({ op: 'remove', value: { title: 'x' } }), 'noTarget'],
    [patchOf({ op: 'replace', path: 'title' }), 'invalidValue'],
    [patchOf({ op: 'add' }), 'invalidValue'],
    [patchOf({ op: 'replace', value: 'x' }), 'invalidValue'],
    [patchOf({ op: 'add', value: [] }), 'invalidValue'],
    [patchOf({ op: 'move', path: 'title', value: 'x' }), 'invalidSyntax'],
    [patchOf({ path: 'title', value: 'x' }), 'invalidSyntax'],
    [patchOf('x'), 'invalidSyntax'],
    [patchOf(), 'invalidSyntax'],
    [{ schemas: [schemas.patch] }, 'invalidSyntax'],
    [{ schemas: [schemas.patch], Operations: {} }, 'invalidSyntax'],
    [{ schemas: [schemas.patch], Operations: null }, 'invalidSyntax'],
    [{ schemas: [schemas.user], Operations: [{ op: 'replace', path: 'title', value: 'x' }] }, 'invalidSyntax'],
    [patchOf(...Array.from({ length: 1_001 }, () => ({ op: 'add', path: 'title', value: 'x' }))), 'invalidSyntax'],
    [patchOf({ op: 'replace', path: 'userName', value: '' }), 'invalidValue'],
    [patchOf({ op: 'replace', path: 'userName', value: 'a'.repeat(501) }), 'invalidValue'],
    [patchOf({ op: 'replace', path: 'active', value: 'maybe' }), 'invalidValue'],
    [patchOf({ op: 'remove', path: 'userName' }), 'mutability'],
    [patchOf({ op: 'remove', path: 'active' }), 'mutability'],
  ])('C58 %# an envelope or an operation that is not as it has to be', async (body, scimType) => {
    const ada = await person({ title: 'Dr' });
    const answer = await scim.send('PATCH', `/Users/${ada.id}`, body);
    expect([answer.status, answer.body.scimType]).toEqual([400, scimType]);
    expect(await read(ada.id)).toEqual(ada);
  });

  it('C59 one wrong operation, and none is done', async () => {
    const ada = await person({ title: 'Dr' });
    for (const wrong of [
      { op: 'replace', path: 'nope', value: 'x' },
      { op: 'remove' },
      { op: 'replace', path: 'id', value: 'x' },
      { op: 'remove', path: 'userName' },
    ]) {
      const { status } = await patch(ada.id, { op: 'replace', path: 'title', value: 'Prof' }, wrong);
      expect(status).toBe(400);
    }
    expect(await read(ada.id)).toEqual(ada);
  });

  it('C61 a userName that somebody else has, by PATCH and by PUT', async () => {
    const [ada, eve] = [await person(), await person()];
    const userName = ada.userName.toUpperCase();
    for (const answer of [
      await patch(
        eve.id,
        { op: 'replace', path: 'title', value: 'x' },
        { op: 'replace', path: 'userName', value: userName },
      ),
      await scim.send('PUT', `/Users/${eve.id}`, { schemas: [schemas.user], userName }),
    ])
      expect([answer.status, answer.body.scimType]).toEqual([409, 'uniqueness']);
    expect(await read(eve.id)).toEqual(eve);
    // One's own name in another case is no conflict.
    expect((await patch(ada.id, { op: 'replace', path: 'userName', value: userName })).body.userName).toBe(userName);
  });

  it('C71 a change on a condition, and a read on one', async () => {
    const ada = await person();
    const first = ada.meta.version;
    const { body, headers } = await patch(ada.id, { op: 'replace', path: 'title', value: 'Dr' });
    expect([headers.get('etag'), body.meta.version === first]).toEqual([body.meta.version, false]);
    const change = patchOf({ op: 'replace', path: 'title', value: 'Prof' });
    const stale = { headers: { 'if-match': first } };
    for (const answer of [
      await scim.send('PATCH', `/Users/${ada.id}`, change, stale),
      await scim.send('PUT', `/Users/${ada.id}`, { schemas: [schemas.user], userName: ada.userName }, stale),
      await scim.send('DELETE', `/Users/${ada.id}`, undefined, stale),
    ])
      expect([answer.status, answer.body.schemas]).toEqual([412, [schemas.error]]);
    // RFC 9110 13.1.2: nothing that is there is changed.
    for (const tag of ['*', body.meta.version]) {
      const absent = { headers: { 'if-none-match': tag } };
      for (const answer of [
        await scim.send('PATCH', `/Users/${ada.id}`, change, absent),
        await scim.send('PUT', `/Users/${ada.id}`, { schemas: [schemas.user], userName: ada.userName }, absent),
        await scim.send('DELETE', `/Users/${ada.id}`, undefined, absent),
      ])
        expect([answer.status, answer.body.schemas]).toEqual([412, [schemas.error]]);
    }
    expect(await read(ada.id)).toEqual(body);
    expect((await scim.get(`/Users/${ada.id}`, stale)).status).toBe(412);
    expect((await scim.send('PATCH', `/Users/${ada.id}`, patchOf({ op: 'replace', path: 'title', value: 'Dr' }), { headers: { 'if-none-match': first } })).status).toBe(200); // prettier-ignore
    for (const tag of [body.meta.version, '*', `W/"x", ${body.meta.version}`, body.meta.version.slice(2)])
      expect((await scim.send('PATCH', `/Users/${ada.id}`, patchOf({ op: 'replace', path: 'title', value: 'Dr' }), { headers: { 'if-match': tag } })).status).toBe(200); // prettier-ignore
    const known = await scim.get(`/Users/${ada.id}`, { headers: { 'if-none-match': body.meta.version } });
    expect([known.status, known.text, known.headers.get('etag')]).toEqual([304, '', body.meta.version]);
    expect((await scim.get(`/Users/${ada.id}`, { headers: { 'if-none-match': first } })).status).toBe(200);
  });

  it('C71 C68 the tag of a person is of their groups too, and a change of the person does not depend on them', async () => {
    const ada = await person();
    const path = `/Users/${ada.id}`;
    const read = (tag: string) => scim.get(path, { headers: { 'if-none-match': tag } });
    const group = { schemas: [schemas.group], displayName: unique('g'), members: [{ value: ada.id }] };
    const { body: dev } = await scim.send('POST', '/Groups', group);
    const inside = await read(ada.meta.version);
    expect([inside.status, inside.body.groups.length]).toEqual([200, 1]);
    const tag = inside.headers.get('etag')!;
    expect([tag, (await read(tag)).status]).toEqual([inside.body.meta.version, 304]);
    const byTag = `id eq "${ada.id}" and meta.version eq "${tag.replaceAll('"', '\\"')}"`;
    expect((await scim.find('Users', byTag)).body.Resources[0]!.meta.version).toBe(tag);
    for (const part of ['excludedAttributes=groups', 'attributes=meta']) {
      const one = await scim.get(`${path}?${part}`);
      const listed = (await scim.find('Users', `id eq "${ada.id}"`, `&${part}`)).body.Resources[0]!.meta.version;
      expect([one.headers.get('etag'), one.body.meta.version]).toEqual([listed, listed]);
      expect((await scim.get(`${path}?${part}`, { headers: { 'if-none-match': listed } })).status).toBe(304);
    }
    await scim.send('PATCH', `/Groups/${dev.id}`, patchOf({ op: 'replace', path: 'displayName', value: unique('g') }));
    expect((await read(tag)).status).toBe(200);
    await scim.send('DELETE', `/Groups/${dev.id}`);
    expect((await read(tag)).body.groups).toBeUndefined();
    // The person is what was seen.
    const change = patchOf({ op: 'replace', path: 'title', value: 'Dr' });
    const changed = await scim.send('PATCH', path, change, { headers: { 'if-match': tag } });
    expect([changed.status, changed.headers.get('etag')]).toEqual([200, changed.body.meta.version]);
    expect((await scim.send('PATCH', path, change, { headers: { 'if-match': tag } })).status).toBe(412);
  });

  it('C71 a change that changes nothing is no new version and no event', async () => {
    const ada = await person({ title: 'Dr', emails: [{ value: 'a@x.example', type: 'work' }] });
    const before = await scim.eventsOf(ada.id);
    const same = await patch(
      ada.id,
      { op: 'replace', path: 'title', value: 'Dr' },
      { op: 'add', path: 'emails', value: [{ value: 'a@x.example', type: 'work' }] },
      { op: 'remove', path: 'nickName' },
    );
    expect([same.status, same.body]).toEqual([200, ada]);
    expect((await scim.send('PUT', `/Users/${ada.id}`, ada)).body).toEqual(ada);
    expect(await scim.eventsOf(ada.id)).toBe(before);
  });

  it.each<readonly [string, ...object[]]>([
    ['one value', { op: 'replace', path: 'title', value: 'Prof' }],
    ['several', { op: 'replace', path: 'title', value: 'Prof' }, { op: 'add', value: { nickName: 'A', locale: 'en' } }],
    ['one twice', { op: 'add', path: 'title', value: '1' }, { op: 'replace', path: 'title', value: '2' }],
    ['a part of what is there', { op: 'replace', path: 'name.givenName', value: 'Augusta' }],
    ['a part of what is not', { op: 'add', path: `${schemas.enterprise}:department`, value: 'Engines' }],
    ['of both kinds', { op: 'replace', value: { 'name.familyName': 'King', displayName: 'A K', [schemas.enterprise]: { division: 'N' } } }], // prettier-ignore
    ['ids and names', { op: 'replace', value: { externalId: 'x-2', active: 'True' } }],
    ['what it is already', { op: 'replace', value: { title: 'Dr', 'name.givenName': 'Ada', externalId: 'x', active: true } }], // prettier-ignore
    ['one value more, and one away', { op: 'replace', path: 'nickName', value: 'A' }, { op: 'remove', path: 'title' }],
    ['a manager, two levels down', { op: 'add', path: `${schemas.enterprise}:manager`, value: 'm-1' }],
    ['a deactivation with a title', { op: 'replace', value: { active: false, title: 'Prof' } }],
  ])('C50 without a look before and with one it leads to the same: %s', async (_what, ...operations) => {
    const values = { externalId: 'x', title: 'Dr', name: { givenName: 'Ada', familyName: 'Lovelace' }, emails: [{ value: 'a@x.example' }] }; // prettier-ignore
    const left = await Promise.all(
      [{}, { headers: { 'if-match': '*' } }].map(async (options) => {
        const ada = await person(values);
        const { status, body } = await scim.send('PATCH', `/Users/${ada.id}`, patchOf(...operations), options);
        expect(body).toEqual(await read(ada.id));
        const { id, userName, meta, ...rest } = body;
        expect([id, userName, meta.created]).toEqual([ada.id, ada.userName, ada.meta.created]);
        return { status, rest, version: meta.version, events: await scim.eventsOf(ada.id) };
      }),
    );
    expect(left[0]).toEqual(left[1]);
  });

  it('C50 a new primary value takes the place of the old one, and a value is there once', async () => {
    const ada = await person({ emails: [{ value: 'a@x.example', type: 'work', primary: true }] });
    const { body } = await patch(ada.id, { op: 'add', path: 'emails', value: [{ value: 'b@x.example', type: 'home', primary: true }] }); // prettier-ignore
    expect(body.emails).toEqual([
      { value: 'a@x.example', type: 'work', primary: false },
      { value: 'b@x.example', type: 'home', primary: true },
    ]);
    const removed = await patch(ada.id, { op: 'remove', path: 'emails[type eq "home"]' });
    expect(removed.body.emails).toHaveLength(1);
    expect((await patch(ada.id, { op: 'remove', path: 'emails' })).body.emails).toBeUndefined();
  });

  it('C50 C56 the URN of an extension is a path to all of it', async () => {
    const ada = await person();
    const path = schemas.enterprise;
    const added = await patch(ada.id, { op: 'add', path, value: { department: 'Engines', manager: { value: 'm-1' } } });
    expect(added.body[path]).toEqual({ department: 'Engines', manager: { value: 'm-1' } });
    const replaced = await patch(ada.id, { op: 'replace', path, value: { division: 'North' } });
    expect(replaced.body[path]).toMatchObject({ division: 'North' });
    const removed = await patch(ada.id, { op: 'remove', path });
    expect([removed.status, removed.body[path], removed.body.schemas]).toEqual([200, undefined, [schemas.user]]);
    expect((await patch(ada.id, { op: 'remove', path: schemas.user })).body.scimType).toBe('mutability');
  });

  it('C50 C53 a value that names nothing of what is kept takes nothing away', async () => {
    const manager = { manager: { value: 'm-1' } };
    const ada = await person({
      name: { givenName: 'Ada', familyName: 'Lovelace' },
      emails: [{ value: 'a@x.example', type: 'work' }],
      [schemas.enterprise]: manager,
    });
    for (const operation of [
      { path: `${schemas.enterprise}:manager`, value: { displayName: 'Bob' } },
      { path: 'name', value: { foo: 'x' } },
      { value: { name: { foo: 'x' }, [schemas.enterprise]: { manager: { displayName: 'Bob' } } } },
    ]) {
      const { status, body } = await patch(ada.id, { op: 'replace', ...operation });
      expect([operation, status, body]).toEqual([operation, 200, ada]);
    }
    const unread = await patch(ada.id, { op: 'replace', path: 'emails', value: [{ foo: 1 }] });
    expect([unread.status, unread.body.scimType, await read(ada.id)]).toEqual([400, 'invalidValue', ada]);
    const part = await patch(ada.id, { op: 'replace', path: 'name', value: { givenName: null } });
    expect(part.body['name']).toEqual({ familyName: 'Lovelace' });
    const none = await patch(
      ada.id,
      { op: 'replace', path: 'name', value: {} },
      { op: 'replace', path: 'emails', value: [] },
      { op: 'replace', path: schemas.enterprise, value: null },
    );
    expect(Object.keys(none.body).sort()).toEqual(['active', 'id', 'meta', 'schemas', 'userName']);
  });

  it('C13 C56 schemas are no value to be changed', async () => {
    const ada = await person();
    const answers: unknown[] = [];
    for (const operation of [
      { op: 'remove', path: 'schemas' },
      { op: 'replace', path: 'schemas', value: ['urn:bogus'] },
      { op: 'replace', path: 'schemas', value: [schemas.user, schemas.enterprise] },
      { op: 'add', path: 'schemas', value: [schemas.enterprise] },
    ]) {
      const { status, body } = await patch(ada.id, operation);
      answers.push(status === 200 ? body : [status, body.scimType]);
    }
    expect(answers).toEqual([[400, 'mutability'], [400, 'invalidValue'], ada, ada]);
  });

  it('C17 an element without value is kept, found and changed', async () => {
    const admin = { display: 'Admin', type: 'x' };
    const ada = await person({ roles: [admin, { type: 'y', primary: true }] });
    expect(ada.roles).toEqual([admin]);
    for (const [filter, total] of [
      ['roles[display eq "admin" and type eq "x"]', 1],
      ['roles.value pr', 0],
      ['roles pr and not (roles.value eq "x")', 1],
      ['roles.value ne "x"', 1],
    ] as const)
      expect([filter, (await scim.find('Users', `${filter} and id eq "${ada.id}"`)).body.totalResults]).toEqual([filter, total]); // prettier-ignore
    const sorted = await scim.get(`/Users?sortBy=roles&filter=${encodeURIComponent(`id eq "${ada.id}"`)}`);
    expect(sorted.body.totalResults).toBe(1);
    const added = await patch(ada.id, { op: 'add', path: 'roles', value: [{ display: 'Reader', type: 'x' }] });
    expect(added.body.roles).toHaveLength(2);
    const named = await patch(ada.id, { op: 'replace', path: 'roles[display eq "Admin"].value', value: 'admin' });
    expect(named.body.roles).toContainEqual({ ...admin, value: 'admin' });
    const left = await patch(ada.id, { op: 'remove', path: 'roles', value: [{ display: 'Reader' }] });
    expect(left.body.roles).toHaveLength(1);
  });

  it('C15 a password can be set and removed, and changes nothing', async () => {
    const ada = await person();
    for (const operation of [{ op: 'add', value: 'correct horse' }, { op: 'replace', value: 'x' }, { op: 'remove' }]) {
      const { status, body } = await patch(ada.id, { path: 'password', ...operation });
      expect([status, body]).toEqual([200, ada]);
    }
    expect((await patch(ada.id, { op: 'replace', path: 'password', value: 7 })).body.scimType).toBe('invalidValue');
  });

  it('C05 who would take an answer later gets it at once', async () => {
    const sent = { schemas: [schemas.user], userName: unique('ada') };
    const made = await scim.send('POST', '/Users', sent, { headers: { prefer: 'respond-async' } });
    expect([made.status, made.body.userName, made.headers.get('preference-applied')]).toEqual([201, sent.userName, null]); // prettier-ignore
  });

  it('C69 somebody who was deleted is not found by any way', async () => {
    const ada = await person();
    const gone = await scim.send('DELETE', `/Users/${ada.id}`);
    expect([gone.status, gone.text]).toEqual([204, '']);
    for (const [method, body] of [
      ['GET'],
      ['DELETE'],
      ['PUT', { schemas: [schemas.user], userName: 'x' }],
      ['PATCH', patchOf({ op: 'replace', path: 'active', value: true })],
    ] as const)
      // prettier-ignore
      expect([method, (await scim.send(method, `/Users/${ada.id}`, body)).status]).toEqual([method, 404]);
    expect((await scim.find('Users', `userName eq "${ada.userName}"`)).body.totalResults).toBe(0);
  });

  it('C05 an id in capital letters is the same id', async () => {
    const ada = await person();
    const upper = ada.id.toUpperCase();
    expect((await scim.get(`/Users/${upper}`)).body.id).toBe(ada.id);
    expect((await patch(upper, { op: 'replace', path: 'title', value: 'Dr' })).body.title).toBe('Dr');
    expect((await scim.send('DELETE', `/Users/${upper}`)).status).toBe(204);
  });

  it('C67 of twenty changes of one person at the same moment all last', async () => {
    const ada = await person();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => patch(ada.id, { op: 'add', path: 'emails', value: [{ value: `${n}@x.example` }] })), // prettier-ignore
    );
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const { emails, meta } = await read(ada.id);
    expect([emails.length, meta.version]).toEqual([20, 'W/"21"']);
  });
});
