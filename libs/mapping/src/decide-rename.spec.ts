import { describe, expect, it } from '@jest/globals';
import { Settings } from '@gatehouse/contracts';
import { decideRename, trustedName } from './decide-rename.js';
import type { RenameQuestion } from './decide-rename.js';

const ada = { name: 'ada', emailAddress: 'ada@example.com', displayName: 'Ada', active: true, groups: ['users'] };
const free: RenameQuestion = {
  jiraKey: 'JIRAUSER1',
  user: ada,
  to: 'ada.lovelace',
  holder: undefined,
  inSeveralDirectories: new Set(),
  isClaimed: false,
  signInUnderWay: false,
  settings: Settings.parse({}),
};

function decided(change: Partial<RenameQuestion>): string {
  const decision = decideRename({ ...free, ...change });
  return decision.kind === 'blocked' ? decision.code : decision.kind;
}

describe('decideRename', () => {
  it.each<[string, Partial<RenameQuestion>, string]>([
    ['X35 a free name', {}, 'rename'],
    ['X35 the name that the user has already', { to: 'ada' }, 'not-needed'],
    ['P05 a name in another case', { to: 'ADA' }, 'not-needed'],
    [
      'P05 another Unicode form of the same name',
      { user: { ...ada, name: 'zoe\u0308' }, to: 'zo\u00eb' },
      'not-needed',
    ],
    ['X35 a name that this very user holds', { holder: { key: 'JIRAUSER1', deleted: false } }, 'rename'],
    ['P06 a name that another user has', { holder: { key: 'JIRAUSER2', deleted: false } }, 'jira.username_taken'],
    ['X35 a name that a deleted user had', { holder: { key: 'JIRAUSER2', deleted: true } }, 'rename.deleted_user'],
    [
      'P06 an old name that a lower directory has too',
      { inSeveralDirectories: new Set(['ada']) },
      'rename.several_directories',
    ],
    [
      'P06 a new name that is in several directories',
      { inSeveralDirectories: new Set(['ada.lovelace']) },
      'rename.several_directories',
    ],
    ['P06 directories with others in them', { inSeveralDirectories: new Set(['grace']) }, 'rename'],
    ['P06 directories that Jira says nothing of', { inSeveralDirectories: undefined }, 'rename.directories_unknown'],
    ['X35 a name that another person goes by', { isClaimed: true }, 'rename.name_claimed'],
    ['X35 a reserved name', { to: 'Root' }, 'rename.reserved_name'],
    ['X35 a user of a reserved name', { user: { ...ada, name: 'sysadmin' } }, 'rename.reserved_name'],
    ['X35 an administrator', { user: { ...ada, groups: ['Jira-Administrators'] } }, 'rename.administrator'],
    ['X35 a user who is gone', { user: undefined }, 'jira.account_missing'],
    ['P06 somebody who signs in at this moment', { signInUnderWay: true }, 'wait'],
    [
      'X35 what stands against it, also while somebody signs in',
      { signInUnderWay: true, isClaimed: true },
      'rename.name_claimed',
    ],
  ])('%s', (_, change, outcome) => {
    expect(decided(change)).toBe(outcome);
  });
});

describe('trustedName', () => {
  it.each([
    ['the name of a trusted provider', { username: 'ada', authoritative: true }, 'ada'],
    ['another one than the account goes by', { username: 'ada', authoritative: false, nameToHave: 'al' }, 'al'],
    [
      'nothing of a directory that changes nobody who is there',
      { username: 'ada', authoritative: true, renamesNobody: true as const },
      undefined,
    ],
    ['nothing of a provider that lets people choose', { username: 'ada', authoritative: false }, undefined],
  ])('P06 is %s', (_, desired, name) => {
    expect(trustedName(desired)).toBe(name);
  });
});
