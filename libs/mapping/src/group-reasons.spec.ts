import { describe, expect, it } from '@jest/globals';
import { desiredAccess } from './desired-access.js';
import { groupReasons } from './group-reasons.js';
import { ada, configOf } from './mapping.fixture.js';
import type { GroupsInput } from './mapping.fixture.js';

function reasons(p: GroupsInput, claimed: unknown) {
  const config = configOf({ p: { groups: p } });
  const identities = [ada('p', claimed)];
  const desired = desiredAccess({ identities, nameFolded: 'ada', config })!;
  return groupReasons({ desired, identities, provider: 'p', config });
}

describe('promise 9: a group is given, taken or kept for a reason that people can read', () => {
  it.each<[string, GroupsInput, unknown, string, string]>([
    ['a rule', { rules: [{ from: 'dev', to: 'x' }] }, ['dev'], 'x', 'the rule for "dev"'],
    [
      'a rule for a changed name',
      { rules: [{ from: 'dev', to: 'x' }], names: { path: 'last' } },
      ['/a/dev'],
      'x',
      'the rule for "dev", claimed as "/a/dev"',
    ],
    ['a pattern', { rules: [{ pattern: 'd*', to: 'x' }] }, ['dev'], 'x', 'the rule for names like "d*", by "dev"'],
    ['on the fly', { mode: 'onTheFly' }, ['Dev'], 'dev', 'the group of the same name, claimed as "Dev"'],
    ['a default', { defaultGroups: ['x'] }, [], 'x', 'a default group, for everybody'],
    [
      'a default of newcomers',
      { defaultGroups: ['x'], defaultGroupsFor: 'new' },
      [],
      'x',
      'a default group, for newcomers',
    ],
    [
      'a fallback',
      { defaultGroups: ['x'], onlyIfNothingMapped: true },
      [],
      'x',
      'a default group, as nothing is mapped',
    ],
  ])('given by %s', (_, groups, claimed, group, text) => expect(reasons(groups, claimed).given(group)).toBe(text));

  it('taken by a rule, and by a sweep', () => {
    const rules = [{ pattern: 'd*', to: 'x' }];
    expect(reasons({ rules, keepExisting: false }, []).taken('x')).toBe(
      'managed by the rule for names like "d*", and not earned',
    );
    const sweeping = reasons({ mode: 'onTheFly', onTheFly: { keepExisting: false, exclude: ['local'] } }, []);
    expect(sweeping.taken('x')).toContain('onTheFly.keepExisting is off');
    expect(sweeping.kept('local')).toContain('excluded');
  });
});
