import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { nameOf, RunningScim, schemas, tokens } from '../test/running-scim.js';

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

  it('C27 E9 a group without its members, by id and in a list', async () => {
    const group = (await scim.find('Groups', 'displayName eq "developers"', '&excludedAttributes=members')).body
      .Resources[0]!;
    expect([group.displayName, group.members]).toEqual(['Developers', undefined]);
    const one = await scim.get(`/Groups/${group.id}?excludedAttributes=members`);
    expect([one.body.id, one.body.members]).toEqual([group.id, undefined]);
    expect((await scim.get(`/Groups/${group.id}`)).body.members).toHaveLength(2);
  });

  it.each<readonly [string, readonly string[]]>([
    // C29, C30: which names have a case
    ['userName eq "ADA"', ['ada']],
    ['externalId eq "X-1"', ['ada']],
    ['externalId eq "x-1"', []],
    ['emails.value eq "ADA@EXAMPLE.com"', ['ada']],
    // C32: both conditions of the same element; Ping names the list alone
    ['emails[type eq "work"].value eq "ada@example.com"', ['ada']],
    ['emails[type eq "work" and value co "example.com"]', ['ada', 'grace']],
    ['emails[type eq "home"].value eq "ada@example.com"', []],
    ['emails eq "ada@example.com"', ['ada']],
    ['emails pr', ['ada', 'grace']],
    ['emails[type eq "work"] and emails[value ew "home.example"]', ['ada']],
    ['not (emails pr)', ['dave', 'linus']],
    // C33: the grammar
    ['userName eq "ada" or userName eq "grace" and active eq false', ['ada']],
    ['(userName eq "ada" or userName eq "linus") and active eq false', ['linus']],
    ['not (active eq true)', ['linus']],
    ['not(userName eq "ada") and title pr', ['grace']],
    ['title pr', ['ada', 'grace']],
    ['userName co "A"', ['ada', 'dave', 'grace']],
    ['userName sw "GR"', ['grace']],
    ['userName ew "E"', ['dave', 'grace']],
    ['userName gt "dave"', ['grace', 'linus']],
    ['userName le "dave"', ['ada', 'dave']],
    ['userName ne "ada"', ['dave', 'grace', 'linus']],
    ['title ne "Countess"', ['dave', 'grace', 'linus']],
    ['title eq null', ['dave', 'linus']],
    ['meta.lastModified ge "2011-05-13T04:42:34Z"', ['ada', 'dave', 'grace', 'linus']],
    ['meta.created lt "2011-05-13T04:42:34+02:00"', []],
    ['meta.resourceType eq "User"', ['ada', 'dave', 'grace', 'linus']],
    ['meta.version eq "W/\\"1\\""', ['ada', 'dave', 'grace', 'linus']],
    // C34: whatever the case of words, and URNs before names
    ['USERNAME EQ "ada"', ['ada']],
    ['username Eq "ada" AND Active eq TRUE', ['ada']],
    [`${schemas.user}:userName eq "ada"`, ['ada']],
    [`${schemas.user.toUpperCase()}:name.familyName eq "lovelace"`, ['ada']],
    // C35
    [`${schemas.enterprise}:department eq "engines"`, ['ada']],
    [`${schemas.enterprise}:manager.value eq "m-1"`, ['grace']],
    [`${schemas.enterprise}:manager eq "m-1"`, ['grace']],
    [`${schemas.enterprise}:employeeNumber pr`, ['ada']],
    // C36
    ['active eq true', ['ada', 'dave', 'grace']],
    ['active eq "True"', ['ada', 'dave', 'grace']],
    ['active eq "false"', ['linus']],
    ['active ne true', ['linus']],
    ['roles[primary eq "True"].value eq "admin"', ['grace']],
    // groups of a person
    ['groups.display eq "developers"', ['ada', 'grace']],
    ['groups pr', ['ada', 'grace']],
    // C38: literally
    [`userName eq "' or 1=1 --"`, []],
    [`userName eq "x\\" or userName pr or userName eq \\"x"`, []],
    [`userName co "%"`, []],
    [`userName co "_"`, []],
    [`userName sw "\\\\"`, []],
    [`title co "'); drop table directory.directory_user; --"`, []],
    [`id eq "' or '1'='1"`, []],
    [`emails[value eq "') or true) --"]`, []],
    [`userName eq "$1"`, []],
    [`externalId eq "\${x}"`, []],
  ])('C29-C38 %s', async (filter, expected) => {
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
