import { describe, expect, it } from '@jest/globals';
import { explainGroups } from './explain-groups.js';
import { ada, configOf } from './mapping.fixture.js';
import type { GroupsInput } from './mapping.fixture.js';

function explained(groups: GroupsInput, claimed: unknown) {
  const { mappings, settings } = configOf({ p: { groups } });
  return explainGroups(ada('p', claimed).claims, mappings['p']!, settings);
}

describe('P14 why a group is given or not', () => {
  it('tells of every claimed group which rules it matched, and of every rule what matched it', () => {
    const rules = [
      { from: 'dev', to: 'jira-developers' },
      { pattern: 'd*', to: 'jira-users' },
      { from: 'ops', to: 'jira-ops' },
    ];
    const { claimed, rules: told } = explained({ rules, names: { path: 'last' } }, ['/org/dev', 'x']);
    expect(claimed).toEqual([
      {
        claimed: '/org/dev',
        name: 'dev',
        outcome: 'mapped',
        gives: [
          { group: 'jira-developers', rule: 0, withheld: false },
          { group: 'jira-users', rule: 1, withheld: false },
        ],
      },
      { claimed: 'x', outcome: 'not-mapped', gives: [] },
    ]);
    expect(told).toEqual([
      { rule: 0, from: 'dev', to: 'jira-developers', claimed: ['/org/dev'], withheld: false },
      { rule: 1, pattern: 'd*', to: 'jira-users', claimed: ['/org/dev'], withheld: false },
      { rule: 2, from: 'ops', to: 'jira-ops', claimed: [], withheld: false },
    ]);
  });

  it('S44 X54 tells which pattern excludes a group, and that an allow-list leaves it out', () => {
    const onTheFly = { exclude: ['a', 'local-*'], only: ['jira-*', 'local-*'] };
    const { claimed, rules } = explained({ mode: 'onTheFly', onTheFly, rules: [{ from: 'x', to: 'y' }] }, [
      'local-x',
      'x',
      'jira-x',
      '\u200b',
    ]);
    expect(claimed).toEqual([
      { claimed: 'local-x', outcome: 'excluded', pattern: 'local-*', gives: [] },
      { claimed: 'x', outcome: 'not-allowed', gives: [] },
      { claimed: 'jira-x', outcome: 'mapped', gives: [{ group: 'jira-x', withheld: false }] },
      { claimed: '\u200b', outcome: 'unusable', gives: [] },
    ]);
    expect(rules).toEqual([]);
  });

  it('O65 tells that a group of administrators is withheld', () => {
    const { claimed, rules } = explained({ rules: [{ pattern: '*', to: 'jira-administrators' }] }, ['x']);
    expect(claimed[0]?.gives).toEqual([{ group: 'jira-administrators', rule: 0, withheld: true }]);
    expect(rules[0]?.withheld).toBe(true);
  });

  it('P13 hints at a rule that nothing matched although something like it is claimed', () => {
    expect(explained({ rules: [{ from: 'Dev', to: 'x' }] }, ['/dev']).hints).toEqual([
      { mapped: 'Dev', claimed: '/dev' },
    ]);
    const names = { path: 'last' as const, ignoreCase: true };
    expect(explained({ rules: [{ from: 'Dev', to: 'x' }], names }, ['/dev']).hints).toEqual([]);
  });

  it('D3 tells whether default groups apply', () => {
    const fallback = { defaultGroups: ['g'], onlyIfNothingMapped: true, rules: [{ from: 'dev', to: 'x' }] };
    expect(explained(fallback, ['dev']).defaults).toEqual({
      groups: ['g'],
      for: 'all',
      fallback: true,
      applies: false,
    });
    expect(explained(fallback, []).defaults.applies).toBe(true);
  });
});
