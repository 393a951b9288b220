import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { patchOf, RunningScim, schemas, unique } from '../test/running-scim.js';

/** Of what each result may lack. */
interface Result {
  readonly method: string;
  readonly bulkId?: string;
  readonly status: string;
  readonly location?: string;
  readonly version?: string;
}
const nameOf = ({ bulkId, method }: Result): string => bulkId ?? method;

describe('many changes in one request', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
  });
  afterAll(() => scim.stop());

  const bulk = (operations: unknown, more: object = {}) =>
    scim.send('POST', '/Bulk', { schemas: [schemas.bulk], Operations: operations, ...more });
  const person = (bulkId: string, userName = unique('ada')) => ({
    method: 'POST',
    path: '/Users',
    bulkId,
    data: { schemas: [schemas.user], userName },
  });
  const team = (bulkId: string, ...members: string[]) => ({
    method: 'POST',
    path: '/Groups',
    bulkId,
    data: { schemas: [schemas.group], displayName: unique('team'), members: members.map((value) => ({ value })) },
  });

  it('C76 what is made is referred to before it has an id, in any order', async () => {
    const { status, body } = await bulk([team('g', 'bulkId:one', 'bulkId:two'), person('one'), person('two')]);
    expect([status, body.schemas]).toEqual([200, ['urn:ietf:params:scim:api:messages:2.0:BulkResponse']]);
    const done = new Map(body.Operations.map((one) => [one.bulkId, one]));
    expect(done.size).toBe(3);
    for (const bulkId of ['g', 'one', 'two'])
      expect(done.get(bulkId)).toEqual({ method: 'POST', bulkId, status: '201', version: expect.stringMatching(/^W\/"\d+"$/), location: expect.stringMatching(/\/scim\/v2\/(Users|Groups)\/[0-9a-f-]{36}$/) }); // prettier-ignore
    const idOf = (bulkId: string) => done.get(bulkId)!.location.split('/').at(-1);
    const { body: group } = await scim.get(`/Groups/${idOf('g')}`);
    expect(group.members.map(({ value }) => value)).toEqual([idOf('one'), idOf('two')].sort());
  });

  it('C76 what is made can be changed, replaced and deleted in the same request, and a manager can be referred to', async () => {
    const operations = [
      person('boss'),
      { ...person('ada'), data: { schemas: [schemas.user, schemas.enterprise], userName: unique('ada'), [schemas.enterprise]: { manager: { value: 'bulkId:boss' } } } }, // prettier-ignore
      { method: 'patch', path: '/Users/bulkId:ada', data: patchOf({ op: 'replace', path: 'title', value: 'Dr' }) },
      { method: 'PUT', path: '/Users/bulkId:boss', data: { schemas: [schemas.user], userName: unique('grace') } },
      person('gone'),
      { method: 'DELETE', path: '/Users/bulkId:gone' },
    ];
    const { body } = await bulk(operations);
    expect(body.Operations.map(({ status }) => status)).toEqual(['201', '201', '200', '200', '201', '204']); // prettier-ignore
    const [boss, ada] = body.Operations.map(({ location }) => location.split('/').at(-1));
    expect((await scim.get(`/Users/${ada}`)).body).toMatchObject({ title: 'Dr', [schemas.enterprise]: { manager: { value: boss } } }); // prettier-ignore
  });

  it('C77 after so many failures nothing more is done, and without the number everything is', async () => {
    const taken = person('taken');
    await bulk([taken]);
    const names = [unique('eve'), unique('eve')];
    const stopped = await bulk([taken, person('b', names[0])], { failOnErrors: 1 });
    expect([stopped.status, stopped.body.Operations]).toEqual([
      200,
      [{ method: 'POST', bulkId: 'taken', status: '409', response: expect.objectContaining({ schemas: [schemas.error], scimType: 'uniqueness', status: '409' }) }], // prettier-ignore
    ]);
    expect((await scim.find('Users', `userName eq "${names[0]}"`)).body.totalResults).toBe(0);
    const first = await bulk([person('a'), taken, person('b', names[0])], { failOnErrors: 0 });
    expect(first.body.Operations.map(({ status }) => status)).toEqual(['201', '409']);
    const all = await bulk([taken, { method: 'DELETE', path: `/Users/${randomUUID()}` }, person('c', names[1])]);
    expect(all.body.Operations.map(({ status }) => status)).toEqual(['409', '404', '201']);
    const some = await bulk([taken, person('d'), { ...taken, bulkId: 'again' }, person('e')], { failOnErrors: 2 });
    expect(some.body.Operations.map(({ status }) => status)).toEqual(['409', '201', '409']);
  });

  it('C79 a failure says what it is about, unless it is that of a POST or has no path that can be said again', async () => {
    const id = randomUUID();
    const { body: ada } = await scim.send('POST', '/Users', { schemas: [schemas.user], userName: unique('ada') });
    const { body } = await bulk([
      person('one'),
      { method: 'DELETE', path: `/Groups/${id}` },
      { method: 'PUT', path: `Users/${ada.id}/`, version: 'W/"99"', data: { schemas: [schemas.user], userName: 'x' } },
      { method: 'PATCH', path: `/Users/${ada.id}` },
      { method: 'PATCH', path: '/Users/bulkId:one', data: patchOf({ op: 'remove', path: 'userName' }) },
      { method: 'PATCH', path: `/Users/${ada.id}`, data: patchOf({ op: 'add', path: 'title', value: 'bulkId:x' }) },
      { method: 'DELETE', path: '/Users/bulkId:x' },
      { ...person('two'), data: { schemas: [schemas.user] } },
      { method: 'DELETE', path: 'Nothing/1' },
      { method: 'DELETE', path: '/Users' },
      { method: 'DELETE', path: '/Users/a"b/c' },
      { method: 'DELETE', path: '/Users/a"b' },
      { method: 'DELETE', path: `/Users/${'a'.repeat(1_000)}` },
      { method: 'DELETE' },
    ]);
    const one = body.Operations[0]!.location;
    const failed = body.Operations.slice(1).map(({ status, location }) => [status, location]);
    expect(failed).toEqual([
      ['404', expect.stringMatching(new RegExp(`/scim/v2/Groups/${id}$`))],
      ['412', ada.meta.location],
      ['400', ada.meta.location],
      ['400', one],
      ['409', ada.meta.location],
      ['409', expect.stringMatching(/\/scim\/v2\/Users\/bulkId:x$/)],
      ['400', undefined],
      ['404', expect.stringMatching(/\/scim\/v2\/Nothing\/1$/)],
      ['400', expect.stringMatching(/\/scim\/v2\/Users$/)],
      ...Array.from({ length: 4 }, () => ['404', undefined]),
    ]);
  });

  it('C79 a path with a slash at its end is the same path', async () => {
    const made = { ...person('one'), path: '/Users/' };
    const { body } = await bulk([made, { method: 'DELETE', path: 'Users/bulkId:one/' }]);
    expect(body.Operations.map(({ status }) => status)).toEqual(['201', '204']);
  });

  it('C76 who refers to what comes later waits, and nobody else', async () => {
    const displayName = unique('dev');
    const { body: old } = await scim.send('POST', '/Groups', { schemas: [schemas.group], displayName });
    const remove = { method: 'DELETE', path: `/Groups/${old.id}` };
    // It can only be made after the other one of its name is gone.
    const data = { schemas: [schemas.group], displayName, members: [{ value: 'bulkId:late' }] };
    const { body } = await bulk([{ ...team('g'), data }, remove, team('h'), person('late')]);
    expect(body.Operations.map((one) => [nameOf(one), one.status])).toEqual([
      ['DELETE', '204'],
      ['h', '201'],
      ['late', '201'],
      ['g', '201'],
    ]);
  });

  it('C71 an operation on a condition', async () => {
    const { body: made } = await scim.send('POST', '/Users', { schemas: [schemas.user], userName: unique('ada') });
    const path = `/Users/${made.id}`;
    const data = patchOf({ op: 'replace', path: 'title', value: 'Dr' });
    const { body } = await bulk([
      { method: 'PATCH', path, version: 'W/"99"', data },
      { method: 'DELETE', path, version: 'W/"99"' },
      { method: 'PATCH', path, version: made.meta.version, data },
      { method: 'DELETE', path, version: made.meta.version },
      { method: 'DELETE', path, version: 'W/"2"' },
    ]);
    expect(body.Operations.map(({ status }) => status)).toEqual(['412', '412', '200', '412', '204']);
  });

  it('C79 more operations than are taken, and a body larger than is taken', async () => {
    const operation = { method: 'DELETE', path: `/Users/${randomUUID()}` };
    const many = await bulk(Array.from({ length: 1_001 }, () => operation));
    expect([many.status, many.body.schemas, many.body.status]).toEqual([413, [schemas.error], '413']);
    const large = await bulk([{ ...person('x'), data: { schemas: [schemas.user], userName: 'x', title: 'x'.repeat(10_485_760) } }]); // prettier-ignore
    expect([large.status, large.body.status]).toEqual([413, '413']);
  });

  it.each<readonly [string, object, string]>([
    ['a reference to nothing', team('g', 'bulkId:nothing'), '409'],
    ['another method', { method: 'GET', path: '/Users' }, '400'],
    ['no method', { path: '/Users' }, '400'],
    ['no path', { method: 'DELETE' }, '404'],
    ['a path to nothing', { method: 'DELETE', path: '/Nothing/1' }, '404'],
    ['a path within', { method: 'DELETE', path: '/Users/1/emails' }, '404'],
    ['another bulk inside', { method: 'POST', path: '/Bulk', bulkId: 'b', data: {} }, '404'],
    ['no bulkId', { ...person('x'), bulkId: undefined }, '400'],
    ['a version that is no text', { method: 'DELETE', path: `/Users/${randomUUID()}`, version: 99 }, '400'],
    ['versions in a list', { method: 'DELETE', path: `/Users/${randomUUID()}`, version: ['W/"99"'] }, '400'],
    ['no data', { ...person('x'), data: undefined }, '400'],
    ['a POST to one', { ...person('x'), path: `/Users/${randomUUID()}` }, '400'],
    ['a DELETE of all', { method: 'DELETE', path: '/Users' }, '400'],
    ['data that is wrong', { ...person('x'), data: { schemas: [schemas.user] } }, '400'],
    ['an id that is none of ours', { method: 'DELETE', path: '/Users/x' }, '404'],
  ])('C79 %s is the failure of that operation alone', async (_what, operation, expected) => {
    const { status, body } = await bulk([operation, person('good')]);
    const statuses = new Map(body.Operations.map((one) => [one.bulkId === 'good', one.status])); // prettier-ignore
    expect([status, statuses.get(false), statuses.get(true)]).toEqual([200, expected, '201']);
    const failed = body.Operations.find((one) => one.status === expected);
    expect(failed!.response).toMatchObject({ schemas: [schemas.error], status: expected });
  });

  const madeBy = async (operations: readonly object[]) => {
    const { body } = await bulk(operations);
    const read = async ({ bulkId, status, location, version }: Result) => {
      const path = location?.replace(/^.*\/scim\/v2/, '');
      const made = path === undefined ? undefined : (await scim.get(path)).body;
      // The tag of a person is of the groups too, in which others have put them.
      if (status === '201' && path!.startsWith('/Groups')) expect(made!.meta.version).toBe(version);
      return [bulkId!, { status, made }] as const;
    };
    return Object.fromEntries(await Promise.all(body.Operations.map(read)));
  };

  it('C76 groups that refer to each other in a circle, and people who manage each other, are made', async () => {
    const [a, b] = ['a', 'b'].map((name) => team(name, 'bulkId:c', `bulkId:${name === 'a' ? 'b' : 'a'}`));
    const groups = await madeBy([a!, b!, person('c')]);
    const idsIn = (name: string) => groups[name]!.made!.members.map(({ value }) => value).sort();
    const idOf = (name: string) => groups[name]!.made!.id;
    expect([groups['a']!.status, groups['b']!.status]).toEqual(['201', '201']);
    expect(idsIn('a')).toEqual([idOf('b'), idOf('c')].sort());
    expect(idsIn('b')).toEqual([idOf('a'), idOf('c')].sort());

    const managedBy = (name: string, manager: string) => ({
      ...person(name),
      data: { ...person(name).data, [schemas.enterprise]: { department: 'Engines', manager: { value: manager } } },
    });
    const people = await madeBy([managedBy('d', 'bulkId:e'), managedBy('e', 'bulkId:d')]);
    expect(people['d']!.made![schemas.enterprise]).toMatchObject({ department: 'Engines', manager: { value: people['e']!.made!.id } }); // prettier-ignore
    expect(people['e']!.made![schemas.enterprise]).toMatchObject({ manager: { value: people['d']!.made!.id } });
  });

  it('C76 what is in a circle can be changed and deleted in the same request, after it is whole', async () => {
    const add = patchOf({ op: 'add', path: 'members', value: [{ value: 'bulkId:c' }] });
    const made = await bulk([
      { method: 'PATCH', path: '/Groups/bulkId:a', data: add },
      { method: 'DELETE', path: '/Groups/bulkId:b' },
      ...[team('a', 'bulkId:b'), team('b', 'bulkId:a'), person('c')],
    ]);
    const results = new Map(made.body.Operations.map((one) => [nameOf(one), one]));
    expect(['a', 'b', 'c', 'PATCH', 'DELETE'].map((name) => results.get(name)!.status)).toEqual(['201', '201', '201', '200', '204']); // prettier-ignore
    const [a, c] = ['a', 'c'].map((name) => results.get(name)!.location.split('/').at(-1)!);
    expect((await scim.get(`/Groups/${a}`)).body.members.map(({ value }) => value)).toEqual([c]);
  });

  it('C76 what is in a circle with something that cannot be made says where it is, and that it is not whole', async () => {
    const wrong = { ...team('b', 'bulkId:a'), data: { schemas: [schemas.group], members: [{ value: 'bulkId:a' }] } };
    const made = await madeBy([team('a', 'bulkId:b'), wrong, person('c')]);
    expect([made['a']!.status, made['b']!.status, made['c']!.status]).toEqual(['409', '400', '201']);
    expect(made['a']!.made!.members).toBeUndefined();
  });

  it.each<readonly [string, object]>([
    ['no URN', { schemas: ['urn:x'], Operations: [] }],
    ['no operations', { schemas: [schemas.bulk] }],
    ['operations that are no list', { schemas: [schemas.bulk], Operations: {} }],
    ['failOnErrors below 0', { schemas: [schemas.bulk], Operations: [], failOnErrors: -1 }],
    ['failOnErrors that is a text', { schemas: [schemas.bulk], Operations: [], failOnErrors: '1' }],
  ])('C79 %s', async (_what, body) => {
    const answer = await scim.send('POST', '/Bulk', body);
    expect([answer.status, answer.body.scimType]).toEqual([400, 'invalidSyntax']);
  });

  it('C79 the largest bulk is taken', async () => {
    const id = randomUUID();
    const chain = [person('p0'), ...Array.from({ length: 49 }, (_, n) => team(`g${n}`, n === 0 ? 'bulkId:p0' : `bulkId:g${n - 1}`))]; // prettier-ignore
    const fill = Array.from({ length: 950 }, () => ({ method: 'DELETE', path: `/Users/${id}` }));
    const { status, body } = await bulk([...chain.reverse(), ...fill]);
    expect([status, body.Operations.length]).toEqual([200, 1_000]);
    expect(body.Operations.filter((one) => one.status === '201')).toHaveLength(50);
  });
});
