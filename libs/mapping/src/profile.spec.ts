import { describe, expect, it } from '@jest/globals';
import { desiredAccess } from './desired-access.js';
import { ada, configOf } from './mapping.fixture.js';
import type { MappingInput } from './mapping.fixture.js';
import { profileOf, trustedEmail } from './profile.js';

const claims = { upn: 'ada@example.com', given_name: 'Ada', family_name: 'Lovelace', id: 7, email: 'ada@example.com' };

function profile(input: NonNullable<MappingInput['profile']>, more: Record<string, unknown> = {}) {
  return profileOf({ ...claims, ...more }, configOf({ p: { profile: input } }).mappings['p']!);
}

describe('S21 the profile', () => {
  it.each<[string, NonNullable<MappingInput['profile']>['username'], string | undefined]>([
    ['a claim', { claim: 'upn' }, 'ada@example.com'],
    ['X15 a claim, transformed', { claim: 'upn', transforms: [{ match: '@.*', replace: '' }] }, 'ada'],
    ['a template', { template: '{given_name}.{family_name}' }, 'Ada.Lovelace'],
    ['a number in a template', { template: 'u{id}' }, 'u7'],
    ['half of a template', { template: '{given_name}.{middle_name}' }, undefined],
    ['an object in a template', { template: '{given_name}{address}' }, undefined],
    ['a transform that leaves nothing', { claim: 'upn', transforms: [{ match: '.*', replace: '' }] }, undefined],
    [
      'a transform that makes what Jira refuses',
      { claim: 'upn', transforms: [{ match: '@', replace: '/' }] },
      undefined,
    ],
  ])('takes the username from %s', (_, username, expected) => {
    expect(profile({ username }, { address: { a: 1 } }).username).toBe(expected);
  });

  it.each<[string, Record<string, unknown>, string | undefined]>([
    ['both', {}, 'Lovelace, Ada'],
    ['one', { family_name: '' }, ', Ada'],
    ['none', { family_name: undefined, given_name: null }, undefined],
  ])('fills a template of the display name with what is there: %s', (_, more, expected) => {
    expect(profile({ displayName: { template: '{family_name}, {given_name}' } }, more).displayName).toBe(expected);
  });

  it('an empty claim never blanks a value', () => {
    const desired = desiredAccess({
      identities: [ada('p', [], { given_name: '' })],
      nameFolded: 'ada',
      config: configOf({ p: {} }),
    });
    expect(desired).not.toHaveProperty('displayName');
  });

  it('O55 an address that was made is verified only where it is the very one that was', () => {
    const address = { email: { template: '{given_name}@example.com' } };
    const config = configOf({ p: { profile: address } });
    const ask = (given_name: string) =>
      trustedEmail(
        { email: 'ada@example.com', email_verified: true, given_name },
        config.providers['p']!,
        config.mappings['p']!,
      );
    expect(ask('ada')).toBe('ada@example.com');
    expect(ask('grace')).toBeUndefined();
  });
});

describe('what signing in writes', () => {
  it.each<[string, MappingInput['profile'], boolean]>([
    ['S20 profile mapping off', { enabled: false }, false],
    ['X14 existing users left alone', { updateExisting: false }, false],
    ['neither', {}, true],
  ])('%s: updates the profile: %s', (_, input, updatesProfile) => {
    const config = configOf({ p: { profile: input } });
    const desired = desiredAccess({ identities: [ada('p', [])], nameFolded: 'ada', config });
    expect(desired).toMatchObject({ updatesProfile, email: 'ada@example.com', displayName: 'Ada' });
  });

  it('S60 says whether a deactivated user may be activated, off by default and by an identity that may enter only', () => {
    const config = configOf({ p: {}, q: { autoActivate: true } });
    const ask = (...identities: Parameters<typeof desiredAccess>[0]['identities']) =>
      desiredAccess({ identities, nameFolded: 'ada', config })?.mayActivate;
    expect(ask(ada('p'))).toBe(false);
    expect(ask(ada('p'), ada('q'))).toBe(true);
    expect(ask(ada('p'), ada('q', [], { email_verified: false }))).toBe(false);
  });

  it('S24 says by what an existing user is found', () => {
    const access = (mapping: MappingInput) =>
      desiredAccess({ identities: [ada('p', [])], nameFolded: 'ada', config: configOf({ p: mapping }) });
    expect(access({})?.matchBy).toBe('username');
    expect(access({ match: 'email' })?.matchBy).toBe('email');
  });
});
