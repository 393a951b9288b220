import { describe, expect, it, jest } from '@jest/globals';
import { everyDialect } from '../dialects.js';
import { groupType, userType } from '../schema/resource-type.js';
import { coreGroup, coreUser, enterprise, refusal } from '../scim.fixture.js';
import { readResource } from './read-resource.js';

const one = '11111111-1111-4111-8111-111111111111';
const two = '22222222-2222-4222-8222-222222222222';
const user = (more: object) => readResource(userType, { schemas: [coreUser], userName: 'ada', ...more });
const group = (more: object) => readResource(groupType, { schemas: [coreGroup], displayName: 'Team', ...more });
const nested = (depth: number): string => '{"a":'.repeat(depth) + '1' + '}'.repeat(depth);

describe('readResource', () => {
  it('C05 C14 ignores what is read-only: ids, groups, meta', () => {
    const { resource, ignored } = user({ id: 'mine', groups: [{ value: 'x' }], meta: { version: 'x', created: 7 } });
    expect(resource).toEqual({ userName: 'ada' });
    expect(ignored).toEqual([]);
  });

  it('C07 takes names in another case', () => {
    const body = {
      Schemas: [coreUser],
      UserName: 'ada',
      NAME: { GivenName: 'Ada' },
      [enterprise.toUpperCase()]: { DEPARTMENT: 'R' },
    };
    expect(readResource(userType, body).resource).toEqual({
      userName: 'ada',
      name: { givenName: 'Ada' },
      [enterprise]: { department: 'R' },
    });
  });

  it.each([
    ['none', { schemas: [coreUser] }],
    ['null', { schemas: [coreUser], userName: null }],
    ['an empty one', { schemas: [coreUser], userName: ' ' }],
    ['a number', { schemas: [coreUser], userName: 5 }],
    ['one that no index takes', { schemas: [coreUser], userName: 'x'.repeat(501) }],
  ])('C08 refuses a userName that is none: %s', (_, body) => {
    expect(refusal(() => readResource(userType, body))).toMatchObject({ status: 400, scimType: 'invalidValue' });
  });

  it.each(['True', 'true', 'TRUE', true])('C11 E2 takes %j for true', (active) => {
    expect(user({ active }).resource).toMatchObject({ active: true });
  });

  it('C11 E2 takes "False" for false, and nothing else for a boolean', () => {
    expect(user({ active: 'False', emails: [{ value: 'a', primary: 'true' }] }).resource).toMatchObject({
      active: false,
      emails: [{ primary: true }],
    });
    expect(refusal(() => user({ active: 'yes' })).scimType).toBe('invalidValue');
    expect(refusal(() => user({ active: 1 })).scimType).toBe('invalidValue');
    const strict = { ...everyDialect, stringBooleans: false };
    const body = { schemas: [coreUser], userName: 'ada', active: 'False' };
    expect(refusal(() => readResource(userType, body, strict)).scimType).toBe('invalidValue');
  });

  it("C12 E11 lets Entra's group URN through beside the core one, and notes it", () => {
    const urn = 'http://schemas.microsoft.com/2006/11/ResourceManagement/ADSCIM/2.0/Group';
    expect(readResource(groupType, { schemas: [coreGroup, urn], displayName: 'Team', members: [] })).toMatchObject({
      resource: { displayName: 'Team' },
      members: { ids: [] },
      ignored: [urn],
    });
  });

  it('C13 refuses schemas without the core one', () => {
    expect(refusal(() => readResource(userType, { schemas: ['urn:bogus'], userName: 'ada' })).scimType).toBe(
      'invalidValue',
    );
    expect(refusal(() => readResource(userType, { schemas: 'x', userName: 'ada' })).scimType).toBe('invalidSyntax');
    expect(refusal(() => readResource(userType, { schemas: [coreGroup], userName: 'ada' })).status).toBe(400);
  });

  it("takes SCIM 1's URNs as OneLogin sends them, while the dialect is on", () => {
    const body = {
      schemas: ['urn:scim:schemas:core:1.0', 'urn:scim:schemas:extension:enterprise:1.0'],
      id: null,
      userName: 'ada',
      active: 'true',
      'urn:scim:schemas:extension:enterprise:1.0': { department: 'R', manager: { managerId: one } },
    };
    expect(readResource(userType, body).resource).toEqual({
      userName: 'ada',
      active: true,
      [enterprise]: { department: 'R', manager: { value: one } },
    });
    expect(refusal(() => readResource(userType, body, { ...everyDialect, looseSchemas: false })).status).toBe(400);
  });

  it('C15 takes a password and keeps it nowhere', () => {
    expect(JSON.stringify(user({ password: 'correct horse' }))).not.toContain('horse');
  });

  it('C17 takes null, [] and what has nothing in it for unassigned', () => {
    const { resource } = user({
      title: null,
      roles: [],
      phoneNumbers: [null, { value: null, type: 'work' }],
      name: {},
      emails: [{ value: '' }],
    });
    expect(resource).toEqual({ userName: 'ada' });
  });

  it('C17 keeps an element without value that says something, and drops what only says how it is used', () => {
    const roles = [
      { display: 'Admin', type: 'x' },
      { value: '', display: 'Reader' },
    ];
    expect(user({ roles }).resource['roles']).toEqual([{ display: 'Admin', type: 'x' }, { display: 'Reader' }]);
    const nothing = [{ type: 'work', primary: true }, { type: 'home', display: '' }, { mood: 'x' }];
    expect(user({ emails: nothing, addresses: nothing.slice(0, 1) }).resource).toEqual({ userName: 'ada' });
  });

  it.each([[[]], ['x'], [null], [7], [undefined]])('C20 refuses a body that is %j', (body) => {
    expect(refusal(() => readResource(userType, body))).toMatchObject({ status: 400, scimType: 'invalidSyntax' });
  });

  it('C22 refuses what is nested deeper than 64, at once and without a deep stack', () => {
    expect(refusal(() => user({ x: JSON.parse(nested(64)) as unknown })).scimType).toBe('invalidSyntax');
    expect(user({ x: JSON.parse(nested(60)) as unknown }).ignored).toEqual(['x']);
    let deep: unknown = 1;
    for (let level = 0; level < 20_000; level += 1) deep = level % 2 ? { a: deep } : [deep];
    expect(refusal(() => user({ x: deep })).scimType).toBe('invalidSyntax');
  });

  it.each([{ title: 'a\u0000' }, { 'a\u0000': 1 }, { emails: [{ value: '\ud800' }] }, { x: { y: ['\u0000'] } }])(
    'C24 refuses NUL and half a pair wherever they are: %j',
    (more) => expect(refusal(() => user(more)).scimType).toBe('invalidValue'),
  );

  it.each(['a\\u0000', '\\ud800', '\\ud83d\\ud83d'])('C24 E7 refuses %s in the JSON of a role, where it is no escape any more', (bad) => {
    for (const role of [`{"value":"${bad}"}`, `{"value":"admin","displayName":"${bad}"}`]) {
      expect(refusal(() => user({ roles: [role] })).scimType).toBe('invalidValue');
      expect(refusal(() => user({ roles: [{ value: role }] })).scimType).toBe('invalidValue');
    }
    const text = `{"name":"${bad}"}`;
    expect(user({ roles: [text] }).resource['roles']).toEqual([{ value: text }]);
  }); // prettier-ignore

  it('C83 keeps values as they were sent', () => {
    const phoneNumbers = [{ value: '55555555555', type: 'Mobile' }];
    const emails = [{ value: 'Ada@Example.COM', type: 'work' }];
    const title = ' Zoe\u0308 ';
    expect(user({ phoneNumbers, emails, title }).resource).toEqual({ userName: 'ada', phoneNumbers, emails, title });
  });

  it.each([
    ['a string', 'm1', { value: 'm1' }],
    ['value', { value: 'm1', $ref: null, displayName: 'Grace' }, { value: 'm1' }],
    ['managerId', { managerId: 'm1' }, { value: 'm1' }],
    ['a list of one', [{ value: 'm1', $ref: 'x' }], { value: 'm1' }],
    ['nothing', '', undefined],
    ['an empty value', { value: '' }, undefined],
  ])('C53 E6 takes the manager as %s', (_, manager, expected) => {
    const { resource } = user({ [enterprise]: { manager, division: 'D' } });
    expect(resource[enterprise]).toEqual({ division: 'D', ...(expected && { manager: expected }) });
  });

  it('keeps one primary value, and no value twice', () => {
    const emails = [
      { value: 'a', primary: true },
      { value: 'b', primary: true },
      { value: 'a', primary: true },
    ];
    expect(user({ emails }).resource['emails']).toEqual([
      { value: 'a', primary: true },
      { value: 'b', primary: false },
      { value: 'a', primary: false },
    ]);
    expect(user({ emails: [{ value: 'a' }, { value: 'a' }] }).resource['emails']).toEqual([{ value: 'a' }]);
  });

  it('C54 E7 reads a role from the JSON in its value, and leaves other texts alone', () => {
    const role = JSON.stringify({ id: 'x', value: 'admin', displayName: 'Admin' });
    expect(user({ roles: [{ value: role }] }).resource['roles']).toEqual([{ value: 'admin', display: 'Admin' }]);
    expect(user({ roles: [role, '{not json', { id: 'x', value: 'b', displayName: 'B' }] }).resource['roles']).toEqual([
      { value: 'admin', display: 'Admin' },
      { value: '{not json' },
      { value: 'b', display: 'B' },
    ]);
  });

  it('O8 keeps members that can be ones, each once, and says which cannot', () => {
    const members = [{ value: one, $ref: null }, two.toUpperCase(), { VALUE: one }, { value: 'nobody' }];
    expect(group({ members }).members).toEqual({ ids: [one, two], unusable: ['nobody'] });
    expect(group({ members: { value: one } }).members).toEqual({ ids: [one], unusable: [] });
    expect(refusal(() => group({ members: [{ display: 'x' }] })).scimType).toBe('invalidValue');
    expect(group({ members: [{}, { value: one }] }).members?.ids).toEqual([one]);
    const nameless = [{ value: '' }, { value: '', display: 'x' }, { $ref: 'https://x.example/Users/' }, ''];
    for (const hollow of [{}, [{}], [{}, {}], nameless, ...nameless, ...nameless.map((member) => [member])])
      expect(group({ members: hollow }).members).toBeUndefined();
    expect(group({ members: [...nameless, { value: '', $ref: `../Users/${one}` }] }).members?.ids).toEqual([one]);
  });

  it('E6 takes a blank id of the provider for none: it would be the same for everybody', () => {
    for (const externalId of ['', ' ', '\t']) expect(user({ externalId }).resource).not.toHaveProperty('externalId');
    expect(user({ externalId: ' x ' }).resource['externalId']).toBe(' x ');
  });

  it('tells a group without members from one whose members were not sent', () => {
    expect(group({}).members).toBeUndefined();
    expect(group({ members: [] }).members).toEqual({ ids: [], unusable: [] });
    expect(group({ members: null }).members).toEqual({ ids: [], unusable: [] });
  });

  it('C22 looks into long lists without a copy of each element', () => {
    const entries = jest.spyOn(Object, 'entries');
    user({ x: Array.from({ length: 1_000 }, () => 0), emails: [{ value: 'a' }] });
    const copied = entries.mock.calls.some(([value]) => Array.isArray(value));
    entries.mockRestore();
    expect(copied).toBe(false);
    expect(refusal(() => user({ x: [0, ['\u0000']] })).scimType).toBe('invalidValue');
    expect(refusal(() => user({ x: [{ y: '\ud800' }] })).scimType).toBe('invalidValue');
  });

  it('refuses one attribute under two spellings', () => {
    expect(refusal(() => user({ USERNAME: 'grace' })).scimType).toBe('invalidSyntax');
    expect(refusal(() => user({ name: { givenName: 'a', GIVENNAME: 'b' } })).scimType).toBe('invalidSyntax');
  });

  it('notes names that no schema has, a bounded number of them', () => {
    const more = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`unknown${index}`, 1]));
    expect(user({ ...more, emails: [{ value: 'a', mood: 'x' }] }).ignored).toHaveLength(50);
  });

  it('takes the keys of prototypes for names that no schema has', () => {
    const body: unknown = JSON.parse(
      `{"schemas":["${coreUser}"],"userName":"ada","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"name":{"__proto__":{"polluted":1},"givenName":"A"}}`,
    );
    const { resource, ignored } = readResource(userType, body);
    expect(resource).toEqual({ userName: 'ada', name: { givenName: 'A' } });
    expect(ignored).toEqual(['__proto__', 'constructor', 'name.__proto__']);
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
    expect(Object.getPrototypeOf(resource)).toBe(Object.prototype);
  });

  it('bounds a list', () => {
    const emails = Array.from({ length: 201 }, (_, index) => ({ value: `a${index}` }));
    expect(refusal(() => user({ emails })).scimType).toBe('invalidValue');
  });
});
