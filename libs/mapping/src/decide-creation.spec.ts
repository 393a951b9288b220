import { describe, expect, it } from '@jest/globals';
import { Settings } from '@gatehouse/contracts';
import { desiredAccess } from './desired-access.js';
import { ada, configOf } from './mapping.fixture.js';
import type { GroupsInput, MappingInput } from './mapping.fixture.js';
import { matchAccount } from './match-account.js';

const rules = [{ from: 'dev', to: 'jira-developers' }];

function access(mapping: MappingInput, claimed: unknown) {
  return desiredAccess({ identities: [ada('p', claimed)], nameFolded: 'ada', config: configOf({ p: mapping }) })!;
}

/** What group-sync makes of it. */
function outcomes(mapping: MappingInput, claimed: unknown) {
  const desired = access(mapping, claimed);
  const question = { desired, unansweredIntent: undefined, settings: Settings.parse({}) };
  const ada = { name: 'ada', emailAddress: 'ada@example.com', displayName: 'Ada', active: true, groups: [] };
  return {
    unknown: matchAccount({ ...question, found: undefined }).kind,
    existing: matchAccount({ ...question, found: ada }).kind,
  };
}

describe('user creation (table 1.1)', () => {
  it.each<[string, boolean, boolean, unknown, 'create' | 'refuse']>([
    ['S23 off, any, any', false, true, ['dev'], 'refuse'],
    ['S23 off, any, any', false, false, ['dev'], 'refuse'],
    ['S02 on, off, any', true, false, ['x'], 'create'],
    ['S39 on, on, yes', true, true, ['dev'], 'create'],
    ['S39 on, on, no', true, true, ['x'], 'refuse'],
  ])('%s', (_, allowUserCreation, creationNeedsMappedGroup, claimed, expected) => {
    const mapping = { allowUserCreation, creationNeedsMappedGroup, groups: { rules } };
    expect(outcomes(mapping, claimed)).toEqual({ unknown: expected, existing: 'adopt' });
  });

  it.each<[string, GroupsInput, unknown, string | undefined]>([
    ['S28 default groups do not count', { rules, defaultGroups: ['x'] }, ['x'], 'match.group_needed'],
    ['a list that is not whole counts for what it says', { rules, cutAt: 1 }, ['dev'], undefined],
    ['P11 a list that is not whole proves nothing', { rules, cutAt: 1 }, ['x'], 'match.groups_incomplete'],
    ['P11 neither does one that is missing', { rules }, undefined, 'match.groups_incomplete'],
    ['a pattern counts', { rules: [{ pattern: 'd*', to: 'g' }] }, ['dev'], undefined],
    [
      'O65 what is withheld does not',
      { rules: [{ pattern: '*', to: 'jira-administrators' }] },
      ['x'],
      'match.group_needed',
    ],
    ['on the fly counts', { mode: 'onTheFly' }, ['x'], undefined],
    ['S44 what is excluded does not', { mode: 'onTheFly', onTheFly: { exclude: ['x'] } }, ['x'], 'match.group_needed'],
    ['S33 newcomers are the ones who are mapped', { rules, update: 'newUsersOnly' }, ['dev'], undefined],
  ])('S39 %s', (_, groups, claimed, refusal) => {
    const { mayCreate, creationRefusal } = access({ creationNeedsMappedGroup: true, groups }, claimed);
    expect({ mayCreate, creationRefusal }).toEqual({
      mayCreate: refusal === undefined,
      creationRefusal: refusal ?? 'match.creation_off',
    });
  });

  it('S23 one of several identities is enough, and the refusal names what could be put right', () => {
    const needs = { creationNeedsMappedGroup: true, groups: { rules } };
    const of = (p: unknown, q: MappingInput) =>
      desiredAccess({
        identities: [ada('q', []), ada('p', p)],
        nameFolded: 'ada',
        config: configOf({ p: needs, q }),
      });
    expect(of(['dev'], { allowUserCreation: false })).toMatchObject({ mayCreate: true });
    expect(of([], {})).toMatchObject({ mayCreate: true });
    expect(of([], { allowUserCreation: false })).toMatchObject({
      mayCreate: false,
      creationRefusal: 'match.group_needed',
    });
  });
});
