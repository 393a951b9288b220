import { describe, expect, it } from '@jest/globals';
import { everyDialect } from '../dialects.js';
import type { Dialects } from '../dialects.js';
import type { JsonObject } from '../json.js';
import { userType } from '../schema/resource-type.js';
import { coreUser, enterprise, refusal } from '../scim.fixture.js';
import { applyDeltas } from './apply-deltas.js';
import { compilePatch } from './compile-patch.js';

const schemas = ['urn:ietf:params:scim:api:messages:2.0:PatchOp'];
const ada: JsonObject = {
  id: 'x',
  userName: 'ada',
  active: true,
  title: 'Dr',
  name: { givenName: 'Ada', familyName: 'L' },
};

function patch(
  operations: readonly object[],
  { user = ada, dialects = everyDialect }: { user?: JsonObject; dialects?: Dialects } = {},
) {
  const { deltas } = compilePatch(userType, { schemas, Operations: operations }, dialects);
  return applyDeltas(userType, user, deltas);
}

const off = (name: keyof Dialects): { dialects: Dialects } => ({ dialects: { ...everyDialect, [name]: false } });
const work = { type: 'work', value: 'ada@example.com', primary: true };

describe('X45 PATCH of a person', () => {
  it('C48 E1 E2 sets active from Replace and "False"', () => {
    expect(patch([{ op: 'Replace', path: 'active', value: 'False' }]).resource['active']).toBe(false);
    expect(
      refusal(() => patch([{ op: 'Replace', path: 'active', value: false }], off('capitalOperations'))).scimType,
    ).toBe('invalidSyntax');
  });

  it('C49 O3 sets active without a path', () => {
    expect(patch([{ op: 'replace', value: { active: false } }]).resource).toEqual({ ...ada, active: false });
  });

  it('C50 E4 takes dotted names and URNs as keys', () => {
    const value = {
      'name.givenName': 'A',
      [`${enterprise}:employeeNumber`]: '7',
      [`${enterprise}:manager.value`]: 'm1',
      [`${coreUser}:title`]: 'Prof',
      'emails[type eq "work"].value': 'a@example.com',
      [enterprise]: { department: 'R' },
    };
    const expected = {
      ...ada,
      title: 'Prof',
      name: { givenName: 'A', familyName: 'L' },
      emails: [{ type: 'work', value: 'a@example.com' }],
      [enterprise]: { employeeNumber: '7', manager: { value: 'm1' }, department: 'R' },
    };
    expect(patch([{ op: 'replace', value }]).resource).toEqual(expected);
    expect(patch([{ op: 'replace', value }], off('pathKeys')).resource).toEqual({
      ...ada,
      [enterprise]: { department: 'R' },
    });
  });

  it('C51 C52 E5 makes the element that a value path describes, beside others', () => {
    const add = { op: 'Add', path: 'emails[type eq "work"].value', value: 'ada@example.com' };
    expect(patch([add]).resource['emails']).toEqual([{ type: 'work', value: 'ada@example.com' }]);
    const user = { ...ada, phoneNumbers: [{ type: 'work', value: '1' }] };
    const replace = { op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '2' };
    expect(patch([replace], { user }).resource['phoneNumbers']).toEqual([
      { type: 'work', value: '1' },
      { type: 'mobile', value: '2' },
    ]);
    expect(refusal(() => patch([replace], { user, ...off('createOnMiss') })).scimType).toBe('noTarget');
    const or = { ...replace, path: 'phoneNumbers[type eq "mobile" or type eq "fax"].value' };
    expect(refusal(() => patch([or], { user })).scimType).toBe('noTarget');
  });

  it('changes the elements that are selected, and those only', () => {
    const user = { ...ada, emails: [work, { type: 'home', value: 'h' }] };
    const replace = { op: 'replace', path: 'emails[type eq "WORK"].value', value: 'new' };
    expect(patch([replace], { user }).resource['emails']).toEqual([
      { ...work, value: 'new' },
      { type: 'home', value: 'h' },
    ]);
    const whole = { op: 'replace', path: 'emails[value sw "ada"]', value: { value: 'new', display: null } };
    expect(patch([whole], { user }).resource['emails']).toEqual([
      { ...work, value: 'new' },
      { type: 'home', value: 'h' },
    ]);
    expect(patch([{ op: 'remove', path: 'emails[type eq "home"]' }], { user }).resource['emails']).toEqual([work]);
    expect(patch([{ op: 'remove', path: 'emails[type eq "home"].value' }], { user }).resource['emails']).toEqual([
      work,
    ]);
    expect(patch([{ op: 'remove', path: 'emails[type eq "nope"]' }], { user }).isChanged).toBe(false);
  });

  it('C53 E6 sets the manager from a plain text under a path with colons, and removes it', () => {
    const { resource } = patch([{ op: 'Add', path: `${enterprise}:manager`, value: 'm1' }]);
    expect(resource[enterprise]).toEqual({ manager: { value: 'm1' } });
    expect(patch([{ op: 'Remove', path: `${enterprise}:manager` }], { user: resource }).resource).toEqual(ada);
    expect(patch([{ op: 'Replace', path: `${enterprise}:manager`, value: '' }], { user: resource }).resource).toEqual(
      ada,
    );
    const id = { op: 'Replace', path: `${enterprise}:manager`, value: { managerId: 'm2' } };
    expect(patch([id], { user: resource }).resource[enterprise]).toEqual({ manager: { value: 'm2' } });
    expect(patch([{ op: 'remove', path: enterprise }], { user: resource }).resource).toEqual(ada);
    expect(
      refusal(() => patch([{ op: 'Add', path: `${enterprise}:manager`, value: 'm1' }], off('managerShapes'))).scimType,
    ).toBe('invalidValue');
  });

  it("C53 E6 sets the manager by its name alone, in a list of one, as Entra's documentation has it", () => {
    const named = { op: 'Add', path: 'manager', value: [{ $ref: 'https://x.example/Users/m1', value: 'm1' }] };
    const { resource } = patch([named]);
    expect(resource[enterprise]).toEqual({ manager: { value: 'm1' } });
    expect(patch([{ op: 'Replace', path: 'manager.value', value: 'm2' }]).resource[enterprise]).toEqual({
      manager: { value: 'm2' },
    });
    expect(patch([{ op: 'Remove', path: 'Manager' }], { user: resource }).resource).toEqual(ada);
    for (const path of ['managers', 'department', 'manager[value eq "m1"]'])
      expect(refusal(() => patch([{ ...named, path }])).scimType).toBe('invalidPath');
    expect(refusal(() => patch([named], off('managerShapes'))).scimType).toBe('invalidPath');
  });

  it('takes a blank id of the provider for none', () => {
    const user = { ...ada, externalId: 'x-1' };
    expect(patch([{ op: 'replace', path: 'externalId', value: '' }], { user }).resource).toEqual(ada);
    expect(patch([{ op: 'replace', value: { externalId: ' ' } }], { user }).resource).toEqual(ada);
    expect(patch([{ op: 'add', path: 'externalId', value: '' }], { user }).resource).toEqual(user);
  });

  it("C54 E7 makes and changes the primary role from Entra's JSON", () => {
    const value = JSON.stringify({ id: 'i', value: 'admin', displayName: 'Admin' });
    const made = patch([{ op: 'Add', path: 'roles[primary eq "True"].value', value }]).resource;
    expect(made['roles']).toEqual([{ primary: true, value: 'admin', display: 'Admin' }]);
    const changed = patch([{ op: 'Replace', path: 'roles[primary eq "True"].value', value: 'reader' }], {
      user: made,
    }).resource;
    expect(changed['roles']).toEqual([{ primary: true, value: 'reader', display: 'Admin' }]);
    expect(patch([{ op: 'Add', path: 'roles', value: [{ value }] }]).resource['roles']).toEqual([
      { value: 'admin', display: 'Admin' },
    ]);
  });

  it.each(['nope.x', 'nope', 'emails[type eq', 'name..x', '', ' ', '__proto__.x', 'constructor.prototype.x', 'name[givenName eq "x"].y',
    'emails[type eq "work"].nope', 'emails[type eq "work"].value x', 'department', `${enterprise}:nope`, '('])(
    'C55 refuses the path %j', (path) => {
      expect(refusal(() => patch([{ op: 'replace', path, value: 'x' }]))).toMatchObject({ status: 400, scimType: 'invalidPath' });
      expect(Reflect.get({}, 'x')).toBeUndefined();
    }); // prettier-ignore

  it.each(['id', 'meta.created', 'meta', 'groups', `${coreUser}:id`, `${enterprise}:manager.displayName`])(
    'C56 refuses to change %s',
    (path) => {
      expect(refusal(() => patch([{ op: 'replace', path, value: 'x' }])).scimType).toBe('mutability');
      expect(refusal(() => patch([{ op: 'remove', path }])).scimType).toBe('mutability');
    },
  );

  it.each([
    ['remove without a path', { op: 'remove' }, 'noTarget'],
    ['replace without a value', { op: 'replace', path: 'title' }, 'invalidValue'],
    ['an operation that is none', { op: 'move', path: 'title', value: 'x' }, 'invalidSyntax'],
    ['no operation', {}, 'invalidSyntax'],
    ['a value that is no object, without a path', { op: 'add', value: 'x' }, 'invalidValue'],
    ['a value of another type', { op: 'add', path: 'title', value: 7 }, 'invalidValue'],
    ['a boolean that is none', { op: 'replace', path: 'active', value: 'maybe' }, 'invalidValue'],
    ['a path that is no text', { op: 'add', path: 7, value: 'x' }, 'invalidPath'],
  ])('C58 refuses %s', (_, operation, scimType) => {
    expect(refusal(() => patch([operation]))).toMatchObject({ status: 400, scimType });
  });

  it.each([[undefined], [{}], [[]], ['x'], [[7]], [Array.from({ length: 1001 }, () => ({ op: 'add', path: 'title', value: 'x' }))]])(
    'C58 refuses Operations that are %#', (Operations) => {
      expect(refusal(() => compilePatch(userType, { schemas, Operations }))).toMatchObject({ scimType: 'invalidSyntax' });
    }); // prettier-ignore

  it('C59 compiles all or nothing, and never touches what it was given', () => {
    const before = structuredClone(ada);
    expect(
      refusal(() =>
        patch([
          { op: 'replace', path: 'title', value: 'x' },
          { op: 'replace', path: 'nope', value: 'x' },
        ]),
      ).status,
    ).toBe(400);
    patch([{ op: 'replace', path: 'name.givenName', value: 'x' }]);
    expect(ada).toEqual(before);
  });

  it('merges into a complex attribute, and clears what is null', () => {
    expect(
      patch([{ op: 'replace', path: 'name', value: { givenName: 'A', familyName: null } }]).resource['name'],
    ).toEqual({ givenName: 'A' });
    expect(patch([{ op: 'add', value: { name: { middleName: 'M' } } }]).resource['name']).toEqual({
      givenName: 'Ada',
      familyName: 'L',
      middleName: 'M',
    });
    expect(patch([{ op: 'replace', path: 'title', value: null }]).resource).not.toHaveProperty('title');
    expect(patch([{ op: 'add', path: 'title', value: null }]).isChanged).toBe(false);
    expect(patch([{ op: 'remove', path: 'name' }]).resource).not.toHaveProperty('name');
  });

  it.each<readonly [string, unknown]>([
    [`${enterprise}:manager`, { displayName: 'Bob' }],
    [`${enterprise}:manager`, [{ displayName: 'Bob', $ref: 'x' }]],
    ['name', { foo: 'x' }],
    ['name', { foo: 'x', bar: null }],
  ])('C50 leaves %s as it is where %j names nothing that can be written', (path, value) => {
    const user = { ...ada, [enterprise]: { manager: { value: 'm1' } } };
    expect(patch([{ op: 'replace', path, value }], { user }).isChanged).toBe(false);
    expect(patch([{ op: 'replace', value: { [path]: value } }], { user }).isChanged).toBe(false);
  });

  it.each<readonly [string, unknown]>([
    [`${enterprise}:manager`, null],
    [`${enterprise}:manager`, {}],
    [`${enterprise}:manager`, [{}]],
    [`${enterprise}:manager`, { value: null, displayName: 'Bob' }],
    [`${enterprise}:manager`, { managerId: '' }],
    ['name', null],
    ['name', {}],
    ['name', { givenName: null, familyName: null, foo: 'x' }],
  ])('C50 C53 clears %s by %j', (path, value) => {
    const manager = { [enterprise]: { manager: { value: 'm1' } } };
    const { resource } = patch([{ op: 'replace', path, value }], { user: { ...ada, ...manager } });
    expect(resource).toEqual(path === 'name' ? { ...ada, ...manager, name: undefined } : ada);
  });

  it('C50 empties no list because of elements that nobody here knows', () => {
    const user = { ...ada, emails: [work] };
    for (const value of [[{ foo: 1 }], { foo: 1 }, [{ value: '' }, { foo: 1 }]]) {
      for (const operation of [{ path: 'emails', value }, { value: { emails: value } }])
        expect(refusal(() => patch([{ op: 'replace', ...operation }], { user })).scimType).toBe('invalidValue');
    }
    for (const value of [[], null, '', {}, [{}], [null], [{ value: null, type: 'work' }]])
      expect(patch([{ op: 'replace', path: 'emails', value }], { user }).resource).toEqual(ada);
    const some = [{ op: 'replace', path: 'emails', value: [{ foo: 1 }, { value: 'z' }] }];
    expect(patch(some, { user }).resource['emails']).toEqual([{ value: 'z' }]);
  });

  it.each(['userName', 'active'])('refuses to leave %s without a value', (path) => {
    expect(refusal(() => patch([{ op: 'remove', path }])).scimType).toBe('mutability');
    expect(refusal(() => patch([{ op: 'replace', path, value: null }])).scimType).toBe('mutability');
    expect(
      patch([
        { op: 'remove', path: 'title' },
        { op: 'add', path: 'title', value: 'x' },
      ]).resource['title'],
    ).toBe('x');
  });

  it('adding what is there changes nothing; a new primary takes the place of the old one', () => {
    const user = { ...ada, emails: [work] };
    expect(
      patch([{ op: 'add', path: 'emails', value: [{ value: 'ADA@example.com', type: 'work' }] }], { user }).resource[
        'emails'
      ],
    ).toHaveLength(1);
    expect(patch([{ op: 'add', path: 'emails', value: { value: 'ada@example.com' } }], { user }).isChanged).toBe(false);
    const home = { value: 'h', type: 'home', primary: true };
    expect(patch([{ op: 'add', path: 'emails', value: [home] }], { user }).resource['emails']).toEqual([
      { ...work, primary: false },
      home,
    ]);
    const both = { ...ada, emails: [work, { ...home, primary: false }] };
    const replace = { op: 'replace', path: 'emails[type eq "home"].primary', value: 'True' };
    expect(patch([replace], { user: both }).resource['emails']).toEqual([{ ...work, primary: false }, home]);
    expect(patch([{ op: 'replace', path: 'emails', value: [{ value: 'z' }] }], { user }).resource['emails']).toEqual([
      { value: 'z' },
    ]);
  });

  it('E3 removes the values that are named from any list', () => {
    const user = { ...ada, emails: [work, { type: 'home', value: 'h' }] };
    const remove = { op: 'Remove', path: 'emails', value: [{ value: 'h' }] };
    expect(patch([remove], { user }).resource['emails']).toEqual([work]);
    expect(patch([remove], { user, ...off('valuesOnRemove') }).resource).not.toHaveProperty('emails');
  });

  it('lets the last of two primary values stay that were added one after the other', () => {
    const add = (value: string) => ({ op: 'add', path: 'emails', value: [{ value, primary: true }] });
    expect(patch([add('a'), add('b')]).resource['emails']).toEqual([
      { value: 'a', primary: false },
      { value: 'b', primary: true },
    ]);
  });

  it('takes the parts of a new element in any order', () => {
    const primary = { op: 'add', path: 'emails[type eq "work"].primary', value: true };
    const value = { op: 'add', path: 'emails[type eq "work"].value', value: 'ada@example.com' };
    expect(patch([primary, value]).resource['emails']).toEqual([work]);
    expect(patch([primary]).isChanged).toBe(false);
  });

  it('finds addresses by all that they are, and values whatever their use when it is not named', () => {
    const address = { type: 'work', locality: 'Turin', country: 'IT' };
    const user = { ...ada, addresses: [address], emails: [work, { ...work, type: 'home', primary: false }] };
    expect(patch([{ op: 'add', path: 'addresses', value: [address] }], { user }).isChanged).toBe(false);
    expect(patch([{ op: 'remove', path: 'addresses', value: [address] }], { user }).resource).not.toHaveProperty(
      'addresses',
    );
    const byValue = { op: 'remove', path: 'emails', value: [{ value: 'ADA@example.com' }] };
    expect(patch([byValue], { user }).resource).not.toHaveProperty('emails');
    const byUse = { op: 'remove', path: 'emails', value: [{ value: 'ada@example.com', type: 'home' }] };
    expect(patch([byUse], { user }).resource['emails']).toEqual([work]);
  });

  it('C17 finds elements without value by all that they are', () => {
    const roles = [
      { display: 'Admin', type: 'x' },
      { display: 'Reader', type: 'x' },
    ];
    const user = { ...ada, roles };
    const writer = { display: 'Writer', type: 'x' };
    const add = { op: 'add', path: 'roles', value: [{ display: 'Admin', type: 'x', primary: true }, writer] };
    const added = [{ display: 'Admin', type: 'x', primary: true }, { display: 'Reader', type: 'x' }, writer];
    expect(patch([add], { user }).resource['roles']).toEqual(added);
    const byDisplay = { op: 'remove', path: 'roles', value: [{ display: 'Admin' }] };
    expect(patch([byDisplay], { user }).resource['roles']).toEqual([{ display: 'Reader', type: 'x' }]);
    const bySelection = { op: 'remove', path: 'roles[display eq "reader" and not (value pr)]' };
    expect(patch([bySelection], { user }).resource['roles']).toEqual([{ display: 'Admin', type: 'x' }]);
    const given = { op: 'replace', path: 'roles[display eq "Admin"].value', value: 'admin' };
    expect(patch([given], { user }).resource['roles']).toContainEqual({ display: 'Admin', type: 'x', value: 'admin' });
    const taken = { op: 'remove', path: 'emails[type eq "work"].value' };
    const labelled = { ...ada, emails: [{ ...work, display: 'at work' }] };
    expect(patch([taken], { user: labelled }).resource['emails']).toEqual([
      { type: 'work', primary: true, display: 'at work' },
    ]);
  });

  it('C24 E7 refuses NUL and half a pair in the JSON of a role', () => {
    for (const bad of ['a\\u0000', '\\ud800']) {
      const role = `{"value":"admin","displayName":"${bad}"}`;
      for (const operation of [
        { op: 'add', path: 'roles', value: [{ value: role }] },
        { op: 'replace', path: 'roles[primary eq "True"].value', value: role },
        { op: 'replace', value: { roles: [role] } },
      ])
        expect(refusal(() => patch([operation])).scimType).toBe('invalidValue');
    }
  });

  it('C13 C56 schemas cannot be removed; they can be named as a POST names them, and nothing changes', () => {
    const schemasOf = (op: string, value?: unknown, dialects = everyDialect) =>
      patch([{ op, path: 'schemas', value }], { dialects });
    const strict = off('looseSchemas').dialects;
    expect(refusal(() => schemasOf('remove')).scimType).toBe('mutability');
    expect(refusal(() => schemasOf('remove', [enterprise])).scimType).toBe('mutability');
    expect(refusal(() => schemasOf('replace', null)).scimType).toBe('mutability');
    for (const value of [['urn:bogus'], [], [enterprise]])
      expect(refusal(() => schemasOf('replace', value)).scimType).toBe('invalidValue');
    expect(refusal(() => schemasOf('replace', [7])).scimType).toBe('invalidSyntax');
    expect(refusal(() => schemasOf('replace', [coreUser, 'urn:bogus'], strict)).scimType).toBe('invalidValue');
    expect(refusal(() => schemasOf('add', ['urn:bogus'], strict)).scimType).toBe('invalidValue');
    expect(schemasOf('replace', [coreUser, 'urn:bogus']).isChanged).toBe(false);
    expect(schemasOf('replace', [enterprise, coreUser], strict).isChanged).toBe(false);
    expect(schemasOf('add', [enterprise], strict).isChanged).toBe(false);
    expect(schemasOf('add', enterprise, strict).isChanged).toBe(false);
  });

  it('C53 takes null for all of an extension, by path and without one', () => {
    const user = { ...ada, [enterprise]: { department: 'R', manager: { value: 'm1' } } };
    expect(patch([{ op: 'replace', path: enterprise, value: null }], { user }).resource).toEqual(ada);
    expect(patch([{ op: 'remove', path: `${enterprise}:` }], { user }).resource).toEqual(ada);
    expect(refusal(() => patch([{ op: 'remove', path: `${enterprise}::` }])).scimType).toBe('invalidPath');
    expect(patch([{ op: 'replace', value: { [enterprise]: null } }], { user }).resource).toEqual(ada);
    expect(refusal(() => patch([{ op: 'replace', path: coreUser, value: null }])).scimType).toBe('mutability');
    expect(refusal(() => patch([{ op: 'add', path: enterprise, value: null }])).scimType).toBe('invalidValue');
  });

  it('takes what is not said to be primary for what is not (RFC 7643 2.4)', () => {
    const [first, second] = [
      { value: 'a', type: 'work', primary: true },
      { value: 'b', type: 'home' },
    ];
    const user = { ...ada, emails: [first, second] };
    const emails = (operation: object) => patch([operation], { user }).resource['emails'];
    expect(emails({ op: 'replace', path: 'emails[primary eq false].value', value: 'c' })).toEqual([
      first,
      { ...second, value: 'c' },
    ]);
    expect(emails({ op: 'remove', path: 'emails[primary ne true]' })).toEqual([first]);
  });

  it('C22 bounds the comparisons of all paths together', () => {
    const emails = Array.from({ length: 200 }, (_, index) => ({ value: `É${index}` }));
    const where = (count: number) => Array.from({ length: count }, (_, n) => `value eq "Ю${n}"`).join(' or ');
    const remove = (count: number) => ({ op: 'remove', path: `emails[${where(count)}]` });
    expect(patch(Array.from({ length: 5 }, () => remove(200)), { user: { ...ada, emails } }).isChanged).toBe(false); // prettier-ignore
    const tooMany = [...Array.from({ length: 5 }, () => remove(200)), remove(1)];
    expect(refusal(() => patch(tooMany))).toMatchObject({ status: 400, scimType: 'invalidPath' });
    const keyed = { op: 'replace', value: { [`emails[${where(200)}].type`]: 'work' } };
    expect(refusal(() => patch(Array.from({ length: 6 }, () => keyed))).scimType).toBe('invalidPath');
  });

  it('C22 bounds what one request can cost', () => {
    const list = Array.from({ length: 200 }, (_, index) => ({ value: `e${index}`, type: 'work' }));
    const operations = Array.from({ length: 1000 }, (_, index) => ({
      op: 'add',
      path: index % 2 ? 'emails' : 'roles',
      value: list.slice(0, 30),
    }));
    const from = process.cpuUsage();
    patch([{ op: 'replace', path: 'emails', value: list }, ...operations.slice(1)]);
    expect(process.cpuUsage(from).user).toBeLessThan(3_000_000);
    expect(refusal(() => patch([{ op: 'add', path: 'emails', value: [...list, { value: 'x' }] }])).scimType).toBe(
      'invalidValue',
    );
  });

  it('C15 takes a password and keeps it nowhere', () => {
    const compiled = compilePatch(userType, {
      schemas,
      Operations: [
        { op: 'replace', path: 'password', value: 'correct horse' },
        { op: 'replace', value: { password: 'correct horse' } },
      ],
    });
    expect(JSON.stringify(compiled)).not.toContain('horse');
    expect(compiled.deltas).toEqual([]);
  });

  it('passes keys over that no schema has, those of prototypes among them, and notes them', () => {
    const value: unknown = JSON.parse(
      '{"__proto__":{"x":1},"constructor.prototype.x":1,"mood":"x","x-y!":1,"name.__proto__":1,"title":"T"}',
    );
    const { deltas, ignored } = compilePatch(userType, { schemas, Operations: [{ op: 'replace', value }] });
    expect(applyDeltas(userType, ada, deltas).resource).toEqual({ ...ada, title: 'T' });
    expect(ignored).toEqual(['__proto__', 'constructor.prototype.x', 'mood', 'x-y!', 'name.__proto__']);
    expect(Reflect.get({}, 'x')).toBeUndefined();
  });
});
