import { describe, expect, it } from '@jest/globals';
import { ConfigInvalidError } from './config-invalid.js';
import { parseConfigText, sourceOfJson } from './parse-config-text.js';
import type { ConfigSource } from './parse-config-text.js';
import { validateConfig } from './validate-config.js';

const provider = { name: 'Company', issuer: 'https://idp.example/pool', clientId: 'jira' };

function problemsOf(source: ConfigSource): ConfigInvalidError['problems'] {
  try {
    validateConfig(source);
  } catch (error) {
    if (error instanceof ConfigInvalidError) return error.problems;
    throw error;
  }
  return [];
}

function withProvider(change: object) {
  return sourceOfJson({ version: 1, providers: { cognito: { ...provider, ...change } } });
}

describe('the validation of a configuration document', () => {
  it('accepts a document and fills in the defaults', () => {
    expect(validateConfig(withProvider({})).providers['cognito']).toMatchObject({ enabled: true });
  });

  it('names path and line of every fault at once', () => {
    const text = [
      'version: 1',
      'providers:',
      '  cognito:',
      '    name: Company',
      '    issuer: idp',
      '    clientId: 12',
      'settings:',
      '  verificationWindowMinutes: -1',
    ].join('\n');
    expect(problemsOf(parseConfigText(text))).toEqual([
      { path: 'providers.cognito.issuer', message: 'use an absolute http or https URL', line: 5 },
      { path: 'providers.cognito.clientId', message: expect.stringContaining('expected string'), line: 6 },
      { path: 'settings.verificationWindowMinutes', message: expect.any(String), line: 8 },
    ]);
  });

  it('U39 names an unknown key with its line and the keys it could have been', () => {
    const [problem] = problemsOf(
      parseConfigText(
        'version: 1\nproviders:\n  cognito:\n    name: C\n    isuer: x\n    clientId: c\n    issuer: https://a.example\n',
      ),
    );
    expect(problem).toMatchObject({ path: 'providers.cognito.isuer', line: 5 });
    expect(problem?.message).toContain('issuer');
    expect(problem?.message).not.toContain('defaultGroups');
  });

  it('U39 names the allowed values of a choice', () => {
    const [problem] = problemsOf(withProvider({ clientAuthentication: 'client_secret_jwt' }));
    expect(problem).toMatchObject({ path: 'providers.cognito.clientAuthentication' });
    expect(problem?.message).toContain('client_secret_basic');
  });

  it.each([
    [
      'the deeper form',
      { clientSecret: { env: 'lower' } },
      'providers.cognito.clientSecret.env',
      'name an environment variable',
    ],
    ['both forms', { clientSecret: 12 }, 'providers.cognito.clientSecret', ', or '],
  ])('of several allowed forms explains %s', (_, change, path, message) => {
    const problems = problemsOf(withProvider(change));
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ path });
    expect(problems[0]?.message).toContain(message);
  });

  it('explains a display name that is half of one form', () => {
    const document = {
      version: 1,
      providers: { a: provider },
      mappings: { a: { profile: { displayName: { givenNameClaim: 'g' } } } },
    };
    expect(problemsOf(sourceOfJson(document)).map(({ path }) => path)).toEqual([
      'mappings.a.profile.displayName.familyNameClaim',
    ]);
  });

  it('names a provider key that cannot be part of an address', () => {
    expect(problemsOf(sourceOfJson({ version: 1, providers: { 'a/b': provider } }))[0]).toMatchObject({
      path: 'providers.a/b',
      message: expect.stringContaining('lower-case'),
    });
  });

  it.each<[string, object, string, string]>([
    ['S14 no scope at all', { scopes: [] }, 'scopes', 'Scope is required. Configure Scope as openid'],
    ['S14 scopes without openid', { scopes: ['email'] }, 'scopes', 'must contain openid'],
    ['S16 a public key that is no PEM', { publicKey: 'MIIB' }, 'publicKey', 'not PEM of a public key or a certificate'],
    [
      'a parameter of our own',
      { authorizationParameters: { state: 'x' } },
      'authorizationParameters.state',
      'Gatehouse itself',
    ],
    ['a domain with upper case', { allowedEmailDomains: ['Example.com'] }, 'allowedEmailDomains.0', 'lower case'],
    ['a domain that is a suffix', { allowedEmailDomains: ['.example.com'] }, 'allowedEmailDomains.0', 'domain'],
    ['a required claim without values', { requiredClaims: { hd: [] } }, 'requiredClaims.hd', '>=1'],
    ['Apple without its ids', { clientAuthentication: 'apple' }, 'clientAuthentication', 'appleTeamId'],
    ['OAuth 2.0 without endpoints', { protocol: 'oauth2' }, 'endpoints', 'no discovery'],
    [
      'endpoints without keys',
      { endpoints: { authorization: 'https://a.example/a', token: 'https://a.example/t' } },
      'jwksUrl',
      'verify',
    ],
    ['a subject claim with ID tokens', { subjectClaim: 'id' }, 'subjectClaim', 'only for oauth2'],
    ['a clock without bounds', { clockToleranceSeconds: 301 }, 'clockToleranceSeconds', '300'],
  ])('names the field of %s', (_, change, path, message) => {
    expect(problemsOf(withProvider(change))).toEqual([
      { path: `providers.cognito.${path}`, message: expect.stringContaining(message) },
    ]);
  });

  it('names a list item by its position', () => {
    const document = {
      version: 1,
      providers: { a: provider },
      mappings: { a: { groups: { rules: [{ from: 'x', to: 'y' }, { from: 'x' }] } } },
    };
    expect(problemsOf(sourceOfJson(document))[0]).toMatchObject({ path: 'mappings.a.groups.rules.1.to' });
  });

  it.each([
    ['NUL', 'a\0b'],
    ['half a surrogate pair', 'a\ud800b'],
  ])('refuses %s, which PostgreSQL cannot store', (_, name) => {
    expect(problemsOf(withProvider({ name }))[0]).toMatchObject({ path: 'providers.cognito.name' });
  });

  it.each([[null], ['text'], [[]]])('refuses %j, which is no document', (value) => {
    expect(problemsOf(sourceOfJson(value))[0]).toMatchObject({ path: '' });
  });

  it('never quotes a value', () => {
    const secret = 's3cr3t-value';
    const sources = [
      withProvider({ clientSecret: { value: secret } }),
      withProvider({ issuer: secret, clientAuthentication: secret, scopes: secret }),
      sourceOfJson({ version: secret, providers: { cognito: secret } }),
    ];
    for (const source of sources) {
      expect(problemsOf(source).length).toBeGreaterThan(0);
      expect(JSON.stringify(problemsOf(source))).not.toContain(secret);
    }
  });

  it('lists a bounded number of problems and says how many there are', () => {
    const rules = Array.from({ length: 500 }, () => ({}));
    const source = sourceOfJson({ version: 1, providers: { a: provider }, mappings: { a: { groups: { rules } } } });
    expect(problemsOf(source)).toHaveLength(100);
    expect(() => validateConfig(source)).toThrow('1000 problems');
  });
});
