import { describe, expect, it } from '@jest/globals';
import { isComplete, readGroups } from './read-groups.js';

const many = Array.from({ length: 10_001 }, (_, index) => `g${index}`);

describe('readGroups', () => {
  it.each([
    ['an array', ['dev', 'ops'], 'list', ['dev', 'ops']],
    ['a group twice', ['dev', 'dev'], 'list', ['dev']],
    ['one bare string', 'dev', 'list', ['dev']],
    ['a decomposed name', ['cafe\u0301'], 'list', ['caf\u00e9']],
    ['a full Keycloak path', ['/parent/child'], 'list', ['/parent/child']],
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
    expect(readGroups(value === undefined ? {} : { groups: value }, 'groups')).toEqual({ state, groups });
  });

  it.each([
    ['_claim_names', { _claim_names: { groups: 'src1' }, _claim_sources: { src1: { endpoint: 'http://evil.test' } } }],
    ['hasgroups', { hasgroups: true }],
    ['hasgroups as text', { hasgroups: 'true' }],
    ['groups:src1', { 'groups:src1': 'http://evil.test' }],
    ['a list beside the hint', { groups: ['dev'], _claim_names: { groups: 'src1' } }],
  ])('O64 takes an overage announced by %s for incomplete', (_, claims) => {
    const read = readGroups(claims, 'groups');
    expect(read.state).toBe('truncated');
    expect(isComplete(read)).toBe(false);
  });

  it('ignores an overage of another claim', () => {
    expect(readGroups({ roles: ['dev'], _claim_names: { groups: 'src1' } }, 'roles').state).toBe('list');
  });

  it('P11 calls only a received list complete', () => {
    const complete = (value: unknown) => isComplete(readGroups({ groups: value }, 'groups'));
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
    expect(readGroups({ 'cognito:groups': ['dev'] }, 'cognito:groups').groups).toEqual(['dev']);
    for (const name of ['constructor', '__proto__', 'toString']) expect(readGroups({}, name).state).toBe('absent');
    expect(
      readGroups(JSON.parse('{"__proto__": {"groups": ["admins"]}}') as Record<string, unknown>, 'groups').state,
    ).toBe('absent');
  });
});
