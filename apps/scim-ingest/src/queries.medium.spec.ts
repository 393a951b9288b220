import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nameOf, patchOf, RunningScim, schemas, tokens } from '../test/running-scim.js';

describe('filters', () => {
  let scim: RunningScim;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    scim = await RunningScim.start();
    for (const person of people) {
      const { body } = await scim.send('POST', '/Users', { schemas: [schemas.user], ...person });
      ids.set(person.userName, body.id);
    }
    const members = [{ value: ids.get('ada') }, { value: ids.get('grace') }];
    await scim.send('POST', '/Groups', { schemas: [schemas.group], displayName: 'Developers', externalId: 'G1', members }); // prettier-ignore
    // Somebody of another provider, whom no filter may find.
    await scim.send('POST', '/Users', { ...people[0], schemas: [schemas.user] }, { token: tokens.partner });
  });
  afterAll(() => scim.stop());

  async function found(filter: string, type: 'Users' | 'Groups' = 'Users'): Promise<string[]> {
    const { status, body } = await scim.find(type, filter);
    expect([filter, status]).toEqual([filter, 200]);
    expect(body.totalResults).toBe(body.Resources.length);
    return body.Resources.map(nameOf).sort();
  }

  it('C26 only what is asked for, and what is always there', async () => {
    const one = await scim.get(`/Users/${ids.get('ada')}?attributes=userName`);
    expect(Object.keys(one.body).sort()).toEqual(['id', 'schemas', 'userName']);
    const listed = await scim.find(
      'Users',
      'userName eq "ada"',
      '&attributes=name.givenName,emails.value&attributes=userName',
    );
    const ada = listed.body.Resources[0]!;
    expect(Object.keys(ada).sort()).toEqual(['emails', 'id', 'name', 'schemas', 'userName']);
    expect([ada['name'], Object.keys(ada.emails[0]!)]).toEqual([{ givenName: 'Ada' }, ['value']]);
    const urn = await scim.get(
      `/Users/${ids.get('ada')}?attributes=${schemas.enterprise}:department,${schemas.user}:title`,
    );
    expect(urn.body).toMatchObject({ title: 'Countess', [schemas.enterprise]: { department: 'Engines' } });
    expect(urn.body.userName).toBeUndefined();
    const without = await scim.get(`/Users/${ids.get('ada')}?excludedAttributes=id,schemas,emails,meta.location`);
    expect(Object.keys(without.body)).toEqual(expect.arrayContaining(['id', 'schemas', 'userName', 'name']));
    expect([without.body.emails, without.body.meta.location]).toEqual([undefined, undefined]);
    expect((await scim.get('/Users?attributes=nothing')).body.Resources[0]).toEqual({ id: expect.any(String), schemas: expect.any(Array) }); // prettier-ignore
  });

  it('C26 names of attributes that are given in several parameters add up, whatever is asked of a person', async () => {
    const sent = { schemas: [schemas.user], userName: 'ida', title: 'Dr', nickName: 'I' };
    const several = '?attributes=userName&Attributes=title';
    const { body: ida } = await scim.send('POST', `/Users${several}`, sent);
    const path = `/Users/${ida.id}`;
    const change = patchOf({ op: 'replace', path: 'title', value: 'Prof' });
    for (const answer of [
      await scim.get(path + several),
      await scim.send('PUT', path + several, sent),
      await scim.send('PATCH', path + several, change),
    ])
      expect([answer.status, Object.keys(answer.body).sort()]).toEqual([200, ['id', 'schemas', 'title', 'userName']]);
    expect(Object.keys(ida).sort()).toEqual(['id', 'schemas', 'title', 'userName']);
    const without = await scim.get(`${path}?excludedAttributes=title&excludedAttributes=nickName,meta`);
    expect(Object.keys(without.body).sort()).toEqual(['active', 'id', 'schemas', 'userName']);
    await scim.send('DELETE', path);
  });

  it('C26 an element that has nothing of what is asked for is left out', async () => {
    const { body } = await scim.get(`/Users/${ids.get('ada')}?attributes=emails.display,emails.primary`);
    expect(body.emails).toEqual([{ primary: true }]);
    const none = await scim.get(`/Users/${ids.get('ada')}?attributes=emails.display`);
    expect(Object.keys(none.body).sort()).toEqual(['id', 'schemas']);
  });

  it('C27 E9 a group without its members, by id and in a list', async () => {
    const group = (await scim.find('Groups', 'displayName eq "developers"', '&excludedAttributes=members')).body
      .Resources[0]!;
    expect([group.displayName, group.members]).toEqual(['Developers', undefined]);
    const one = await scim.get(`/Groups/${group.id}?excludedAttributes=members`);
    expect([one.body.id, one.body.members]).toEqual([group.id, undefined]);
    expect((await scim.get(`/Groups/${group.id}`)).body.members).toHaveLength(2);
  });

  it.each<readonly [string, string, readonly string[]]>([
    ['C29', 'userName eq "ADA"', ['ada']],
    ['C30', 'externalId eq "X-1"', ['ada']],
    ['C30', 'externalId eq "x-1"', []],
    ['C29', 'emails.value eq "ADA@EXAMPLE.com"', ['ada']],
    // Both conditions of the same element; Ping names the list alone.
    ['C32', 'emails[type eq "work"].value eq "ada@example.com"', ['ada']],
    ['C32', 'emails[type eq "work" and value co "example.com"]', ['ada', 'grace']],
    ['C32', 'emails[type eq "home"].value eq "ada@example.com"', []],
    ['C32', 'emails eq "ada@example.com"', ['ada']],
    ['C33', 'emails pr', ['ada', 'grace']],
    ['C32', 'emails[type eq "work"] and emails[value ew "home.example"]', ['ada']],
    ['C33', 'not (emails pr)', ['dave', 'linus']],
    ['C33', 'userName eq "ada" or userName eq "grace" and active eq false', ['ada']],
    ['C33', '(userName eq "ada" or userName eq "linus") and active eq false', ['linus']],
    ['C33', 'not (active eq true)', ['linus']],
    ['C33', 'not(userName eq "ada") and title pr', ['grace']],
    ['C33', 'title pr', ['ada', 'grace']],
    ['C33', 'userName co "A"', ['ada', 'dave', 'grace']],
    ['C33', 'userName sw "GR"', ['grace']],
    ['C33', 'userName ew "E"', ['dave', 'grace']],
    ['C33', 'userName gt "dave"', ['grace', 'linus']],
    ['C33', 'userName le "dave"', ['ada', 'dave']],
    ['C33', 'userName ne "ada"', ['dave', 'grace', 'linus']],
    ['C33', 'title ne "Countess"', ['dave', 'grace', 'linus']],
    ['C33', 'title eq null', ['dave', 'linus']],
    // A list, or an object, that is null has nothing in it (RFC 7643 2.5).
    ['C33', 'emails eq null', ['dave', 'linus']],
    ['C33', 'emails ne null and name eq null', ['grace']],
    ['C33', `${schemas.enterprise}:manager eq null and groups ne null`, ['ada']],
    // What is not said to be primary is not (RFC 7643 2.4).
    ['C32', 'emails[primary eq false and value eq "ada@home.example"]', ['ada']],
    ['C32', 'emails[primary ne true]', ['ada', 'grace']],
    ['C33', 'meta.lastModified ge "2011-05-13T04:42:34Z"', ['ada', 'dave', 'grace', 'linus']],
    ['C33', 'meta.created lt "2011-05-13T04:42:34+02:00"', []],
    ['C33', 'meta.resourceType eq "User"', ['ada', 'dave', 'grace', 'linus']],
    ['C33', 'meta.version eq "W/\\"1\\""', ['ada', 'dave', 'grace', 'linus']],
    ['C34', 'USERNAME EQ "ada"', ['ada']],
    ['C34', 'username Eq "ada" AND Active eq TRUE', ['ada']],
    ['C34', `${schemas.user}:userName eq "ada"`, ['ada']],
    ['C34', `${schemas.user.toUpperCase()}:name.familyName eq "lovelace"`, ['ada']],
    ['C35', `${schemas.enterprise}:department eq "engines"`, ['ada']],
    ['C35', `${schemas.enterprise}:manager.value eq "m-1"`, ['grace']],
    ['C35', `${schemas.enterprise}:manager eq "m-1"`, ['grace']],
    ['C35', `${schemas.enterprise}:employeeNumber pr`, ['ada']],
    ['C36', 'active eq true', ['ada', 'dave', 'grace']],
    ['C36', 'active eq "True"', ['ada', 'dave', 'grace']],
    ['C36', 'active eq "false"', ['linus']],
    ['C36', 'active ne true', ['linus']],
    ['C36', 'roles[primary eq "True"].value eq "admin"', ['grace']],
    ['C32', 'groups.display eq "developers"', ['ada', 'grace']],
    ['C33', 'groups pr', ['ada', 'grace']],
    ['C38', `userName eq "' or 1=1 --"`, []],
    ['C38', `userName eq "x\\" or userName pr or userName eq \\"x"`, []],
    ['C38', `userName co "%"`, []],
    ['C38', `userName co "_"`, []],
    ['C38', `userName sw "\\\\"`, []],
    ['C38', `title co "'); drop table directory.directory_user; --"`, []],
    ['C38', `id eq "' or '1'='1"`, []],
    ['C38', `emails[value eq "') or true) --"]`, []],
    ['C38', `userName eq "$1"`, []],
    ['C38', `externalId eq "\${x}"`, []],
  ])('%s %s', async (_row, filter, expected) => {
    expect(await found(filter)).toEqual(expected);
  });

  it('C31 E9 O1 no match is an empty list', async () => {
    const { status, body } = await scim.find('Users', 'userName eq "nobody"', '&startIndex=1&count=100');
    expect([status, body]).toEqual([
      200,
      { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: 0, itemsPerPage: 0, startIndex: 1, Resources: [] }, // prettier-ignore
    ]);
  });

  it('C33 a person by id, in either case, and a group by its members', async () => {
    const ada = ids.get('ada')!;
    expect(await found(`id eq "${ada}"`)).toEqual(['ada']);
    expect(await found(`members.value eq "${ada}"`, 'Groups')).toEqual(['Developers']);
    expect(await found(`members[value eq "${ada}" and type eq "User"]`, 'Groups')).toEqual(['Developers']);
    expect(await found(`members[value eq "${ids.get('linus')}"]`, 'Groups')).toEqual([]);
    expect(await found('externalId eq "G1" and displayName sw "dev"', 'Groups')).toEqual(['Developers']);
  });

  it.each([
    'userName eq',
    'userName zz "x"',
    '(userName pr',
    'userName pr)',
    'userName eq "x',
    '',
    '   ',
    'userName',
    'eq "ada"',
    'userName eq ada',
    "userName eq 'ada'",
    'userName eq "ada" and',
    'userName eq "ada" userName pr',
    'not userName eq "ada"',
    'not',
    'emails[type eq "work"',
    'emails[]',
    'userName[value eq "x"]',
    'active gt true',
    'active eq 1',
    'userName eq 1',
    'meta.created eq "yesterday"',
    'userName pr "x"',
    'userName && active',
    'userName eq "\\x"',
    'userName eq "ada" --',
    '; drop table directory.directory_user',
    // C40
    'nope eq "x"',
    'emails.nope eq "x"',
    'urn:nope:userName eq "x"',
    '__proto__ pr',
    'constructor eq "x"',
    'password eq "x"',
    // Bombs
    `${'('.repeat(5_000)}userName pr${')'.repeat(5_000)}`.slice(0, 8_000),
    `${'('.repeat(33)}userName pr${')'.repeat(33)}`,
    `${'not ('.repeat(33)}userName pr${')'.repeat(33)}`,
    Array.from({ length: 201 }, () => 'title pr').join(' or '),
    `userName eq "${'a'.repeat(9_000)}"`,
  ])('C37 C40 %j is refused', async (filter) => {
    const { status, body } = await scim.find('Users', filter);
    expect([status, body.schemas, body.status, body.scimType]).toEqual([400, [schemas.error], '400', 'invalidFilter']);
  });

  it('C38 nothing was lost, and what the largest filter costs is bounded', async () => {
    const terms = Array.from({ length: 100 }, (_, n) => `emails[value co "${n}%"]`).join(' or ');
    const startedAt = performance.now();
    expect(await found(terms)).toEqual([]);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    expect(await found('userName pr')).toHaveLength(people.length);
  });
});

const people = [
  {
    userName: 'ada',
    externalId: 'X-1',
    name: { givenName: 'Ada', familyName: 'Lovelace' },
    title: 'Countess',
    emails: [
      { value: 'Ada@example.com', type: 'work', primary: true },
      { value: 'ada@home.example', type: 'home' },
    ],
    [schemas.enterprise]: { department: 'Engines', employeeNumber: '1' },
  },
  {
    userName: 'grace',
    title: 'Admiral',
    emails: [{ value: 'grace@example.com', type: 'work' }],
    roles: [{ value: 'admin', primary: true }],
    [schemas.enterprise]: { manager: { value: 'm-1' } },
  },
  { userName: 'linus', active: false },
  { userName: 'dave' },
];
