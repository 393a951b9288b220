import { describe, expect, it } from '@jest/globals';
import { unheededWords } from './decide-deactivation.js';
import { trustedName } from './decide-rename.js';
import { desiredAccess } from './desired-access.js';
import type { DesiredAccess } from './desired-access.js';
import { identityOfDirectoryUser } from './directory-user.js';
import type { DirectoryStanding } from './directory-user.js';
import { ada, configOf } from './mapping.fixture.js';
import type { MappingInput } from './mapping.fixture.js';
import { decideIdentity, decidePlacing } from './provider-of.js';
import type { Identity } from './provider-of.js';

type Options = NonNullable<MappingInput['directory']>;

const groups = { rules: [{ from: 'dev', to: 'jira-developers' }], keepExisting: false };
const configured = (directory: Options, mapping: MappingInput = {}) =>
  configOf({ a: { groups, ...mapping, directory }, b: {} }, { a: { authoritativeForUsernames: true } });

interface Person {
  readonly standing?: DirectoryStanding;
  readonly groups?: readonly string[];
  readonly resource?: Record<string, unknown>;
  readonly userName?: string;
  readonly groupsAreWhole?: boolean;
}

function person(one: Person = {}): Identity {
  const { standing = 'active', userName = 'ada', groupsAreWhole = true } = one;
  return identityOfDirectoryUser({
    ...{ provider: 'a', userName, externalId: null, standing, groupsAreWhole },
    resource: { emails: [{ value: 'ada@example.com' }], displayName: 'Ada of the directory', ...one.resource },
    groups: (one.groups ?? []).map((name) => ({ name, chain: [] })),
  });
}

const decide = (identities: readonly Identity[], config: ReturnType<typeof configured>, last?: DesiredAccess) =>
  desiredAccess({ identities, nameFolded: 'ada', config, last });

describe('X22 importUsers', () => {
  it.each<[string, Options, MappingInput, readonly Identity[], boolean, string | undefined]>([
    ['on: before the first sign-in', {}, {}, [person()], true, undefined],
    ['off: not before the first sign-in', { importUsers: false }, {}, [person()], false, 'match.import_off'],
    ['off: with the first sign-in', { importUsers: false }, {}, [person(), ada('a', [])], true, undefined],
    ['off: with a sign-in of another provider', { importUsers: false }, {}, [ada('b', []), person()], true, undefined],
    [
      'off, where nobody is created at all',
      ...([{ importUsers: false }, { allowUserCreation: false }, [person(), ada('a', [])], false] as const),
      'match.creation_off',
    ],
  ])('%s', (_, options, mapping, identities, mayCreate, refusal) => {
    for (const order of [identities, identities.toReversed()]) {
      const access = decide(order, configured(options, mapping))!;
      expect([access.mayCreate, refusal && access.creationRefusal]).toEqual([mayCreate, refusal]);
    }
  });
});

describe('X22 updateUsers', () => {
  const properties = [{ claim: 'title', key: 'title' }];
  const titled = { resource: { title: 'Countess' } };

  it('on: the directory speaks for its provider', () => {
    const access = decide([ada('a', []), person(titled)], configured({ properties }))!;
    expect(access).toMatchObject({ updatesProfile: true, displayName: 'Ada of the directory', properties: { title: 'Countess' } }); // prettier-ignore
  });

  it('off: it gives a profile to whom it creates, and changes nobody', () => {
    const access = decide([person(titled)], configured({ properties, updateUsers: false }))!;
    expect(access).toMatchObject({ updatesProfile: false, displayName: 'Ada of the directory', mayCreate: true });
    expect([access.properties, access.propertiesKept]).toEqual([{}, ['title']]);
  });

  it('off: what a sign-in of its provider says counts, whichever was linked first', () => {
    const identities = [ada('a', []), person()];
    for (const order of [identities, identities.toReversed()])
      expect(decide(order, configured({ updateUsers: false }))).toMatchObject({ updatesProfile: true, displayName: 'Ada' }); // prettier-ignore
  });

  it.each([
    [true, 'ada.l'],
    [false, undefined],
  ])('%s: a new name at the provider leads to a rename: %s', (updateUsers, name) => {
    expect(decide([person({ userName: 'ada.l' })], configured({ updateUsers }))?.nameToHave).toBe(name);
  });

  it('off: a user who is called otherwise in Jira is found by it and not renamed, unless a sign-in says the name too', () => {
    const nameOf = (updateUsers: boolean, ...signIns: readonly Identity[]) => {
      const access = decide([person(), ...signIns], configured({ updateUsers }))!;
      return [access.authoritative, trustedName(access)];
    };
    expect(nameOf(true)).toEqual([true, 'ada']);
    expect(nameOf(false)).toEqual([true, undefined]);
    expect(nameOf(false, ada('a', []))).toEqual([true, 'ada']);
    expect(nameOf(false, ada('b', []))).toEqual([true, undefined]);
  });

  it('off: groups follow all the same', () => {
    const access = decide([person({ groups: ['dev'] })], configured({ updateUsers: false }))!;
    expect(access.groups).toMatchObject({ wanted: ['jira-developers'], managed: ['jira-developers'] });
  });
});

describe('X22 deactivateUsers', () => {
  const by = { by: 'directory', provider: 'a' };

  it.each<[DirectoryStanding, Options, object | undefined, readonly string[]]>([
    ['inactive', {}, by, []],
    ['removed', {}, by, []],
    ['inactive', { whenRemoved: 'keep' }, by, ['a/removed']],
    ['removed', { whenRemoved: 'keep' }, undefined, ['a/removed']],
    ['inactive', { whenRemoved: 'remove' }, by, []],
    ['removed', { whenRemoved: 'remove' }, { ...by, removesUser: true }, []],
    ['removed', { whenRemoved: 'remove', deactivateUsers: false }, undefined, ['a/inactive', 'a/removed']],
    ['inactive', { deactivateUsers: false }, undefined, ['a/inactive', 'a/removed']],
    ['removed', { deactivateUsers: false }, undefined, ['a/inactive', 'a/removed']],
  ])('whom it says to be %s, with %j', (standing, options, deactivated, unheeded) => {
    const config = configured(options);
    const last = decide([person({ groups: ['dev'] })], config)!;
    expect(decide([ada('a', ['dev']), person({ standing })], config, last)?.deactivated).toEqual(deactivated);
    expect(unheededWords(config)).toEqual(unheeded);
    // Nobody may enter, and nothing is said: the last decision stands.
    const alone = decide([person({ standing })], config, last);
    expect(alone?.deactivated).toEqual(deactivated);
    if (!deactivated) expect(alone).toBeUndefined();
  });
});

describe('X31 onlyUsers', () => {
  const staff: Options = { onlyUsers: { groups: ['staff', 'guests'] } };
  const employees: Options = { onlyUsers: { attributes: { userType: ['Employee', 'Intern'] } } };
  const both: Options = { onlyUsers: { ...staff.onlyUsers, ...employees.onlyUsers } };
  const employee = { resource: { userType: 'Employee' } };
  const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
  const department: Options = { onlyUsers: { attributes: { [`${enterprise}.department`]: ['IT'] } } };
  const codeOf = (decision: ReturnType<typeof decideIdentity>) => (decision.kind === 'enter' ? 'enter' : decision.code);
  const out = 'directory.user_left_out';

  it.each<[string, Options, Person, string, string]>([
    ['nobody is left out without one', {}, {}, 'enter', 'enter'],
    ['in one of the groups', staff, { groups: ['guests'] }, 'enter', 'enter'],
    ['in none of them', staff, { groups: ['dev'] }, out, out],
    ['in no group at all', staff, {}, out, out],
    ['perhaps in one, in a list that is not whole', staff, { groups: ['dev'], groupsAreWhole: false }, out, out],
    ['in one of a list that is not whole', staff, { groups: ['staff'], groupsAreWhole: false }, 'enter', 'enter'],
    ['of one of the types', employees, employee, 'enter', 'enter'],
    ['of another type', employees, { resource: { userType: 'Contractor' } }, out, out],
    ['of no type', employees, {}, out, out],
    ['of a type in another case', employees, { resource: { userType: 'employee' } }, out, out],
    ['of the type, and in no group', both, employee, out, out],
    ['of the type, and in a group', both, { ...employee, groups: ['staff'] }, 'enter', 'enter'],
    ['of the department', department, { resource: { [enterprise]: { department: 'IT' } } }, 'enter', 'enter'],
    ['inactive, and out of all groups by that', staff, { standing: 'inactive' }, out, 'enter'],
    ['removed, and out of all groups by that', staff, { standing: 'removed' }, out, 'enter'],
    ['inactive, and of another type', employees, { standing: 'inactive' }, out, out],
  ])('%s', (_, options, one, entering, placing) => {
    const config = configured(options);
    expect(codeOf(decideIdentity(person(one), config))).toBe(entering);
    expect(codeOf(decidePlacing(person(one), config))).toBe(placing);
  });

  it('is no condition for signing in', () => {
    expect(decideIdentity(ada('a', []), configured(both)).kind).toBe('enter');
  });

  it('who is left out is what a sign-in says, and keeps all where nobody signs in', () => {
    const config = configured(staff);
    const outside = person({ groups: ['dev'] });
    for (const order of [
      [ada('a', []), outside],
      [outside, ada('a', [])],
    ])
      expect(decide(order, config)!.groups).toMatchObject({ wanted: [], managed: ['jira-developers'], holds: [] });
    expect(decide([outside, ada('b', [])], config)!.groups).toMatchObject({ managed: [], holds: expect.arrayContaining([{ provider: 'a', cause: 'not-entitled' }]) }); // prettier-ignore
    expect(decide([outside], config)).toBeUndefined();
  });

  it('who was left out and is deactivated is nobody of whom anything is decided, unless something was', () => {
    const config = configured(employees);
    const gone = person({ standing: 'inactive' });
    expect(decide([gone], config)).toBeUndefined();
    const last = decide([person(employee)], config)!;
    expect(decide([gone], config, last)?.deactivated).toEqual({ by: 'directory', provider: 'a' });
  });
});
