import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { everyDialect } from '@gatehouse/scim';
import type { Dialects } from '@gatehouse/scim';
import { addToken, patchOf, RunningScim, schemas, unique } from '../test/running-scim.js';
import type { ScimBody } from '../test/running-scim.js';

/** Somebody of the provider that sends, in a group with somebody else. */
interface Known {
  readonly person: string;
  readonly userName: string;
  readonly group: string;
}
type Sent = readonly [method: string, path: string, body?: object];

interface Row {
  readonly what: string;
  readonly request: (known: Known) => Sent;
  /** What is looked at of the answer, unless it is an error: then it is `400 invalidValue` and the like. */
  readonly look: (body: ScimBody) => unknown;
  readonly taken: unknown;
  /** The same, sent by a provider of which only this dialect is off. What the standard allows is read as it says. */
  readonly without: unknown;
}

const ofPerson =
  (...operations: readonly object[]) =>
  ({ person }: Known): Sent => ['PATCH', `/Users/${person}`, patchOf(...operations)];
const ofGroup =
  (operation: (person: string) => object) =>
  ({ person, group }: Known): Sent => ['PATCH', `/Groups/${group}?attributes=members`, patchOf(operation(person))];
const newPerson = (body: object) => (): Sent => ['POST', '/Users', { userName: unique('new'), ...body }];

const role = JSON.stringify({ id: 'r-1', value: 'reader', displayName: 'Reader' });
const manager = `${schemas.enterprise}:manager`;
const ada = { givenName: 'Ada', familyName: 'Lovelace' };
const [work, home] = [
  { value: 'ada@x.example', type: 'work' },
  { value: 'ada@home.example', type: 'home' },
];

const rows: Readonly<Record<keyof Dialects, readonly Row[]>> = {
  capitalOperations: [
    {
      what: 'Replace',
      request: ofPerson({ op: 'Replace', path: 'title', value: 'Dr' }),
      look: ({ title }) => title,
      ...{ taken: 'Dr', without: '400 invalidSyntax' },
    },
  ],
  stringBooleans: [
    {
      what: '"False" as a value',
      request: ofPerson({ op: 'replace', path: 'active', value: 'False' }),
      look: ({ active }) => active,
      ...{ taken: false, without: '400 invalidValue' },
    },
    {
      what: '"True" in a filter',
      request: ({ userName }) => ['GET', `/Users?filter=${encodeURIComponent(`userName eq "${userName}" and active eq "True"`)}`], // prettier-ignore
      look: ({ totalResults }) => totalResults,
      ...{ taken: 1, without: '400 invalidFilter' },
    },
  ],
  valuesOnRemove: [
    {
      what: 'one of two members',
      request: ofGroup((person) => ({ op: 'remove', path: 'members', value: [{ value: person }] })),
      look: ({ members }) => members,
      ...{ taken: [expect.anything()], without: undefined },
    },
    {
      what: 'one of two addresses',
      request: ofPerson({ op: 'remove', path: 'emails', value: [{ value: home.value }] }),
      look: ({ emails }) => emails,
      ...{ taken: [work], without: undefined },
    },
  ],
  pathKeys: [
    {
      what: 'a dotted key',
      request: ofPerson({ op: 'replace', value: { 'name.givenName': 'Augusta' } }),
      look: ({ name }) => name,
      ...{ taken: { ...ada, givenName: 'Augusta' }, without: ada },
    },
    {
      what: 'a key with a URN',
      request: ofPerson({ op: 'replace', value: { [`${schemas.enterprise}:department`]: 'Engines' } }),
      look: (body) => body[schemas.enterprise],
      ...{ taken: { department: 'Engines' }, without: undefined },
    },
  ],
  createOnMiss: [
    {
      what: 'a value path that selects nothing',
      request: ofPerson({ op: 'add', path: 'phoneNumbers[type eq "work"].value', value: '1' }),
      look: ({ phoneNumbers }) => phoneNumbers,
      ...{ taken: [{ type: 'work', value: '1' }], without: '400 noTarget' },
    },
  ],
  managerShapes: [
    {
      what: 'a text',
      request: ofPerson({ op: 'add', path: manager, value: 'm-1' }),
      look: (body) => body[schemas.enterprise],
      ...{ taken: { manager: { value: 'm-1' } }, without: '400 invalidValue' },
    },
    {
      what: 'managerId',
      request: ofPerson({ op: 'add', path: manager, value: { managerId: 'm-2' } }),
      look: (body) => body[schemas.enterprise],
      ...{ taken: { manager: { value: 'm-2' } }, without: undefined },
    },
  ],
  jsonRoleValues: [
    {
      what: 'JSON in a text',
      request: ofPerson({ op: 'add', path: 'roles', value: [{ value: role }] }),
      look: ({ roles }) => roles,
      ...{ taken: [{ value: 'reader', display: 'Reader' }], without: [{ value: role }] },
    },
  ],
  bareValues: [
    {
      what: 'a member as a text',
      request: ofGroup((person) => ({ op: 'replace', path: 'members', value: [person] })),
      look: ({ members }) => members.length,
      ...{ taken: 1, without: '400 invalidValue' },
    },
    {
      what: 'an address as a text',
      request: ofPerson({ op: 'replace', path: 'emails', value: 'ada@y.example' }),
      look: ({ emails }) => emails,
      ...{ taken: [{ value: 'ada@y.example' }], without: '400 invalidValue' },
    },
  ],
  readOnlyEchoes: [
    {
      what: 'the id beside a new title',
      request: ({ person }) => ['PATCH', `/Users/${person}`, patchOf({ op: 'replace', value: { id: person, title: 'Dr' } })], // prettier-ignore
      look: ({ title }) => title,
      ...{ taken: 'Dr', without: '400 mutability' },
    },
  ],
  looseSchemas: [
    {
      what: 'a URN that nobody knows, beside the core one',
      request: newPerson({ schemas: [schemas.user, 'urn:example:custom'] }),
      look: ({ active }) => active,
      ...{ taken: true, without: '400 invalidValue' },
    },
    {
      what: 'the URN of SCIM 1',
      request: newPerson({ schemas: ['urn:scim:schemas:core:1.0'] }),
      look: ({ active }) => active,
      ...{ taken: true, without: '400 invalidValue' },
    },
    {
      what: 'no schemas',
      request: newPerson({}),
      look: ({ active }) => active,
      ...{ taken: true, without: '400 invalidSyntax' },
    },
    {
      what: 'no schemas around a change',
      request: ({ person }) => ['PATCH', `/Users/${person}`, { Operations: [{ op: 'replace', path: 'title', value: 'Dr' }] }], // prettier-ignore
      look: ({ title }) => title,
      ...{ taken: 'Dr', without: '400 invalidSyntax' },
    },
  ],
};
const table = Object.entries(rows).flatMap(([flag, some]) => some.map((row) => ({ flag, ...row })));

/** Keys of providers have no capital letters. */
const keyOf = (flag: string) => `no-${flag.toLowerCase()}`;
const tokenOf = (provider: string) => `scim-test-token-of-${provider}`;
const lenient = 'lenient';
const dialectsOf: Readonly<Record<string, object>> = {
  [lenient]: {},
  ...Object.fromEntries(Object.keys(everyDialect).map((flag) => [keyOf(flag), { [flag]: false }])),
};

const document = {
  version: 1,
  providers: Object.fromEntries(
    Object.entries(dialectsOf).map(([key, dialects]) => [
      key,
      { name: key, issuer: `https://${key}.example`, clientId: 'c', scim: { dialects } },
    ]),
  ),
  mappings: Object.fromEntries(Object.keys(dialectsOf).map((key) => [key, {}])),
  settings: {},
};

describe('providers.<key>.scim.dialects', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start({ document });
    for (const provider of Object.keys(dialectsOf)) await addToken(scim.client, provider, tokenOf(provider));
  });
  afterAll(() => scim.stop());

  /** In the standard's own words, which every provider may use. */
  async function known(token: string): Promise<Known> {
    const create = async (path: string, body: object) => {
      const { status, body: made } = await scim.send('POST', path, body, { token });
      expect(status).toBe(201);
      return made.id;
    };
    const [userName, other] = [unique('ada'), unique('grace')];
    const person = await create('/Users', { schemas: [schemas.user], userName, name: ada, emails: [work, home] });
    const members = [person, await create('/Users', { schemas: [schemas.user], userName: other })];
    const group = await create('/Groups', {
      schemas: [schemas.group],
      displayName: unique('g'),
      members: members.map((value) => ({ value })),
    });
    return { person, userName, group };
  }

  async function sentBy(provider: string, { request, look }: Row): Promise<unknown> {
    const token = tokenOf(provider);
    const [method, path, body] = request(await known(token));
    const reply = await scim.send(method, path, body, { token });
    return reply.status < 300 ? look(reply.body) : `${reply.status} ${reply.body.scimType}`;
  }

  it.each(table)('X45 $flag: $what is taken, unless it is off', async ({ flag, ...row }) => {
    expect(await sentBy(lenient, row)).toEqual(row.taken);
    expect(await sentBy(keyOf(flag), row)).toEqual(row.without);
  });

  it.each(Object.keys(rows))('X45 %s is off alone: everything else is taken', async (flag) => {
    for (const row of table.filter((one) => one.flag !== flag))
      expect([row.what, await sentBy(keyOf(flag), row)]).toEqual([row.what, row.taken]);
  });
});
