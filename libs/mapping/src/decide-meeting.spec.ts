import { describe, expect, it } from '@jest/globals';
import { decideMeeting } from './decide-meeting.js';
import type { LinkVerdict, Meeting } from './decide-meeting.js';
import { identityOfDirectoryUser } from './directory-user.js';
import type { DirectoryStanding } from './directory-user.js';
import type { LinkedIdentity } from './link-identity.js';
import { ada, configOf } from './mapping.fixture.js';

const trusted = { authoritativeForUsernames: true, allowedEmailDomains: ['example.com'] };
const configBy = (onMatch: 'automatic' | 'ask' | 'refuse') =>
  configOf({ company: { directory: { linking: { onMatch } } }, login: {} }, { company: trusted });

function person(
  identityId: string,
  email = 'ada@example.com',
  standing: DirectoryStanding = 'active',
  externalId: string | null = null,
) {
  const resource = { emails: [{ value: email }] };
  const facts = { provider: 'company', userName: 'ada', externalId, groups: [], groupsAreWhole: true };
  return { identityId, ...identityOfDirectoryUser({ ...facts, resource, standing }) };
}
const signedIn = (email = 'ada@example.com', verified = true): LinkedIdentity => ({
  identityId: 'login',
  ...ada('login', undefined, { email, email_verified: verified }),
});
const meeting = (
  change: Partial<Omit<Meeting, 'account'>> & { account?: Partial<Meeting['account']> } = {},
): Meeting => ({
  ...{ candidate: person('new'), by: 'userName', verdict: undefined, config: configBy('automatic') },
  ...change,
  account: { standing: 'established', isProtected: false, linked: [signedIn()], ...change.account },
});

describe('P17 X29 somebody in a directory meets an account that was made at a sign-in', () => {
  it.each([
    ['automatic', { kind: 'join', displaced: [] }],
    ['ask', { kind: 'ask', caution: undefined }],
    ['refuse', { kind: 'refuse', code: 'match.link_refused' }],
  ] as const)('by the policy %s', (policy, decision) => {
    const config = configBy(policy);
    for (const by of ['externalId', 'userName', 'email', 'jiraUser'] as const)
      expect(decideMeeting(meeting({ by, config }))).toEqual(decision);
  });

  it.each(['automatic', 'ask', 'refuse'] as const)('X29 nobody is met in a place that is free, by %s', (policy) => {
    const account = { standing: 'undecided', linked: [] } as const;
    expect(decideMeeting(meeting({ config: configBy(policy), account }))).toEqual({ kind: 'join', displaced: [] });
  });

  it.each([
    ['link', { kind: 'join', displaced: [] }],
    ['separate', { kind: 'pass' }],
    ['refuse', { kind: 'refuse', code: 'match.link_refused' }],
  ] as const)('an administrator says %s, whatever the policy is', (verdict, decision) => {
    for (const policy of ['automatic', 'ask', 'refuse'] as const)
      expect(decideMeeting(meeting({ verdict, config: configBy(policy) }))).toEqual(decision);
  });

  it('of an administrator or a reserved name is never linked automatically', () => {
    const account = { isProtected: true };
    for (const by of ['externalId', 'userName', 'email'] as const)
      expect(decideMeeting(meeting({ by, account }))).toEqual({ kind: 'ask', caution: 'match.administrator' });
    expect(decideMeeting(meeting({ account, verdict: 'link' }))).toMatchObject({ kind: 'join' });
  });

  it('of another address is asked about with a caution, and refused where nobody is asked', () => {
    const config = configOf({ company: { directory: { linking: { onMatch: 'ask' } } }, login: {} });
    const automatic = configOf({ company: {}, login: {} });
    const account = { linked: [signedIn('eve@example.com')] };
    const refused = { kind: 'refuse', code: 'match.identity_not_linked' };
    expect(decideMeeting(meeting({ account, config: automatic }))).toEqual(refused);
    expect(decideMeeting(meeting({ account, config }))).toEqual({ kind: 'ask', caution: refused.code });
  });

  it('S24 an address that the other side has not verified links nobody', () => {
    const account = { linked: [signedIn('ada@example.com', false)] };
    for (const standing of ['undecided', 'refused', 'established'] as const)
      expect(decideMeeting(meeting({ by: 'email', account: { ...account, standing } }))).toEqual({ kind: 'pass' });
  });

  it('P18 whoever is removed and made anew comes back without a question; two who are there stay two', () => {
    const config = configBy('ask');
    const [gone, there] = [person('old', undefined, 'removed'), person('old')];
    expect(decideMeeting(meeting({ config, account: { linked: [gone] } }))).toEqual({ kind: 'join', displaced: [] });
    expect(decideMeeting(meeting({ config, by: 'email', account: { linked: [there] } }))).toEqual({ kind: 'pass' });
    expect(decideMeeting(meeting({ config, by: 'email', account: { linked: [gone] } }))).toMatchObject({
      kind: 'join',
    });
  });

  it.each(['externalId', 'jiraUser'] as const)(
    'P17 two who are in one directory are two, whatever %s both have and whoever is inactive, until a verdict joins them',
    (by) => {
      const met = (candidate: LinkedIdentity, one: LinkedIdentity, verdict?: LinkVerdict) =>
        decideMeeting(meeting({ by, candidate, account: { linked: [one] }, verdict })).kind;
      const of = (id: string, standing: DirectoryStanding) => person(id, undefined, standing, 'x');
      const [active, inactive, gone] = [of('one', 'active'), of('one', 'inactive'), of('one', 'removed')];
      const [next, left] = [of('two', 'active'), of('two', 'inactive')];
      // prettier-ignore
      const apart = [[next, active], [next, inactive], [left, active]] as const;
      for (const [candidate, one] of apart) {
        expect(met(candidate, one)).toBe('pass');
        expect(met(candidate, one, 'link')).toBe('join');
        expect(met(candidate, one, 'refuse')).toBe('refuse');
      }
      const atCompany = { ...signedIn(), provider: 'company' };
      // prettier-ignore
      const oneOf = [[next, gone], [next, signedIn()], [next, atCompany], [atCompany, active], [atCompany, inactive]] as const;
      for (const [candidate, one] of oneOf) expect(met(candidate, one)).toBe('join');
      expect(met(gone, active)).toBe(by === 'externalId' ? 'join' : 'pass');
      if (by === 'externalId') expect(met(next, { ...active, provider: 'partner' })).toBe('join');
    },
  );

  it('P18 a name that was given again under another id of the provider is a stranger’s until somebody says otherwise', () => {
    const gone = person('old', undefined, 'removed', 'x-1');
    const account = { linked: [gone] };
    const [same, other] = ['x-1', 'x-2'].map((id) => person('new', undefined, 'active', id));
    for (const policy of ['automatic', 'ask', 'refuse'] as const)
      expect(decideMeeting(meeting({ candidate: same!, config: configBy(policy), account }))).toMatchObject({
        kind: 'join',
      });
    const met = (change: Partial<Meeting> & { isProtected?: boolean }) =>
      decideMeeting(
        meeting({ ...change, candidate: other!, account: { ...account, isProtected: change.isProtected ?? false } }),
      );
    expect(met({ config: configBy('automatic') })).toEqual({ kind: 'join', displaced: [] });
    expect(met({ config: configBy('ask') })).toEqual({ kind: 'ask', caution: undefined });
    expect(met({ config: configBy('refuse') })).toEqual({ kind: 'refuse', code: 'match.link_refused' });
    expect(met({ isProtected: true })).toEqual({ kind: 'ask', caution: 'match.administrator' });
    expect(met({ verdict: 'refuse' })).toEqual({ kind: 'refuse', code: 'match.link_refused' });
    // Who has been given the account since is there, whoever comes back.
    const successor = person('next', undefined, 'active', 'x-2');
    const both = { linked: [gone, successor], isProtected: true };
    expect(decideMeeting(meeting({ candidate: same!, account: both }))).toMatchObject({ kind: 'ask' });
  });

  it('what an administrator has said of two who are both in the directory holds', () => {
    const account = { linked: [person('old')] };
    expect(decideMeeting(meeting({ verdict: 'separate', account }))).toEqual({ kind: 'pass' });
    expect(decideMeeting(meeting({ account: { ...account, isProtected: true } }))).toMatchObject({ kind: 'ask' });
  });
});
