import { describe, expect, it } from '@jest/globals';
import { decideAccount, decideUse } from './decide-account.js';
import { DesiredAccess } from './desired-access.js';
import type { JiraUserFacts } from './match-account.js';

const desired = DesiredAccess.parse({
  username: 'ada',
  email: 'ada@example.com',
  groups: { wanted: [], managed: [], reasons: [], holds: [] },
  mayCreate: true,
  authoritative: false,
});
const settings = { reservedUsernames: ['admin'], administratorGroups: ['jira-administrators'] };
const ada: JiraUserFacts = {
  name: 'ada',
  emailAddress: 'ada@example.com',
  displayName: 'Ada',
  active: true,
  groups: [],
};

function decide(isPinned: boolean, found: JiraUserFacts | undefined, change: Partial<typeof desired> = {}) {
  const decision = decideAccount({
    isPinned,
    found,
    desired: { ...desired, ...change },
    unansweredIntent: undefined,
    settings,
  });
  return decision.kind === 'refuse' ? decision.code : decision.kind;
}

describe('what an account is to Jira', () => {
  it.each([
    ['a pinned user that was renamed since', true, { ...ada, name: 'ada.lovelace' }, {}, 'pinned'],
    ['a pinned user that became an administrator', true, { ...ada, groups: ['jira-administrators'] }, {}, 'pinned'],
    ['a pinned user that is gone, which is never made again', true, undefined, {}, 'jira.account_missing'],
    ['nobody of this name', false, undefined, {}, 'create'],
    ['nobody of this name, and creation is off', false, undefined, { mayCreate: false }, 'match.creation_off'],
    ['a user of the same address', false, ada, {}, 'adopt'],
    ['a user of another address', false, { ...ada, emailAddress: 'b@example.com' }, {}, 'match.email_differs'],
  ])('%s', (_, isPinned, found, change, expected) => {
    expect(decide(isPinned, found, change)).toBe(expected);
  });

  it.each([
    ['active', ada, {}, undefined, 'use'],
    ['inactive', { ...ada, active: false }, {}, undefined, 'refuse'],
    ['inactive, and may be revived', { ...ada, active: false }, { mayActivate: true }, undefined, 'activate'],
    ['taken away by the directory', { ...ada, active: false }, { mayActivate: true }, 'directory', 'refuse'],
    ['taken away by an administrator', { ...ada, active: false }, { mayActivate: true }, 'administrator', 'refuse'],
    [
      'taken away by the directory, which lifts it',
      { ...ada, active: false },
      { lifted: 'directory' },
      'directory',
      'activate',
    ],
    ['inactive before us, and lifted', { ...ada, active: false }, { lifted: 'administrator' }, undefined, 'refuse'],
  ] as const)('S60 D10 the right user is %s', (_, user, change, deactivatedBy, expected) => {
    expect(decideUse({ user, desired: { ...desired, ...change }, deactivatedBy }).kind).toBe(expected);
  });
});
