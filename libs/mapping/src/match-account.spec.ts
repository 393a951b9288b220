import { describe, expect, it } from '@jest/globals';
import { Settings } from '@gatehouse/contracts';
import { DesiredAccess } from './desired-access.js';
import { matchAccount, soleUserOf } from './match-account.js';
import type { CreateIntent, JiraUserFacts } from './match-account.js';

const settings = Settings.parse({});
const desired = DesiredAccess.parse({
  username: 'ada',
  email: 'ada@example.com',
  displayName: 'Ada Lovelace',
  groups: { wanted: [], managed: [], reasons: [], holds: [] },
  mayCreate: true,
  authoritative: false,
});
const user: JiraUserFacts = {
  name: 'Ada',
  emailAddress: 'Ada@example.com',
  displayName: 'Ada L.',
  active: true,
  groups: ['jira-software-users'],
};
const intent: CreateIntent = { username: 'ada', email: 'old@example.com', displayName: 'Ada Lovelace' };
const created: JiraUserFacts = { ...user, name: 'ada', emailAddress: 'old@example.com', displayName: 'Ada Lovelace' };

function match(
  found: JiraUserFacts | 'several' | undefined,
  change: Partial<DesiredAccess> = {},
  unansweredIntent?: CreateIntent,
): string {
  const decision = matchAccount({ found, desired: { ...desired, ...change }, unansweredIntent, settings });
  switch (decision.kind) {
    case 'refuse':
      return decision.code;
    case 'adopt':
      return decision.createdByUs ? 'ours' : 'adopt';
    case 'create':
      return 'create';
  }
}

describe('matchAccount', () => {
  it.each<[string, JiraUserFacts | undefined, Partial<DesiredAccess>, string]>([
    ['nobody of the name', undefined, {}, 'create'],
    ['nobody of the name, creation off', undefined, { mayCreate: false }, 'match.creation_off'],
    ['same name and e-mail in another case', user, {}, 'adopt'],
    ['creation off, but the user exists', user, { mayCreate: false }, 'adopt'],
    ['another e-mail', { ...user, emailAddress: 'x@example.com' }, {}, 'match.email_differs'],
    ['no e-mail in Jira', { ...user, emailAddress: '' }, {}, 'match.email_differs'],
    ['another e-mail, authoritative', { ...user, emailAddress: 'x@example.com' }, { authoritative: true }, 'adopt'],
    ['a similar mailbox', { ...user, emailAddress: 'ada@example.com.evil.test' }, {}, 'match.email_differs'],
    ['an inactive user', { ...user, active: false }, {}, 'adopt'],
    ['an answer about another name', { ...user, name: 'adam' }, { authoritative: true }, 'match.name_differs'],
    ['an administrator', { ...user, groups: ['Jira-Administrators'] }, {}, 'match.administrator'],
    [
      'an administrator, authoritative',
      { ...user, groups: ['jira-system-administrators'] },
      { authoritative: true },
      'match.administrator',
    ],
    ['a reserved name', { ...user, name: 'admin' }, { username: 'ADMIN' }, 'match.reserved_name'],
    ['a reserved name nobody has', undefined, { username: 'root', authoritative: true }, 'match.reserved_name'],
  ])('O60 O62 %s', (_, found, change, outcome) => {
    expect(match(found, change)).toBe(outcome);
  });

  it.each<[string, JiraUserFacts | 'several' | undefined, Partial<DesiredAccess>, string]>([
    ['the only user of the address, whatever its name', { ...user, name: 'lovelace' }, {}, 'adopt'],
    ['P05 in another case', { ...user, name: 'lovelace', emailAddress: ' ADA@Example.com' }, {}, 'adopt'],
    ['D5 several users of the address', 'several', {}, 'match.email_ambiguous'],
    ['D5 several, and the provider may name users', 'several', { authoritative: true }, 'match.email_ambiguous'],
    ['nobody of the address', undefined, {}, 'create'],
    ['nobody of the address, creation off', undefined, { mayCreate: false }, 'match.creation_off'],
    ['the name is another person of Jira', { ...user, emailAddress: 'x@example.com' }, {}, 'match.email_differs'],
    ['another name and another address', { ...user, name: 'eve', emailAddress: '' }, {}, 'match.name_differs'],
    ['O62 an administrator', { ...user, groups: ['jira-administrators'] }, {}, 'match.administrator'],
    ['O62 a reserved name in Jira', { ...user, name: 'Admin' }, {}, 'match.reserved_name'],
    ['O62 a reserved name at the provider', user, { username: 'admin' }, 'match.reserved_name'],
  ])('S24 by e-mail: %s', (_, found, change, outcome) => {
    expect(match(found, { matchBy: 'email', ...change })).toBe(outcome);
  });

  it.each<[string, string[], unknown]>([
    ['one', ['ADA@example.com', 'eve@example.com'], { emailAddress: 'ADA@example.com' }],
    ['D5 several, a deactivated one among them', ['ada@example.com', 'Ada@example.com'], 'several'],
    ['none', [], undefined],
  ])('S24 P05 an address leads to %s', (_, addresses, expected) => {
    const shown = addresses.map((emailAddress, at) => ({ ...user, emailAddress, active: at === 0 }));
    const sole = soleUserOf('ada@example.com', shown);
    expect(typeof sole === 'object' ? { emailAddress: sole.emailAddress } : sole).toEqual(expected);
  });

  it('S24 the Kelvin sign is no k, though Jira takes them for one', () => {
    const kim = { ...user, emailAddress: 'kim@example.com' };
    expect(soleUserOf('\u212aim@example.com', [kim])).toBeUndefined();
  });

  it('creates with the username as display name when the provider sent none', () => {
    const decision = matchAccount({
      found: undefined,
      desired: { ...desired, displayName: undefined },
      unansweredIntent: undefined,
      settings,
    });
    expect(decision).toEqual({
      kind: 'create',
      user: { username: 'ada', email: 'ada@example.com', displayName: 'ada' },
    });
  });

  describe('after a create whose answer was lost', () => {
    it('F17 recognises what was created, although the desired e-mail has changed since', () => {
      expect(match(created, {}, intent)).toBe('ours');
    });

    it.each<[string, Partial<JiraUserFacts>]>([
      ['another e-mail', { emailAddress: 'somebody@example.com' }],
      ['another display name', { displayName: 'Somebody' }],
      ['an inactive user', { active: false }],
    ])('decides by the ordinary rules on %s', (_, change) => {
      expect(match({ ...created, ...change }, {}, intent)).toBe('match.email_differs');
    });

    it('never takes an administrator for its own creation', () => {
      expect(match({ ...created, groups: ['jira-administrators'] }, {}, intent)).toBe('match.administrator');
    });

    it('repeats what it intended when Jira shows no such user', () => {
      const decision = matchAccount({ found: undefined, desired, unansweredIntent: intent, settings });
      expect(decision).toEqual({ kind: 'create', user: intent });
    });
  });

  it('does not take a user for its own without an unanswered create', () => {
    expect(match(created)).toBe('match.email_differs');
  });
});
