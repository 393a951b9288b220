import { describe, expect, it } from '@jest/globals';
import { Settings } from '@gatehouse/contracts';
import { DesiredAccess } from './desired-access.js';
import { matchAccount } from './match-account.js';
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
  found: JiraUserFacts | undefined,
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
