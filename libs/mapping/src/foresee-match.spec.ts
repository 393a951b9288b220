import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import { foreseeAccount, foreseeHolder } from './foresee-match.js';
import type { AccountOnRecord, Foreseen, MatchRecord } from './foresee-match.js';

const config = ConfigDocument.parse({
  version: 1,
  providers: {
    a: { name: 'A', issuer: 'https://a.example', clientId: 'c' },
    b: { name: 'B', issuer: 'https://b.example', clientId: 'c' },
  },
});

const person = (provider: string, email: string, username = 'grace') => ({
  provider,
  claims: { preferred_username: username, email, email_verified: true },
});
const nothing: MatchRecord = { identityId: undefined, own: undefined, named: undefined };
const account = (email: string, more: Partial<AccountOnRecord> = {}): AccountOnRecord => ({
  accountId: 'account',
  nameFolded: 'grace',
  standing: 'established',
  identities: [{ ...person('a', email), identityId: '1' }],
  jiraKey: 'KEY',
  unansweredIntent: undefined,
  refused: undefined,
  ...more,
});
const named = (email: string): MatchRecord => ({ ...nothing, named: account(email) });

function shortOf(foreseen: Foreseen) {
  if (foreseen.kind === 'refuse') return foreseen.code;
  return { account: foreseen.account?.nameFolded ?? null, of: foreseen.identities.map(({ provider }) => provider) };
}

describe('U06 where an identity would be put', () => {
  it.each<[string, ReturnType<typeof person>, MatchRecord, unknown]>([
    ['nobody of this name', person('b', 'grace@example.com'), nothing, { account: null, of: ['b'] }],
    ['O62 a reserved name', person('b', 'x@example.com', 'Admin'), nothing, 'match.reserved_name'],
    [
      'O60 the same verified address joins',
      person('b', 'grace@example.com'),
      named('grace@example.com'),
      { account: 'grace', of: ['a', 'b'] },
    ],
    ['O60 another address', person('b', 'other@example.com'), named('grace@example.com'), 'match.identity_not_linked'],
    [
      'linked already, and what is said now counts in its place',
      person('a', 'new@example.com'),
      { identityId: '1', own: account('grace@example.com'), named: undefined },
      { account: 'grace', of: ['a'] },
    ],
    [
      'P05 linked already, under a name that is new',
      person('a', 'grace@example.com', 'hopper'),
      { identityId: '1', own: account('grace@example.com'), named: undefined },
      { account: 'grace', of: ['a'] },
    ],
    [
      'P05 refused under its old name, and free to take another',
      person('a', 'grace@example.com', 'hopper'),
      { ...nothing, identityId: '1', own: account('grace@example.com', { standing: 'refused', jiraKey: undefined }) },
      { account: null, of: ['a'] },
    ],
    [
      'S60 deactivated under its old name, and not free of that by another',
      person('a', 'grace@example.com', 'hopper'),
      {
        ...nothing,
        identityId: '1',
        own: account('grace@example.com', {
          ...{ standing: 'refused', jiraKey: undefined, refused: 'account.deactivated' },
        }),
      },
      { account: 'grace', of: ['a'] },
    ],
    [
      'a name that became reserved after its user was linked',
      person('a', 'grace@example.com', 'admin'),
      { identityId: '1', own: account('grace@example.com'), named: undefined },
      { account: 'grace', of: ['a'] },
    ],
    [
      'one without proof gives way while nothing is decided',
      person('b', 'grace@example.com'),
      {
        ...nothing,
        named: account('grace@example.com', {
          standing: 'undecided',
          jiraKey: undefined,
          identities: [
            { ...person('a', 'grace@example.com'), identityId: '1' },
            { ...person('a', 'mallory@example.com'), identityId: '2' },
          ],
        }),
      },
      { account: 'grace', of: ['a', 'b'] },
    ],
  ])('%s', (_, candidate, record, expected) => {
    expect(shortOf(foreseeAccount(candidate, record, config))).toEqual(expected);
  });

  it('counts what is said now, not what was said the last time', () => {
    const record = { identityId: '1', own: account('grace@example.com'), named: undefined };
    const now = person('a', 'new@example.com');
    expect(foreseeAccount(now, record, config)).toMatchObject({ identities: [now] });
  });

  it.each([
    [
      'joins the account that holds the user, on the same address',
      'grace@example.com',
      { account: 'grace', of: ['a', 'b'] },
    ],
    ['is refused on another', 'other@example.com', 'match.key_taken'],
  ])('and once Jira shows the user of another account: %s', (_, email, expected) => {
    const candidate = person('b', email, 'g.hopper');
    expect(shortOf(foreseeHolder(candidate, undefined, account('grace@example.com'), config))).toEqual(expected);
  });
});
