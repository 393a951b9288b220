import { describe, expect, it } from '@jest/globals';
import { ada, configOf } from './mapping.fixture.js';
import { previewRows } from './preview-rows.js';
import { simulateSignIn } from './simulate-sign-in.js';

const profile = {
  username: {
    claim: 'mail',
    transforms: [
      { match: '@.*$', replace: '' },
      { match: '\\.', replace: '-' },
    ],
  },
  displayName: { givenNameClaim: 'given', familyNameClaim: 'family' },
};
const properties = [
  { key: 'department', claim: 'department' },
  { key: 'site', template: '{city}/{floor}', transforms: [{ match: '/', replace: ' ' }] },
  { key: 'nothing', claim: 'nothing' },
];
const names = { path: 'last' as const, transforms: [{ match: '^team-', replace: '' }] };
const config = configOf({ p: { groups: { rules: [{ from: 'a', to: 'jira-a' }], names }, profile, properties } });
const claims = {
  ...ada('p', ['/x/team-a', 'team-', 'b']).claims,
  ...{
    mail: 'ada.l@example.com',
    given: 'Ada',
    family: 'Lovelace',
    department: ['R&D', 'Ops'],
    city: 'Turin',
    floor: 3,
  },
};

describe('U10 each row of a mapping on the claims of one person', () => {
  const rows = previewRows(claims, config.mappings['p']!);
  const of = (row: string, key?: string) => rows.filter((one) => one.row === row && one.key === key);

  it('shows value in, each change and value out', () => {
    expect(of('username')).toEqual([
      { row: 'username', from: 'claim mail', value: 'ada.l@example.com', steps: ['ada.l', 'ada-l'], result: 'ada-l' },
    ]);
    expect(of('displayName')).toEqual([
      {
        ...{ row: 'displayName', from: 'claim given, claim family', value: ['Ada', 'Lovelace'] },
        ...{ steps: [], result: 'Ada Lovelace' },
      },
    ]);
    expect(of('property', 'department')[0]).toMatchObject({ value: ['R&D', 'Ops'], result: 'R&D, Ops' });
    expect(of('property', 'site')[0]).toMatchObject({ value: 'Turin/3', steps: ['Turin 3'], result: 'Turin 3' });
    expect(of('property', 'nothing')[0]).toMatchObject({ value: null, steps: [], result: null });
    expect(of('group').map(({ value, steps, result }) => [value, steps, result])).toEqual([
      ['/x/team-a', ['team-a', 'a'], 'a'],
      ['team-', [''], null],
      ['b', ['b'], 'b'],
    ]);
  });

  it('ends with what a sign-in would use', () => {
    const person = { candidate: { provider: 'p', claims }, identities: [], nameFolded: undefined };
    const { mapping } = simulateSignIn(person, config);
    expect(mapping!.rows).toEqual(rows);
    expect(of('username')[0]!.result).toBe(mapping!.username);
    expect(mapping!.groups.explained!.claimed.map(({ claimed, name }) => name ?? claimed)).toEqual(
      expect.arrayContaining(['a', 'b']),
    );
  });

  it('is bounded: long texts, large values and many groups', () => {
    const many = Array.from({ length: 300 }, (_, index) => `g${index}`);
    const large = previewRows({ ...claims, groups: many, department: 'x'.repeat(5_000) }, config.mappings['p']!);
    expect(large.filter(({ row }) => row === 'group')).toHaveLength(100);
    expect(JSON.stringify(large.find(({ key }) => key === 'department')!.value).length).toBeLessThan(2_100);
  });
});
