import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import pg from 'pg';
import { patchOf, RunningScim, schemas, tokens, unique } from './running-scim.js';
import type { Reply } from './running-scim.js';

let scim: RunningScim;
beforeAll(async () => {
  scim = await RunningScim.start();
});
afterAll(() => scim.stop());

interface Body {
  readonly id: string;
  readonly meta: { readonly version: string };
  readonly emails?: readonly { readonly value: string }[];
  readonly members?: readonly { readonly value: string }[];
  readonly groups?: readonly unknown[];
  readonly Resources: readonly Body[];
}
const bodyOf = (reply: Reply): Body => reply.body;
const valuesOf = (values: Body['members'] = []) => values.map(({ value }) => value).sort();

const user = async (name: string) =>
  bodyOf(await scim.send('POST', '/Users', { schemas: [schemas.user], userName: unique(name) })).id;
const group = async (name: string, members: readonly string[] = []) => {
  const body = { schemas: [schemas.group], displayName: unique(name), members: members.map((value) => ({ value })) };
  return bodyOf(await scim.send('POST', '/Groups', body)).id;
};
const membersOf = async (id: string) => valuesOf(bodyOf(await scim.get(`/Groups/${id}`)).members);
const eventsAbout = async (id: string) =>
  (await scim.client.query('select event from messaging.outbox where key = $1', [id])).rows.length;

describe('changes at the same moment', () => {
  it('C67 of one person, more than wait for no lock, all last and have a version and an event each', async () => {
    const id = await user('ada');
    const add = (value: string) => patchOf({ op: 'add', path: 'emails', value: [{ value, type: 'work' }] });
    const addresses = Array.from({ length: 20 }, (_, number) => `ada-${number}@example.com`);
    const replies = await Promise.all(addresses.map((value) => scim.send('PATCH', `/Users/${id}`, add(value))));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    const { emails, meta } = bodyOf(await scim.get(`/Users/${id}`));
    expect(valuesOf(emails)).toEqual([...addresses].sort());
    expect(meta.version).toBe('W/"21"');
    expect(await eventsAbout(id)).toBe(21);
  });

  it('C67 of one person, each of another value, all last and none takes back another', async () => {
    const id = await user('ada');
    const names = ['title', 'nickName', 'displayName', 'locale', 'timezone', 'userType', 'profileUrl'];
    const paths = [...names, 'name.givenName', 'name.familyName', `${schemas.enterprise}:division`];
    const set = (path: string) => patchOf({ op: 'replace', path, value: path });
    const replies = await Promise.all(paths.map((path) => scim.send('PATCH', `/Users/${id}`, set(path))));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect((await scim.get(`/Users/${id}`)).body).toMatchObject({
      ...Object.fromEntries(names.map((name) => [name, name])),
      name: { givenName: 'name.givenName', familyName: 'name.familyName' },
      [schemas.enterprise]: { division: `${schemas.enterprise}:division` },
      meta: { version: `W/"${paths.length + 1}"` },
    });
    expect(await eventsAbout(id)).toBe(paths.length + 1);
  });

  it('C67 of one group, adding and taking away, all last', async () => {
    const leaving = await Promise.all(Array.from({ length: 10 }, () => user('linus')));
    const coming = await Promise.all(Array.from({ length: 10 }, () => user('zoe')));
    const id = await group('dev', leaving);
    const path = `/Groups/${id}`;
    const changes = [
      ...leaving.map((value) => patchOf({ op: 'Remove', path: 'members', value: [{ value }] })),
      ...coming.map((value) => patchOf({ op: 'Add', path: 'members', value: [{ value }] })),
    ];
    const replies = await Promise.all(changes.map((change) => scim.send('PATCH', path, change)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([204]));
    expect(await membersOf(id)).toEqual([...coming].sort());
    expect(bodyOf(await scim.get(path)).meta.version).toBe('W/"22"');
    expect(await eventsAbout(id)).toBe(21);
  });

  it('C65 of a whole list of members leave one of the lists, and nobody of another', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => user('grace')));
    const id = await group('support');
    for (let turn = 0; turn < 5; turn += 1) {
      const push = (value: string) => patchOf({ op: 'replace', path: 'members', value: [{ value }] });
      await Promise.all(people.map((one) => scim.send('PATCH', `/Groups/${id}`, push(one))));
      expect(await membersOf(id)).toHaveLength(1);
    }
  });

  it('C70 the same person created ten times is there once, with one event', async () => {
    const body = { schemas: [schemas.user], userName: unique('gina') };
    const replies = await Promise.all(Array.from({ length: 10 }, () => scim.send('POST', '/Users', body)));
    expect(replies.map(({ status }) => status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 409)]);
    expect(await eventsAbout(bodyOf(replies.find(({ status }) => status === 201)!).id)).toBe(1);
  });
});

describe('a change of members that is one statement', () => {
  it('C71 heeds If-Match, and C74 whose group it is', async () => {
    const [ada, id] = [await user('ada'), await group('ops')];
    const add = patchOf({ op: 'add', path: 'members', value: [{ value: ada }] });
    const stale = { headers: { 'if-match': 'W/"7"' } };
    expect(await scim.send('PATCH', `/Groups/${id}`, add, stale)).toMatchObject({ status: 412 });
    const other = { token: tokens.partner };
    expect(await scim.send('PATCH', `/Groups/${id}`, add, other)).toMatchObject({ status: 404 });
    expect(await membersOf(id)).toEqual([]);
    expect(await scim.send('PATCH', `/Groups/${id.toUpperCase()}`, add)).toMatchObject({ status: 204 });
    expect(await membersOf(id)).toEqual([ada]);
  });

  it.each(['x', '00000000-0000-0000-0000-000000000001', '00000000-0000-4000-8000-000000000001', '%00'])(
    'C15 knows no group and nobody of the id %s',
    async (id) => {
      const add = patchOf({ op: 'add', path: 'members', value: [{ value: await user('ada') }] });
      const retitle = patchOf({ op: 'replace', path: 'title', value: 'x' });
      expect((await scim.send('PATCH', `/Groups/${id}`, add)).status).toBe(404);
      expect((await scim.send('PATCH', `/Users/${id}`, retitle)).status).toBe(404);
      expect((await scim.get(`/Users/${id}`)).status).toBe(404);
    },
  );

  it('tells the relays, which would find it by polling only', async () => {
    const listener = new pg.Client({ connectionString: scim.databaseUrl });
    await listener.connect();
    const told: (string | undefined)[] = [];
    listener.on('notification', ({ payload }) => told.push(payload));
    await listener.query('listen gatehouse_outbox');
    const [ada, id] = [await user('ada'), await group('ops')];
    await scim.send('PATCH', `/Groups/${id}`, patchOf({ op: 'add', path: 'members', value: [{ value: ada }] }));
    await scim.send('PATCH', `/Users/${ada}`, patchOf({ op: 'replace', path: 'active', value: false }));
    const expected = ['claim-mapping.offboarding', 'claim-mapping.provisioning'];
    await waitFor(() => Promise.resolve(expected.every((queue) => told.includes(queue))), {
      what: `${expected.join(', ')} to be told`,
      timeoutMs: 5_000,
    });
    await listener.end();
  });

  it('C68 a person who is answered has the groups, whichever request it was', async () => {
    const ada = await user('ada');
    const id = await group('dev', [ada]);
    const title = patchOf({ op: 'replace', path: 'title', value: 'x' });
    const answers = [
      bodyOf(await scim.get(`/Users/${ada}`)),
      bodyOf(await scim.send('PATCH', `/Users/${ada}`, title)),
      bodyOf(await scim.find('Users', `id eq "${ada}"`)).Resources[0]!,
    ];
    for (const { groups } of answers) expect(groups).toMatchObject([{ value: id, type: 'direct' }]);
    const without = await scim.find('Users', `id eq "${ada}"`, '&excludedAttributes=groups');
    expect(bodyOf(without).Resources[0]).not.toHaveProperty('groups');
  });
});
