import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patchOf, RunningScim, schemas, unique } from '../test/running-scim.js';
import type { Referred } from '../test/running-scim.js';

describe('groups', () => {
  let scim: RunningScim;
  const people: string[] = [];
  beforeAll(async () => {
    scim = await RunningScim.start();
    for (const name of ['ada', 'grace', 'linus', 'zoe']) {
      const { body } = await scim.send('POST', '/Users', { schemas: [schemas.user], userName: unique(name), displayName: name }); // prettier-ignore
      people.push(body.id);
    }
  });
  afterAll(() => scim.stop());

  const refs = (...ids: readonly unknown[]) => ids.map((value) => ({ value }));
  async function group(...ids: readonly unknown[]): Promise<string> {
    const body = { schemas: [schemas.group], displayName: unique('team'), members: refs(...ids) };
    return (await scim.send('POST', '/Groups', body)).body.id;
  }
  const patch = (id: string, ...operations: readonly unknown[]) =>
    scim.send('PATCH', `/Groups/${id}`, patchOf(...operations));
  async function membersOf(id: string): Promise<string[]> {
    const { body } = await scim.get(`/Groups/${id}`);
    return ((body.members as readonly Referred[] | undefined) ?? []).map(({ value }) => value);
  }
  const sorted = (...ids: (string | undefined)[]) => [...ids].sort();

  it('C68 members say who they are, and people which groups they are in', async () => {
    const [ada, grace] = people;
    const id = await group(ada, grace);
    const { body } = await scim.get(`/Groups/${id}`);
    const member = body.members.find(({ value }) => value === ada);
    expect(member).toEqual({ value: ada, type: 'User', display: 'ada', $ref: expect.stringMatching(new RegExp(`/scim/v2/Users/${ada}$`)) }); // prettier-ignore
    const person = (await scim.get(`/Users/${ada}`)).body;
    expect(person.groups).toEqual([{ value: id, type: 'direct', display: body.displayName, $ref: body.meta.location }]);
    await patch(id, { op: 'remove', path: `members[value eq "${ada}"]` });
    expect((await scim.get(`/Users/${ada}`)).body.groups).toBeUndefined();
    await scim.send('DELETE', `/Groups/${id}`);
    expect((await scim.get(`/Users/${grace}`)).body.groups).toBeUndefined();
  });

  it('C62 E3 a removal that names its members by value takes these and no others', async () => {
    const [ada, grace, linus] = people;
    const id = await group(ada, grace, linus);
    const { status } = await patch(id, { op: 'Remove', path: 'members', value: [{ value: ada, $ref: null }] });
    expect([status, await membersOf(id)]).toEqual([204, sorted(grace, linus)]);
    await patch(id, { op: 'Remove', path: 'members', value: grace });
    expect(await membersOf(id)).toEqual([linus]);
    // A list that is empty names nobody.
    await patch(id, { op: 'Remove', path: 'members', value: [] });
    expect(await membersOf(id)).toEqual([linus]);
  });

  it('C63 a removal by path takes this one, and again nobody', async () => {
    const [ada, grace, linus] = people;
    const id = await group(ada, grace, linus);
    const leave = { op: 'remove', path: `members[value eq "${ada}"]` };
    expect([(await patch(id, leave)).status, (await patch(id, leave)).status]).toEqual([204, 204]);
    expect(await membersOf(id)).toEqual(sorted(grace, linus));
    await patch(id, {
      op: 'remove',
      path: `members[value eq "${grace!.toUpperCase()}" or value eq "${randomUUID()}"]`,
    });
    expect(await membersOf(id)).toEqual([linus]);
    expect((await patch(id, { op: 'remove', path: 'members[display sw "LIN"]' })).body.scimType).toBe('invalidPath');
    await patch(id, { op: 'remove', path: 'members[type eq "Group"]' });
    expect(await membersOf(id)).toEqual([linus]);
    await patch(id, { op: 'remove', path: 'members[type eq "user"]' });
    expect(await membersOf(id)).toEqual([]);
  });

  it('C63 O5 one leaves and one comes in the same change, and many at once', async () => {
    const [ada, grace, linus, zoe] = people;
    const id = await group(ada);
    const { status } = await patch(
      id,
      { op: 'remove', path: `members[value eq "${ada}"]` },
      { op: 'add', path: 'members', value: refs(grace) },
      { op: 'Add', path: 'members', value: refs(linus, zoe, linus) },
      { op: 'Add', path: 'members', value: refs(grace) },
    );
    expect([status, await membersOf(id)]).toEqual([204, sorted(grace, linus, zoe)]);
    await patch(id, { op: 'add', path: 'members', value: refs(ada) }, { op: 'remove', path: 'members' });
    expect(await membersOf(id)).toEqual([]);
    await patch(id, { op: 'remove', path: 'members' }, { op: 'add', path: 'members', value: refs(ada) });
    expect(await membersOf(id)).toEqual([ada]);
  });

  it('C65 O5 a full list is the list, an empty one empties', async () => {
    const [ada, grace, linus] = people;
    const id = await group(ada, grace);
    await patch(id, { op: 'replace', path: 'members', value: refs(grace, linus) });
    expect(await membersOf(id)).toEqual(sorted(grace, linus));
    await patch(id, { op: 'replace', path: 'members', value: [] });
    expect(await membersOf(id)).toEqual([]);
    await patch(id, { op: 'replace', value: { members: refs(ada) } });
    expect(await membersOf(id)).toEqual([ada]);
    await patch(id, { op: 'add', value: { members: refs(grace) } });
    expect(await membersOf(id)).toEqual(sorted(ada, grace));
    await patch(id, { op: 'replace', value: { members: null } });
    expect(await membersOf(id)).toEqual([]);
  });

  it.each([
    ['C66', { op: 'replace', path: 'displayName' }],
    ['C66 E1', { op: 'Replace', path: 'displayName' }],
  ])('%s %j leaves the members', async (_row, operation) => {
    const id = await group(...people);
    const value = unique('renamed');
    expect((await patch(id, { ...operation, value })).status).toBe(204);
    const { body } = await scim.get(`/Groups/${id}`);
    expect([body.displayName, body.members.length]).toEqual([value, people.length]);
  });

  it('C57 C66 O4 a new name in a value, with the id beside it, leaves the members', async () => {
    const id = await group(...people);
    const displayName = unique('renamed');
    const { status } = await patch(id, { op: 'replace', value: { id, displayName } });
    const { body } = await scim.get(`/Groups/${id}`);
    expect([status, body.id, body.displayName, body.members.length]).toEqual([204, id, displayName, people.length]);
    expect((await patch(id, { op: 'replace', path: 'id', value: id })).body.scimType).toBe('mutability');
    const taken = await patch(await group(), { op: 'replace', value: { displayName: displayName.toUpperCase() } });
    expect([taken.status, taken.body.scimType]).toEqual([409, 'uniqueness']);
  });

  it('C66 E11 the answer to a change has no body, unless attributes are asked for', async () => {
    const id = await group(people[0]);
    const change = patchOf({ op: 'replace', path: 'externalId', value: 'e' });
    const silent = await scim.send('PATCH', `/Groups/${id}`, change);
    expect([silent.status, silent.text, silent.headers.get('etag')]).toEqual([204, '', 'W/"3"']);
    const asked = await scim.send('PATCH', `/Groups/${id}?attributes=members`, change);
    expect([asked.status, asked.body.members.length]).toEqual([200, 1]);
  });

  it('C65 O2 PUT replaces members where it names them, and leaves them where it does not', async () => {
    const [ada, grace] = people;
    const id = await group(ada);
    const displayName = unique('put');
    const named = await scim.send('PUT', `/Groups/${id}`, { schemas: [schemas.group], id, displayName, members: refs(grace) }); // prettier-ignore
    expect([named.status, named.body.members.map(({ value }) => value)]).toEqual([200, [grace]]);
    await scim.send('PUT', `/Groups/${id}`, { schemas: [schemas.group], displayName });
    expect(await membersOf(id)).toEqual([grace]);
    for (const nobody of ['', [{}], [{ value: '', display: '' }], refs('ada@x.example')]) {
      const { status } = await scim.send('PUT', `/Groups/${id}`, { schemas: [schemas.group], displayName, members: nobody }); // prettier-ignore
      expect([status, await membersOf(id)]).toEqual([200, [grace]]);
    }
    await scim.send('PUT', `/Groups/${id}`, { schemas: [schemas.group], displayName, members: [] });
    expect(await membersOf(id)).toEqual([]);
    expect((await scim.send('PUT', `/Groups/${randomUUID()}`, { schemas: [schemas.group], displayName: unique('x') })).status).toBe(404); // prettier-ignore
  });

  it('C62 O8 members that are not there lose nobody else', async () => {
    const [ada, grace] = people;
    const id = await group(ada, randomUUID(), 'no-id-of-ours', ada, ada!.toUpperCase());
    expect(await membersOf(id)).toEqual([ada]);
    expect((await patch(id, { op: 'add', path: 'members', value: refs('nobody', randomUUID(), grace) })).status).toBe(
      204,
    );
    expect(await membersOf(id)).toEqual(sorted(ada, grace));
    for (const wrong of [[{}], [{ value: 7 }], [null], 7])
      expect((await patch(id, { op: 'add', path: 'members', value: wrong })).body.scimType).toBe('invalidValue');
    for (const path of [`members[value eq "${ada}"].display`, `members[value eq "${ada}"].$ref`, 'members.$ref'])
      expect((await patch(id, { op: 'replace', path, value: 'x' })).body.scimType).toBe('mutability');
  });

  it('C65 E15 groups inside of groups, in a circle too; no group is inside of itself', async () => {
    const [outer, inner] = [await group(), await group(people[0])];
    await patch(outer, { op: 'add', path: 'members', value: refs(inner, outer) });
    await patch(inner, { op: 'add', path: 'members', value: refs(outer) });
    const { body } = await scim.get(`/Groups/${outer}`);
    expect(body.members).toEqual([{ value: inner, type: 'Group', display: expect.any(String), $ref: expect.stringMatching(new RegExp(`/Groups/${inner}$`)) }]); // prettier-ignore
    expect(await membersOf(inner)).toEqual(sorted(outer, people[0]));
    const around = await scim.get(`/Groups/${inner}`);
    expect((await scim.send('DELETE', `/Groups/${outer}`)).status).toBe(204);
    expect(await membersOf(inner)).toEqual([people[0]]);
    const known = await scim.get(`/Groups/${inner}`, { headers: { 'if-none-match': around.headers.get('etag')! } });
    expect([known.status, known.body.members.length]).toEqual([200, 1]);
    expect((await scim.send('DELETE', `/Groups/${outer}`)).status).toBe(404);
    expect((await scim.get(`/Groups/${inner}`)).headers.get('etag')).toBe(known.headers.get('etag'));
    expect((await scim.find('Groups', `members.value eq "${outer}"`)).body.totalResults).toBe(0);
  });

  it('C69 who is deleted is out of all groups, and their versions tell', async () => {
    const { body: dave } = await scim.send('POST', '/Users', { schemas: [schemas.user], userName: unique('dave') });
    const id = await group(dave.id, people[0]);
    const before = (await scim.get(`/Groups/${id}`)).headers.get('etag');
    expect((await scim.send('DELETE', `/Users/${dave.id}`)).status).toBe(204);
    const after = await scim.get(`/Groups/${id}`);
    expect([after.body.members.length, after.headers.get('etag') === before]).toEqual([1, false]);
    await patch(id, { op: 'add', path: 'members', value: refs(dave.id) });
    expect(await membersOf(id)).toEqual([people[0]]);
    expect([(await scim.send('DELETE', `/Groups/${id}`)).status, (await scim.get(`/Groups/${id}`)).status]).toEqual([204, 404]); // prettier-ignore
    expect((await scim.send('DELETE', `/Groups/${id}`)).status).toBe(404);
  });

  it('C69 JumpCloud makes a person and a group to try us, and deletes both', async () => {
    const userName = unique('jumpcloud-test');
    const made = await scim.send('POST', '/Users/', { schemas: [schemas.user], userName, active: true, emails: [{ value: 'test@x.example', type: 'work', primary: true }] }); // prettier-ignore
    const team = await scim.send('POST', '/Groups/', { schemas: [schemas.group], displayName: unique('jumpcloud-test'), members: refs(made.body.id) }); // prettier-ignore
    for (const path of [`/Groups/${team.body.id}`, `/Users/${made.body.id}`])
      expect((await scim.send('DELETE', path)).status).toBe(204);
    expect((await scim.find('Users', `userName eq "${userName}"`)).body.totalResults).toBe(0);
  });

  it('C59 a change of members beside one that is wrong is not done', async () => {
    const [ada, grace] = people;
    const id = await group(ada);
    for (const wrong of [
      { op: 'remove', path: 'displayName' },
      { op: 'replace', path: 'nope', value: 1 },
    ]) {
      const { status } = await patch(id, { op: 'add', path: 'members', value: refs(grace) }, wrong);
      expect([status, await membersOf(id)]).toEqual([400, [ada]]);
    }
    const stale = { headers: { 'if-match': 'W/"0"' } };
    const change = patchOf({ op: 'add', path: 'members', value: refs(grace) });
    expect((await scim.send('PATCH', `/Groups/${id}`, change, stale)).status).toBe(412);
    expect((await scim.send('DELETE', `/Groups/${id}`, undefined, stale)).status).toBe(412);
    expect(await membersOf(id)).toEqual([ada]);
  });

  it('C67 E14 of twenty members added at the same moment all are there, and all twenty can leave so', async () => {
    const ids = await Promise.all(
      Array.from({ length: 20 }, async (_, n) => {
        const userName = unique(`load-${String(n).padStart(4, '0')}`);
        return (await scim.send('POST', '/Users', { schemas: [schemas.user], userName })).body.id;
      }),
    );
    const id = await group();
    const added = await Promise.all(ids.map((one) => patch(id, { op: 'Add', path: 'members', value: refs(one) })));
    expect(added.map(({ status }) => status)).toEqual(ids.map(() => 204));
    expect(await membersOf(id)).toEqual([...ids].sort());
    await Promise.all(ids.map((one) => patch(id, { op: 'Remove', path: 'members', value: refs(one) })));
    expect(await membersOf(id)).toEqual([]);
  });

  it('C67 people are deleted while they are added, and nobody is left who is gone', async () => {
    const id = await group();
    const outcomes = await Promise.all(
      Array.from({ length: 10 }, async (_, n) => {
        const { body } = await scim.send('POST', '/Users', { schemas: [schemas.user], userName: unique(`load-${n}`) });
        const answers = await Promise.all([
          patch(id, { op: 'add', path: 'members', value: refs(body.id) }),
          scim.send('DELETE', `/Users/${body.id}`),
        ]);
        return answers.map(({ status }) => status);
      }),
    );
    expect(outcomes).toEqual(outcomes.map(() => [204, 204]));
    expect(await membersOf(id)).toEqual([]);
    const { displayName } = (await scim.get(`/Groups/${id}`)).body;
    const filled = await scim.find('Groups', `displayName eq "${displayName}" and members pr`);
    expect(filled.body.totalResults).toBe(0);
  });
});
