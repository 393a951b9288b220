import { describe, expect, it } from '@jest/globals';
import { decideEntry } from './decide-entry.js';
import { ada, configOf } from './mapping.fixture.js';
import type { GroupsInput } from './mapping.fixture.js';

function enter(claims: unknown, groups: GroupsInput = {}, more: Record<string, unknown> = {}) {
  const { providers, mappings } = configOf({ p: { requiredGroups: ['jira', 'staff'], groups } });
  const identity = ada('p', claims, more);
  const decision = decideEntry({ claims: identity.claims, provider: providers['p']!, mapping: mappings['p']! });
  return decision.kind === 'enter' ? 'enter' : decision.code;
}

describe('X55 X31 groups that signing in needs', () => {
  it.each<[string, unknown, string]>([
    ['one of them', ['x', 'staff'], 'enter'],
    ['a lone name', 'jira', 'enter'],
    ['others only', ['x'], 'entry.group_required'],
    ['none', [], 'entry.group_required'],
    ['a name that only looks like it', ['JIRA', '/jira'], 'entry.group_required'],
    ['no claim', undefined, 'entry.groups_absent'],
    ['a list in disguise', 'jira,staff', 'entry.groups_malformed'],
    ['a list with something else in it', ['jira', 7], 'entry.groups_malformed'],
    ['null', null, 'entry.groups_malformed'],
  ])('%s', (_, claimed, expected) => expect(enter(claimed)).toBe(expected));

  it('a list that is not whole proves membership by what it says, and never by what it leaves out', () => {
    const elsewhere = { _claim_names: { groups: 'src1' } };
    expect(enter(['jira'], {}, elsewhere)).toBe('enter');
    expect(enter(['x'], {}, elsewhere)).toBe('entry.groups_truncated');
    expect(enter(undefined, {}, elsewhere)).toBe('entry.groups_truncated');
    expect(enter(['x', 'y'], { cutAt: 2 })).toBe('entry.groups_truncated');
  });

  it('P13 reads names as rules do', () => {
    expect(enter(['/org/Jira'], { names: { path: 'last', ignoreCase: true } })).toBe('enter');
  });

  it('does not depend on whether groups are mapped', () => {
    expect(enter(['x'], { update: 'off' })).toBe('entry.group_required');
    expect(enter(['jira'], { update: 'off' })).toBe('enter');
  });

  it('asks nobody where no group is required', () => {
    const { providers, mappings } = configOf({ p: {} });
    const entry = { claims: ada('p').claims, provider: providers['p']!, mapping: mappings['p']! };
    expect(decideEntry(entry)).toEqual({ kind: 'enter' });
  });
});
