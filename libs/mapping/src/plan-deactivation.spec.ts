import { describe, expect, it } from '@jest/globals';
import { noGroups } from './deactivation.js';
import { planDeactivation, removalsOnDeactivation } from './plan-deactivation.js';

const now = new Date('2026-06-01T00:00:00Z');
const user = { name: 'ada', emailAddress: 'ada@example.com', displayName: 'Ada', active: true, groups: ['users'] };
const settings = {
  reservedUsernames: ['admin'],
  administratorGroups: ['jira-administrators'],
  inactivity: { days: 90, exceptGroups: ['Service-Accounts'], perRunMax: 200 },
};
const administrator = { ...user, groups: ['users', 'Jira-Administrators'] };
const excepted = { ...user, groups: ['service-accounts'] };
const daysAgo = (days: number) => new Date(now.getTime() - days * 86_400_000);

function plan(by: 'directory' | 'administrator' | 'inactivity', change: object = {}, more: object = {}) {
  const question = { user: { ...user, ...change }, deactivated: { by }, settings: { ...settings, ...more }, now };
  return planDeactivation(question);
}

describe('what a deactivation does to the Jira user', () => {
  it.each([
    ['an active user is deactivated', plan('directory'), { kind: 'deactivate', administrates: [] }],
    ['an inactive one stays as it is', plan('directory', { active: false }), { kind: 'done' }],
    [
      'P03 of an administrator the groups are looked at',
      plan('administrator', administrator),
      { kind: 'deactivate', administrates: ['Jira-Administrators'] },
    ],
    [
      'a reserved name is never deactivated',
      plan('administrator', { name: 'Admin' }),
      { kind: 'refuse', code: 'account.reserved' },
    ],
    [
      'a group that is excepted from cleaning up does not protect from a directory',
      plan('directory', excepted),
      { kind: 'deactivate', administrates: [] },
    ],
    ['X25 an unused one is deactivated', plan('inactivity'), { kind: 'deactivate', administrates: [] }],
    [
      'X25 an unused administrator is spared',
      plan('inactivity', administrator),
      { kind: 'spare', because: 'administrator' },
    ],
    [
      'X25 an unused reserved name is spared',
      plan('inactivity', { name: 'admin' }),
      { kind: 'spare', because: 'reserved' },
    ],
    ['X25 an excepted group is spared', plan('inactivity', excepted), { kind: 'spare', because: 'excepted-group' }],
    [
      'X25 somebody who uses Jira otherwise is spared',
      plan('inactivity', { lastLoginAt: daysAgo(89) }),
      { kind: 'spare', because: 'used-in-jira' },
    ],
    [
      'X25 who used Jira long ago is not',
      plan('inactivity', { lastLoginAt: daysAgo(91) }),
      { kind: 'deactivate', administrates: [] },
    ],
    [
      'X25 nobody, once it is switched off',
      plan('inactivity', {}, { inactivity: undefined }),
      { kind: 'spare', because: 'switched-off' },
    ],
  ])('%s', (_, planned, expected) => {
    expect(planned).toEqual(expected);
  });
});

describe('S60 what somebody leaves who is deactivated', () => {
  const settings = { administratorGroups: ['jira-administrators'] };
  const actual = { groups: ['dev', 'kept', 'jira-administrators'] };
  const sweep = (provider: string) => ({ provider, exclude: ['kept', 'jira-administrators'], only: [] });
  const leaves = (groups: Partial<typeof noGroups>, provider = 'p') =>
    removalsOnDeactivation(
      { deactivated: { by: 'directory', provider }, groups: { ...noGroups, ...groups } },
      actual,
      settings,
    );

  it('is every group but those that are excepted, where that is all that is desired', () => {
    expect(leaves({ sweeps: [sweep('p')] })).toEqual([{ group: 'dev', because: 'swept' }]);
  });

  it.each<[string, Partial<typeof noGroups>]>([
    ['no sweep', {}],
    ['the sweep of another provider', { sweeps: [sweep('q')] }],
    ['sweeps of mappings', { sweeps: [sweep('p'), sweep('q')] }],
    ['a list that is not known whole', { sweeps: [sweep('p')], holds: [{ provider: 'q', cause: 'absent' }] }],
    ['what newcomers get', { sweeps: [sweep('p')], ifNew: { wanted: ['dev'], reasons: [] } }],
  ])('is nothing with %s', (_, groups) => {
    expect(leaves(groups)).toEqual([]);
  });
});
