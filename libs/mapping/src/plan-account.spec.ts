import { describe, expect, it } from '@jest/globals';
import { Settings } from '@gatehouse/contracts';
import { DesiredAccess } from './desired-access.js';
import type { JiraUserFacts } from './match-account.js';
import { planAccount } from './plan-account.js';

const settings = Settings.parse({});
const actual: JiraUserFacts = {
  name: 'ada',
  emailAddress: 'ada@example.com',
  displayName: 'Ada',
  active: true,
  groups: ['jira-software-users', 'Jira-Developers', 'by-hand'],
};

function plan(groups: Partial<DesiredAccess['groups']>, profile: Partial<DesiredAccess> = {}, user = actual) {
  const desired = DesiredAccess.parse({
    username: 'ada',
    email: 'ada@example.com',
    mayCreate: true,
    authoritative: false,
    groups: { wanted: [], managed: [], reasons: [], holds: [], ...groups },
    ...profile,
  });
  return planAccount({ desired, actual: user, settings });
}

describe('planAccount', () => {
  it('adds what is missing and compares groups as Jira does', () => {
    const result = plan({ wanted: ['JIRA-DEVELOPERS', 'jira-support'] });
    expect(result).toMatchObject({ add: ['jira-support'], remove: [] });
  });

  it('S38 takes away what the mapping manages, in the spelling of Jira', () => {
    expect(plan({ managed: ['jira-developers', 'not-there'] })).toMatchObject({ add: [], remove: ['Jira-Developers'] });
  });

  it('P11 keeps groups an administrator added by hand', () => {
    const { remove } = plan({ wanted: [], managed: ['jira-developers', 'jira-software-users'] });
    expect(remove).not.toContain('by-hand');
  });

  it('keeps a managed group that is still wanted', () => {
    expect(plan({ wanted: ['jira-developers'], managed: ['jira-developers'] }).isEmpty).toBe(true);
  });

  it.each<[string, Partial<DesiredAccess>, object]>([
    ['nothing new', { displayName: 'Ada' }, {}],
    ['no display name sent', { displayName: undefined }, {}],
    ['an empty display name', { displayName: '' }, {}],
    ['an empty e-mail', { email: '' }, {}],
    ['an e-mail in another case', { email: 'ADA@example.com' }, {}],
    ['another e-mail', { email: 'ada@new.example' }, { email: 'ada@new.example' }],
    ['another display name', { displayName: 'Ada Lovelace' }, { displayName: 'Ada Lovelace' }],
  ])('P30 S21 changes only what differs and blanks nothing: %s', (_, profile, change) => {
    expect(plan({}, profile).profile).toEqual(change);
  });

  it('O65 makes administrators only by an explicit rule', () => {
    const reason = { group: 'jira-administrators', provider: 'p' };
    const byDefault = plan({ wanted: ['jira-administrators'], reasons: [{ ...reason, source: 'default' }] });
    expect(byDefault).toMatchObject({ add: [], withheld: ['jira-administrators'], isEmpty: true });
    const byRule = plan({ wanted: ['jira-administrators'], reasons: [{ ...reason, source: 'rule', claimed: 'x' }] });
    expect(byRule).toMatchObject({ add: ['jira-administrators'], withheld: [] });
  });

  it('O65 takes an administrator group away only when a rule manages it', () => {
    const admin = { ...actual, groups: ['jira-administrators'] };
    expect(plan({}, {}, admin).remove).toEqual([]);
    expect(plan({ managed: ['jira-administrators'] }, {}, admin).remove).toEqual(['jira-administrators']);
  });

  it('promise 3: a plan that was applied leaves nothing to do', () => {
    for (let mask = 0; mask < 64; mask += 1) {
      const pick = (shift: number) => ['a', 'b', 'c'].filter((_, index) => mask & (1 << (index + shift)));
      const groups = { wanted: pick(0), managed: pick(3) };
      const { add, remove, profile } = plan(groups, { displayName: 'New' });
      const after = {
        ...actual,
        ...profile,
        groups: [...actual.groups, ...add].filter((group) => !remove.includes(group)),
      };
      expect(plan(groups, { displayName: 'New' }, after).isEmpty).toBe(true);
    }
  });
});
