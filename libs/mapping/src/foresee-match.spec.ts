import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import { foreseeMatch } from './foresee-match.js';
import type { MatchRecord } from './foresee-match.js';

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
const nothing: MatchRecord = { isLinked: false, refused: undefined, named: undefined };
const known = (email: string): MatchRecord => ({
  ...nothing,
  named: { identities: [{ ...person('a', email), identityId: '1' }], standing: 'established' },
});

describe('what is known before somebody signs in', () => {
  it.each([
    ['nobody of this name', person('b', 'grace@example.com'), nothing, undefined],
    ['a reserved name', person('b', 'x@example.com', 'Admin'), nothing, 'match.reserved_name'],
    [
      'refused the last time',
      person('b', 'x@example.com'),
      { ...nothing, refused: 'match.email_differs' as const },
      'match.email_differs',
    ],
    ['the same verified address', person('b', 'grace@example.com'), known('grace@example.com'), undefined],
    ['another address', person('b', 'other@example.com'), known('grace@example.com'), 'match.identity_not_linked'],
    ['linked already', person('b', 'other@example.com'), { ...known('grace@example.com'), isLinked: true }, undefined],
  ])('U06 O60 O62 %s', (_, candidate, record, code) => {
    expect(foreseeMatch(candidate, record, config)).toBe(code);
  });
});
