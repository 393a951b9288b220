import { describe, expect, it } from '@jest/globals';
import { Settings } from '@gatehouse/contracts';
import { DesiredAccess } from './desired-access.js';
import type { LedgerEntry } from './ledger.js';
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

const entry = (group: string, change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  group,
  provider: 'p',
  reason: 'rule dev',
  how: 'added',
  ...change,
});

function plan(
  groups: Partial<DesiredAccess['groups']>,
  profile: Partial<DesiredAccess> = {},
  user = actual,
  ledger: LedgerEntry[] = [],
  isNewcomer = false,
) {
  const desired = DesiredAccess.parse({
    username: 'ada',
    email: 'ada@example.com',
    mayCreate: true,
    authoritative: false,
    groups: { wanted: [], managed: [], reasons: [], holds: [], ...groups },
    ...profile,
  });
  return planAccount({ desired, actual: user, settings, ledger, providers: ['p', 'q'], isNewcomer });
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

  it('P03 O65 takes an administrator group away only when a rule manages it and we gave it', () => {
    const admin = { ...actual, groups: ['jira-administrators'] };
    expect(plan({}, {}, admin).remove).toEqual([]);
    const managed = { managed: ['jira-administrators'] };
    expect(plan(managed, {}, admin)).toMatchObject({
      remove: [],
      kept: [{ group: 'jira-administrators', because: 'administrators' }],
    });
    expect(plan(managed, {}, admin, [entry('jira-administrators')]).remove).toEqual(['jira-administrators']);
    expect(plan(managed, {}, admin, [{ ...entry('jira-administrators'), how: 'found' }]).remove).toEqual([]);
  });

  it('S20 X14 leaves the profile alone when it is not to be updated', () => {
    expect(plan({}, { displayName: 'Ada Lovelace', updatesProfile: false })).toMatchObject({
      profile: {},
      isEmpty: true,
    });
  });

  it('S30 S33 gives newcomers what only they get, and nobody else', () => {
    const reason = { group: 'welcome', source: 'default' as const, provider: 'p' };
    const groups = { wanted: ['jira-support'], ifNew: { wanted: ['welcome', 'JIRA-support'], reasons: [reason] } };
    expect(plan(groups, {}, actual, [], true).add).toEqual(['jira-support', 'welcome']);
    expect(plan(groups).add).toEqual(['jira-support']);
  });

  it('O65 a group of administrators is given to newcomers by an explicit rule only', () => {
    const reason = { group: 'jira-administrators', source: 'default' as const, provider: 'p' };
    const ifNew = { wanted: ['jira-administrators'], reasons: [reason] };
    expect(plan({ ifNew }, {}, actual, [], true)).toMatchObject({ add: [], withheld: ['jira-administrators'] });
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
