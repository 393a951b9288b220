import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import { linkIdentity, mayMove } from './link-identity.js';
import type { LinkedIdentity, Standing } from './link-identity.js';

const provider = (change: object = {}) => ({ name: 'P', issuer: 'https://idp.example', clientId: 'c', ...change });
const config = ConfigDocument.parse({
  version: 1,
  providers: { a: provider(), b: provider(), trusted: provider({ authoritativeForUsernames: true }) },
});

function identity(identityId: string, name: string, email: string, verified: unknown = true): LinkedIdentity {
  return { identityId, provider: name, claims: { preferred_username: 'bob', email, email_verified: verified } };
}

const bob = identity('bob', 'a', 'bob@example.com');
const mallory = identity('mallory', 'b', 'mallory@evil.test');
const official = identity('official', 'trusted', 'bob@work.example');

function link(
  candidate: LinkedIdentity,
  linked: LinkedIdentity[],
  standing: Standing,
  sharing: 'name' | 'key' = 'name',
) {
  const decision = linkIdentity({ candidate, linked, standing, sharing, config });
  return decision.kind === 'join' ? decision.displaced : decision.code;
}

describe('linkIdentity', () => {
  it.each<[string, LinkedIdentity, LinkedIdentity[], Standing, unknown]>([
    ['the first of its name', bob, [], 'undecided', []],
    ['an equal verified e-mail in another case', identity('2', 'b', 'BOB@example.com'), [bob], 'established', []],
    ['another e-mail', mallory, [bob], 'established', 'match.identity_not_linked'],
    ['another e-mail, not asked at Jira yet', mallory, [bob], 'undecided', 'match.identity_not_linked'],
    [
      'an equal e-mail that is not verified',
      identity('2', 'b', 'bob@example.com', 'true'),
      [bob],
      'established',
      'match.identity_not_linked',
    ],
    [
      'an equal e-mail that the linked one has not verified',
      bob,
      [identity('2', 'b', 'bob@example.com', false)],
      'established',
      'match.identity_not_linked',
    ],
    ['another e-mail of a trusted provider', official, [bob], 'established', []],
    ['an account with a Jira user and nobody linked', bob, [], 'established', 'match.identity_not_linked'],
    ['an account that was refused, nobody linked', bob, [], 'refused', []],
  ])('O60 decides on %s', (_, candidate, linked, standing, outcome) => {
    expect(link(candidate, linked, standing)).toEqual(outcome);
  });

  it('O60 does not let whoever claimed a name first lock its owner out', () => {
    expect(link(bob, [mallory], 'refused')).toEqual(['mallory']);
  });

  it('O60 does not let an unproven identity in on the proof of another', () => {
    expect(link(official, [mallory], 'undecided')).toEqual(['mallory']);
    expect(link(official, [mallory], 'refused')).toEqual(['mallory']);
  });

  it('does not displace what a trusted provider named', () => {
    expect(link(mallory, [official], 'refused')).toBe('match.identity_not_linked');
    expect(link(official, [identity('2', 'trusted', 'bob@third.example')], 'undecided')).toEqual([]);
  });

  it('P06 gives nobody the account of whoever had the name before at the same provider', () => {
    const moved = { ...official, claims: { ...official.claims, preferred_username: 'bob.senior' } };
    const next = identity('next', 'trusted', 'bob.junior@work.example');
    expect(link(next, [moved], 'established')).toBe('match.identity_not_linked');
    expect(link(next, [{ ...moved, provider: 'a' }], 'established')).toEqual([]);
    expect(link(identity('same', 'trusted', 'bob@work.example'), [moved], 'established')).toEqual([]);
  });

  it('counts nothing but the e-mail when two names lead to one Jira key', () => {
    expect(link(official, [bob], 'established', 'key')).toBe('match.key_taken');
    expect(link(identity('2', 'b', 'bob@example.com'), [bob], 'established', 'key')).toEqual([]);
  });

  it('knows no e-mail of a provider that was removed', () => {
    expect(link(bob, [identity('2', 'gone', 'bob@example.com')], 'established')).toBe('match.identity_not_linked');
  });
});

describe('S60 P05 mayMove', () => {
  const through = new Map<string, string>();
  const account = (standing: Standing) => ({ standing, nameFolded: 'jdoe', isDeactivated: false });

  it.each<[string, Standing, string, { directory?: NonNullable<LinkedIdentity['directory']> }, boolean]>([
    ['a refused account binds nobody', 'refused', 'john', {}, true],
    ['the same name stays', 'refused', 'jdoe', {}, false],
    ['an account with a Jira user keeps everybody', 'established', 'john', {}, false],
    ['somebody a directory has', 'refused', 'john', { directory: { standing: 'active', through } }, true],
    [
      'somebody deactivated and renamed at once',
      'refused',
      'zz_jdoe',
      { directory: { standing: 'inactive', through } },
      false,
    ],
    ['somebody removed', 'refused', 'zz_jdoe', { directory: { standing: 'removed', through } }, false],
  ])('%s', (_, standing, name, candidate, expected) => {
    expect(mayMove(account(standing), name, candidate)).toBe(expected);
    expect(mayMove({ ...account(standing), isDeactivated: true }, name, candidate)).toBe(false);
  });
});
