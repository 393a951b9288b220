import { describe, expect, it } from '@jest/globals';
import { listedPerson } from './listed-person.js';

const sub = '11111111-2222-4333-8444-555555555555';

function person(attributes: Record<string, string>, more: object = {}, trustUnverifiedEmail = false) {
  const Attributes = Object.entries({ sub, ...attributes }).map(([Name, Value]) => ({ Name, Value }));
  return listedPerson(
    { Username: 'ada', Enabled: true, UserStatus: 'CONFIRMED', Attributes, ...more },
    trustUnverifiedEmail,
  );
}

describe('a person of a user pool', () => {
  it('S67 is told in the shape of SCIM, and the rest under the names of the ID token', () => {
    const all = {
      ...{ email: 'ada@example.com', email_verified: 'true', name: 'Ada L.', given_name: 'Ada', family_name: 'L.' },
      ...{ preferred_username: 'al', 'custom:team': 'core', 'dev:custom:x': '1', locale: 'en-GB', identities: '[{}]' },
    };
    expect(person(all)).toEqual({
      externalId: sub,
      standing: 'known',
      content: {
        userName: 'ada',
        externalId: sub,
        active: true,
        resource: {
          ...{ sub, email_verified: 'true', given_name: 'Ada', family_name: 'L.', preferred_username: 'al' },
          ...{ 'custom:team': 'core', 'dev:custom:x': '1', locale: 'en-GB' },
          ...{ 'cognito:username': 'ada', 'cognito:user_status': 'CONFIRMED' },
          name: { formatted: 'Ada L.', givenName: 'Ada', familyName: 'L.' },
          displayName: 'Ada L.',
          emails: [{ value: 'ada@example.com', primary: true }],
        },
      },
    });
  });

  it.each([
    ['CONFIRMED', true, 'known', true],
    ['EXTERNAL_PROVIDER', true, 'known', true],
    ['FORCE_CHANGE_PASSWORD', true, 'known', true],
    ['RESET_REQUIRED', true, 'known', true],
    ['CONFIRMED', false, 'known', false],
    ['EXTERNAL_PROVIDER', false, 'known', false],
    ['ARCHIVED', true, 'known', false],
    ['COMPROMISED', true, 'known', false],
    ['UNCONFIRMED', true, 'not-yet', false],
    ['UNCONFIRMED', false, 'not-yet', false],
    ['UNKNOWN', true, 'not-yet', false],
    ['SOMETHING_NEW', true, 'not-yet', false],
    [undefined, true, 'not-yet', false],
  ])('P31 with the status %s and Enabled %s is %s, active %s', (UserStatus, Enabled, standing, active) => {
    expect(person({}, { UserStatus, Enabled })).toMatchObject({ standing, content: { active } });
  });

  it.each([
    ['true', false, true],
    ['false', false, false],
    ['TRUE', false, false],
    ['', false, false],
    ['false', true, true],
  ])('S24 with email_verified "%s", trusted %s, has an address: %s', (verified, trusted, has) => {
    const { content } = person({ email: 'ada@example.com', email_verified: verified }, {}, trusted);
    expect('emails' in content.resource).toBe(has);
  });

  it('S67 no attribute of a crafted name or with what PostgreSQL cannot keep goes anywhere', () => {
    const crafted = { ['__proto__x']: '1', constructor: '1', _claim_names: '1', groups: 'dev', active: 'true' };
    const { content } = person({ ...crafted, 'custom:nul': 'a\0b', 'custom:half': '\ud800', 'custom:a\nb': '1' });
    expect(Object.keys(content.resource).toSorted()).toEqual(['cognito:user_status', 'cognito:username', 'sub']);
  });

  it('P31 without a sub is no person, and no listing', () => {
    expect(() => person({ sub: '' })).toThrow('without a sub');
    expect(() => person({}, { Username: 'a\0b' })).toThrow('without a sub');
  });
});
