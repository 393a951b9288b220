import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from './config-document.js';
import { Mapping } from './mapping.js';

type MappingInput = Parameters<typeof Mapping.parse>[0];

function faultsOf(mapping: unknown): string[] {
  const result = Mapping.safeParse(mapping);
  return result.success ? [] : result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
}

function pathsOf(mapping: unknown): string[] {
  return faultsOf(mapping).map((fault) => fault.slice(0, fault.indexOf(': ')));
}

const username = (transform: { match: string; replace: string }) => ({
  profile: { username: { claim: 'email', transforms: [transform] } },
});

describe('the mapping of a provider', () => {
  it('is what it was where nothing is written', () => {
    expect(Mapping.parse({})).toMatchObject({
      profile: { enabled: true, updateExisting: true, username: { claim: 'preferred_username' } },
      match: 'username',
      properties: [],
      allowUserCreation: true,
      creationNeedsMappedGroup: false,
      requiredGroups: [],
      groups: { update: 'everyLogin', mode: 'manual', keepExisting: true, defaultGroupsFor: 'all' },
    });
  });

  it('S37 leaves rows out that nobody filled in, and tells mistakes by the number that their author sees', () => {
    const full = { from: 'dev', to: 'jira-developers' };
    const blank = [{ from: '', to: '' }, { from: ' ', pattern: '', to: '  ' }, { pattern: '' }];
    expect(Mapping.parse({ groups: { rules: [...blank, full, ...blank] } }).groups.rules).toEqual([full]);
    expect(pathsOf({ groups: { rules: [...blank, full, { from: 'ops', to: '' }] } })).toEqual(['groups.rules.4.to']);
    expect(pathsOf({ groups: { rules: [{ from: '', to: '', form: '' }] } })).not.toEqual([]);
    expect(pathsOf({ groups: { rules: ['', null] } })).toEqual(['groups.rules.0', 'groups.rules.1']);
  });

  it('D9 reads the claims of OpenID Connect where nothing is written', () => {
    expect(Mapping.parse({})).toMatchObject({
      profile: {
        username: { claim: 'preferred_username' },
        email: { claim: 'email' },
        displayName: { givenNameClaim: 'given_name', familyNameClaim: 'family_name' },
      },
      groups: { claim: 'groups' },
    });
  });

  it.each<[string, MappingInput]>([
    ['S21 a template', { profile: { displayName: { template: '{given_name} {family_name}' } } }],
    ['X15 a regular expression', username({ match: '^(.*)@.*$', replace: '$1' })],
    ['X15 groups that are merged', username({ match: '(.*)@(.*)', replace: '$1$2 $$' })],
    [
      'S26 any number of properties',
      {
        properties: [
          { key: 'a.b_c-1', claim: 'x' },
          { key: 'd', template: '{y}' },
        ],
      },
    ],
    ['S34 on the fly', { groups: { mode: 'onTheFly', onTheFly: { exclude: ['a (b)*', 'regex:^x$'] } } }],
    ['S35 a pattern', { groups: { rules: [{ pattern: 'a*', to: 'x' }] } }],
  ])('accepts %s', (_, mapping) => expect(faultsOf(mapping)).toEqual([]));

  it.each<[string, unknown, string]>([
    ['S22 no claim for the username', { profile: { username: { claim: '' } } }, 'profile.username.claim'],
    ['S22 no claim for the e-mail address', { profile: { email: {} } }, 'profile.email'],
    ['a brace that is left over', { profile: { username: { template: '{a' } } }, 'profile.username.template'],
    ['a template without a claim', { profile: { username: { template: 'jira' } } }, 'profile.username.template'],
    ['a property of Jira itself', { properties: [{ key: 'jira.meta.x', claim: 'x' }] }, 'properties.0.key'],
    ['a key that no address can have', { properties: [{ key: 'a/b', claim: 'x' }] }, 'properties.0.key'],
    ['a key of the language', { properties: [{ key: '__proto__', claim: 'x' }] }, 'properties.0.key'],
    [
      'two properties of one key',
      {
        properties: [
          { key: 'a', claim: 'x' },
          { key: 'a', claim: 'y' },
        ],
      },
      'properties.1.key',
    ],
    ['S34 a third mode', { groups: { mode: 'both' } }, 'groups.mode'],
    ['D1 a name that the guide uses', { groups: { update: 'disabled' } }, 'groups.update'],
    [
      'a rule of a name and a pattern',
      { groups: { rules: [{ from: 'a', pattern: 'b', to: 'x' }] } },
      'groups.rules.0.from',
    ],
    [
      'a pattern that is no expression',
      { groups: { onTheFly: { exclude: ['regex:('] } } },
      'groups.onTheFly.exclude.0',
    ],
    [
      'S39 creation that nobody could pass',
      { creationNeedsMappedGroup: true, groups: { update: 'off' } },
      'creationNeedsMappedGroup',
    ],
  ])('refuses %s', (_, mapping, path) => expect(pathsOf(mapping)).toEqual([path]));

  it.each([
    ['a parenthesis', { match: '(a', replace: '' }, 'match', 'missing closing )'],
    ['a lookahead', { match: '(?=a)', replace: '' }, 'match', 'no lookaround'],
    ['a back-reference', { match: '(a)\\1', replace: '' }, 'match', 'no back-references'],
    [
      'a group that is not there',
      { match: '(a)', replace: '$2' },
      'replace',
      'there is no group $2: the expression has 1',
    ],
    ['a lone dollar sign', { match: 'a', replace: 'x$' }, 'replace', 'after a dollar sign'],
    ['the whole match', { match: 'a', replace: '$&' }, 'replace', 'after a dollar sign'],
    [
      'an expression that is large',
      { match: '([a-z]{900}|[0-9]{900}|x{900})', replace: '' },
      'match',
      'must be a smaller regular expression',
    ],
    ['an expression that is long', { match: 'a'.repeat(201), replace: '' }, 'match', '200'],
  ])('X15 refuses %s in our own words', (_, transform, member, text) => {
    const [fault, ...others] = faultsOf(username(transform));
    expect(others).toEqual([]);
    expect(fault).toMatch(new RegExp(`^profile\\.username\\.transforms\\.0\\.${member}: `));
    expect(fault).toContain(text);
  });

  it('X61 bounds patterns together, however small each one is', () => {
    const large = Array.from({ length: 30 }, (_, index) => `regex:x{900}${index}`);
    expect(pathsOf({ groups: { onTheFly: { exclude: large } } })).toEqual(['groups.onTheFly.exclude']);
    const many = Array.from({ length: 201 }, (_, index) => ({ pattern: `a${index}*`, to: 'x' }));
    expect(faultsOf({ groups: { rules: many } })).toEqual(['groups.rules: at most 200 rules have a pattern']);
  });

  it.each([
    ['any address', { trustUnverifiedEmail: true }, false],
    ['addresses of its domain', { trustUnverifiedEmail: true, allowedEmailDomains: ['example.com'] }, true],
    ['verified addresses', {}, true],
  ])('S24 finds users by e-mail where the provider is trusted for %s: %s', (_, trust, isAccepted) => {
    const provider = { name: 'P', issuer: 'https://idp.example', clientId: 'c', ...trust };
    const result = ConfigDocument.safeParse({
      version: 1,
      providers: { p: provider },
      mappings: { p: { match: 'email' } },
    });
    expect(result.success).toBe(isAccepted);
    if (!result.success) expect(result.error.issues[0]?.path).toEqual(['mappings', 'p', 'match']);
  });
});
