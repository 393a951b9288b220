import { describe, expect, it } from '@jest/globals';
import { Mapping } from '@gatehouse/contracts';
import type { ClaimSelector, MappingConfig } from '@gatehouse/contracts';
import type { Claims } from './claim.js';
import { isComplete, readGroups, withGroupsElsewhere } from './read-groups.js';

const defaults = Mapping.parse({}).groups;
const read = (claims: Claims, claim: ClaimSelector, change: Partial<MappingConfig['groups']> = {}) =>
  readGroups(claims, { ...defaults, ...change, claim });

const distinguished = 'CN=Jira Devs,OU=Groups,DC=corp,DC=example';
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `g${index}`);
const many = numbered(10_001);

describe('groups of which one place could not be read', () => {
  it.each<{ claim: ClaimSelector; claims: Claims }>([
    { claim: 'groups', claims: { groups: ['dev'] } },
    { claim: 'groups', claims: { groups: [] } },
    { claim: 'https://corp.example/groups', claims: { 'https://corp.example/groups': ['dev'] } },
    { claim: 'realm_access.roles', claims: { realm_access: { roles: ['dev'] } } },
    { claim: ['realm_access', 'roles'], claims: { realm_access: { roles: ['dev'] }, _claim_names: { more: 'src1' } } },
  ])('O52 are never a whole list: $claim', ({ claim, claims }) => {
    expect(isComplete(read(claims, claim))).toBe(true);
    const marked = withGroupsElsewhere(claims, { claim });
    expect(read(marked, claim)).toEqual({ ...read(claims, claim), state: 'truncated' });
    expect(marked).toMatchObject(claims);
  });
});

describe('readGroups', () => {
  it.each([
    ['an array', ['dev', 'ops'], 'list', ['dev', 'ops']],
    ['a group twice', ['dev', 'dev'], 'list', ['dev']],
    ['one bare string', 'dev', 'list', ['dev']],
    ['a decomposed name', ['cafe\u0301'], 'list', ['caf\u00e9']],
    ['a full Keycloak path', ['/parent/child'], 'list', ['/parent/child']],
    ['a distinguished name', [distinguished], 'list', [distinguished]],
    ['a lone distinguished name, as AD FS sends one', distinguished, 'list', [distinguished]],
    [
      'two distinguished names in one string',
      `${distinguished},${distinguished}`,
      'malformed',
      [`${distinguished},${distinguished}`],
    ],
    ["Cognito's group of a federated pool", ['eu-central-1_AbC_Okta'], 'list', ['eu-central-1_AbC_Okta']],
    ['a list in a list', [['dev']], 'malformed', []],
    ['an object in an array', [{ name: 'dev' }], 'malformed', []],
    ['5000 entries', numbered(5_000), 'list', numbered(5_000)],
    ['an empty array', [], 'empty', []],
    ['nothing', undefined, 'absent', []],
    ['null', null, 'malformed', []],
    ['an empty string', '', 'malformed', []],
    ['a number', 7, 'malformed', []],
    ['an object', { dev: true }, 'malformed', []],
    ['numbers in an array', ['dev', 7], 'malformed', []],
    ['an empty entry', ['dev', ''], 'malformed', []],
    ['an entry of 256 characters', ['x'.repeat(256)], 'malformed', []],
    ['CSV in a string', 'dev,ops', 'malformed', ['dev,ops']],
    ['a ;-joined string', 'dev;ops', 'malformed', ['dev;ops']],
    ['JSON in a string', '["dev"]', 'malformed', ['["dev"]']],
    ['10,001 entries', many, 'truncated', many.slice(0, 10_000)],
  ] as const)('O63 has a defined outcome for %s', (_, value, state, groups) => {
    expect(read(value === undefined ? {} : { groups: value }, 'groups')).toEqual({ state, groups });
  });

  it.each([
    ['_claim_names', { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'http://evil.test' } } }],
    ['hasgroups', { hasgroups: true }],
    ['hasgroups as text', { hasgroups: 'true' }],
    ['groups:src1', { 'groups:src1': 'http://evil.test' }],
    ['a list beside the hint', { groups: ['dev'], _claim_names: { groups: 'src1' } }],
  ])('O64 takes an overage announced by %s for incomplete', (_, claims) => {
    const found = read(claims, 'groups');
    expect(found.state).toBe('truncated');
    expect(isComplete(found)).toBe(false);
  });

  it('ignores an overage of another claim', () => {
    expect(read({ roles: ['dev'], _claim_names: { groups: 'src1' } }, 'roles').state).toBe('list');
  });

  it('P11 calls only a received list complete', () => {
    const complete = (value: unknown) => isComplete(read({ groups: value }, 'groups'));
    expect([['dev'], [], undefined, null, 'a,b', { a: 1 }].map(complete)).toEqual([
      true,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('O22 O66 reads own claims by their exact name, never the prototype', () => {
    expect(read({ 'cognito:groups': ['dev'] }, 'cognito:groups').groups).toEqual(['dev']);
    for (const name of ['constructor', '__proto__', 'toString']) expect(read({}, name).state).toBe('absent');
    expect(read(JSON.parse('{"__proto__": {"groups": ["admins"]}}') as Claims, 'groups').state).toBe('absent');
  });

  it('F26 takes 300 groups of 100 characters for what they are', () => {
    const long = numbered(300).map((name) => name.padEnd(100, 'x'));
    expect(read({ groups: long }, 'groups')).toEqual({ state: 'list', groups: long });
  });

  it.each<[string, ClaimSelector, Claims]>([
    ['the top of a path', 'realm_access.roles', { _claim_names: { realm_access: 'src1' } }],
    [
      'the name that a path would have as one claim',
      'realm_access.roles',
      { _claim_names: { 'realm_access.roles': 's' } },
    ],
    ['the first of a list of names', ['realm_access', 'roles'], { _claim_names: { realm_access: 'src1' } }],
    ['a name with a colon', 'cognito:groups', { 'cognito:groups:src1': 'http://evil.test' }],
  ])('O64 knows an overage of %s', (_, claim, claims) => {
    expect(read(claims, claim)).toEqual({ state: 'truncated', groups: [] });
  });

  it('O64 is not told by hasgroups that another claim is elsewhere', () => {
    expect(read({ roles: ['dev'], hasgroups: true }, 'roles').state).toBe('list');
  });

  it.each([
    [99, 'list'],
    [100, 'truncated'],
    [101, 'truncated'],
  ] as const)('O64 of a provider that cuts at 100 takes %d entries for %s', (count, state) => {
    expect(read({ groups: numbered(count) }, 'groups', { cutAt: 100 })).toEqual({ state, groups: numbered(count) });
    expect(
      read({ groups: numbered(count).join(';') }, 'groups', { cutAt: 100, format: 'separated', separator: ';' }).state,
    ).toBe(state);
  });

  it('O63 reads groups at the end of a path, and a list of objects only when each has one', () => {
    const claims = { access: { teams: [{ name: 'dev' }, { name: 'ops' }] } };
    expect(read(claims, 'access.teams.name')).toEqual({ state: 'list', groups: ['dev', 'ops'] });
    expect(read({ access: { teams: [{ name: 'dev' }, {}] } }, 'access.teams.name').state).toBe('malformed');
    expect(read({ access: {} }, 'access.teams.name').state).toBe('absent');
  });

  it.each<[string, unknown, string, string[]]>([
    ['one joined string', 'dev; ops;', 'list', ['dev', 'ops']],
    ['one name', 'dev', 'list', ['dev']],
    ['another separator inside a name', 'R&D, Jira;ops', 'list', ['R&D, Jira', 'ops']],
    ['an array all the same', ['dev', 'ops'], 'list', ['dev', 'ops']],
    ['joined strings in an array', ['dev;ops', 'x'], 'list', ['dev', 'ops', 'x']],
    ['an empty string', '', 'empty', []],
    ['nothing but separators', ' ; ', 'empty', []],
    ['a number', 7, 'malformed', []],
    ['null', null, 'malformed', []],
    ['an object', {}, 'malformed', []],
    ['a number in an array', ['dev', 7], 'malformed', []],
    ['a name of 256 characters', `dev;${'x'.repeat(256)}`, 'malformed', []],
  ])('O63 S32 splits where the format is separated: %s', (_, value, state, groups) => {
    expect(read({ groups: value }, 'groups', { format: 'separated', separator: ';' })).toEqual({ state, groups });
  });

  it.each<[string, unknown, string, string[]]>([
    ['an array as text', '["dev","ops"]', 'list', ['dev', 'ops']],
    ['an array all the same', ['dev'], 'list', ['dev']],
    ['an empty array as text', '[]', 'empty', []],
    ['no JSON', '["dev"', 'malformed', []],
    ['an empty string', '', 'malformed', []],
    ['an object as text', '{"dev":true}', 'malformed', []],
    ['a string as text', '"dev"', 'malformed', []],
    ['numbers as text', '[1,2]', 'malformed', []],
    ['null as text', 'null', 'malformed', []],
    ['brackets without an end', '['.repeat(100_000), 'malformed', []],
  ])('O63 S32 reads JSON in a string where the format is json: %s', (_, value, state, groups) => {
    expect(read({ groups: value }, 'groups', { format: 'json' })).toEqual({ state, groups });
  });
});
