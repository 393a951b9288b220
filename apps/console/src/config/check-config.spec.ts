import { describe, expect, it, jest } from '@jest/globals';
import { ConfigDocument, configDocumentSchema, Mapping, Provider } from '@gatehouse/contracts';
import { checkConfig } from './check-config.js';
import type { Here } from './check-config.js';
import { ConfigInvalidError } from './config-invalid.js';
import { shapeFaults } from './shape-faults.js';
import { parseConfigText, sourceOfJson } from './parse-config-text.js';
import type { ConfigSource } from './parse-config-text.js';

const provider = { name: 'Company', issuer: 'https://idp.example/pool', clientId: 'jira' };

const here: Here = {
  production: false,
  publicUrl: new URL('http://localhost:3000/_sso'),
  variable: (name) => (name === 'SET' ? 'a-secret' : undefined),
};

function refusalOf(source: ConfigSource, where: Here = here): ConfigInvalidError {
  const { document, faults, more } = checkConfig(source, where);
  expect(document === undefined).toBe(faults.length + source.problems.length > 0);
  return ConfigInvalidError.of(source, faults, more);
}

function problemsOf(source: ConfigSource, where?: Here): ConfigInvalidError['problems'] {
  return refusalOf(source, where).problems;
}

function withProvider(change: object) {
  return sourceOfJson({ version: 1, providers: { cognito: { ...provider, ...change } } });
}

describe('the validation of a configuration document', () => {
  it('accepts a document and fills in the defaults', () => {
    expect(checkConfig(withProvider({}), here).document?.providers['cognito']).toMatchObject({ enabled: true });
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
      { path: 'providers.cognito.issuer', message: 'must be an absolute http or https URL', line: 5 },
      { path: 'providers.cognito.clientId', message: 'must be text', line: 6 },
      { path: 'settings.verificationWindowMinutes', message: 'must be 0 or more', line: 8 },
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
      'must be the name of an environment variable',
    ],
    ['both forms', { clientSecret: 12 }, 'providers.cognito.clientSecret', 'must be text or an object'],
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
    ['a required claim without values', { requiredClaims: { hd: [] } }, 'requiredClaims.hd', 'must not be empty'],
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
    expect(refusalOf(source).message).toContain('1000 problems, the first 100 of them are listed');
  });
});

describe('everything that is wrong is told at once', () => {
  it('whatever layer it is on, and wherever', () => {
    const text = [
      'version: 1',
      'version: 1', // The text.
      'providers:',
      '  wrong:',
      '    name: 7', // The form.
      '    isuer: https://idp.example', // A key.
      '    clientId: c',
      '    scopes: [email]', // What it means.
      '    clientSecret: { env: UNSET }', // What is there.
      '  plain:',
      '    name: P',
      '    issuer: http://idp.example', // What this installation is.
      '    clientId: c',
      '    responseMode: form_post',
      '    clientKey: words',
      'mappings:',
      '  wrong: { groups: { rules: [{ from: x }] } }',
      '  nobody: {}',
      'settings: { contact: "a\\0b", signedOutUrl: "no" }', // What can be stored.
    ].join('\n');
    const production = { ...here, production: true };

    expect(
      problemsOf(parseConfigText(text), production).map(({ path, message, line }) => [line, path, message]),
    ).toEqual([
      [2, '', 'this key is there twice: leave one of them out'],
      [5, 'providers.wrong.name', 'must be text'],
      [4, 'providers.wrong.issuer', 'required: add it'],
      [6, 'providers.wrong.isuer', expect.stringMatching(/^unknown key: leave it out, or write one of .*issuer/)],
      [8, 'providers.wrong.scopes', 'must contain openid: add it'],
      [9, 'providers.wrong.clientSecret.env', expect.stringContaining('UNSET is not set')],
      [17, 'mappings.wrong.groups.rules.0.to', 'required: add it'],
      [19, 'settings.signedOutUrl', 'must be an absolute http or https URL'],
      [18, 'mappings.nobody', 'there is no provider "nobody": add it, or leave this mapping out'],
      [19, 'settings.contact', expect.stringContaining('cannot be stored')],
      [12, 'providers.plain.issuer', 'must be https in production'],
      [14, 'providers.plain.responseMode', 'form_post needs an https PUBLIC_URL'],
      [15, 'providers.plain.clientKey', 'not used with clientAuthentication client_secret_post: leave it out'],
    ]);
  });

  it('but nothing is concluded from what is wrong itself', () => {
    const wrong = {
      protocol: 'saml',
      endpoints: { token: 'x' },
      jwksUrl: 7,
      clientAuthentication: 'magic',
      scopes: ['email'],
    };
    expect(problemsOf(withProvider({ ...wrong, clientSecret: 's' })).map(({ path }) => path)).toEqual([
      'providers.cognito.protocol',
      'providers.cognito.endpoints.authorization',
      'providers.cognito.endpoints.token',
      'providers.cognito.jwksUrl',
      'providers.cognito.clientAuthentication',
    ]);
    expect(
      problemsOf(sourceOfJson({ version: 1, providers: [], mappings: { a: {} } })).map(({ path }) => path),
    ).toEqual(['providers']);
  });

  it('each of them once', () => {
    const problems = problemsOf(
      sourceOfJson({ version: 1, providers: { a: { ...provider, scopes: ['email'] }, b: 7 }, mappings: { c: {} } }),
    );
    expect(problems.map(({ path }) => path).sort()).toEqual(['mappings.c', 'providers.a.scopes', 'providers.b']);
  });

  it('a key that has dots itself cannot be taken for several', () => {
    const [problem] = problemsOf(withProvider({ requiredClaims: { 'https://corp.example/team': [] } }));
    expect(problem?.path).toBe('providers.cognito.requiredClaims["https://corp.example/team"]');
  });

  it('100,000 mistakes are counted in a time that grows with their number only', () => {
    const fewer = msToCount(10_000);
    expect(msToCount(100_000) / fewer).toBeLessThan(40); // Ten times as many; quadratic, it were a hundred.
  });

  /** Of this process alone: how busy the machine is does not count. */
  function msToCount(mistakes: number): number {
    const keys = Array.from({ length: mistakes }, (_, at) => `k${at}: 1`).join('\n');
    const displayName = Object.fromEntries(Array.from({ length: 2 * mistakes }, (_, at) => [`k${at}`, 1]));
    const before = process.cpuUsage();
    expect(refusalOf(parseConfigText(`version: 1\n${keys}`)).count).toBe(mistakes);
    expect(
      refusalOf(sourceOfJson({ version: 1, mappings: { a: { profile: { displayName } } } })).count,
    ).toBeGreaterThan(1);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  }
});

describe('what is looked at is bounded', () => {
  /** Counts every look into it. */
  function watched(part: object): { part: object; looks: () => number } {
    let count = 0;
    const counting = new Proxy(part, {
      get: (target, name) => {
        count += 1;
        return Reflect.get(target, name) as unknown;
      },
      ownKeys: (target) => {
        count += 1;
        return Reflect.ownKeys(target);
      },
    });
    return { part: counting, looks: () => count };
  }
  const many = (count: number, part: unknown) =>
    Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, part]));

  it.each(['providers', 'mappings'])('too many %s are refused before any of them is looked at', (part) => {
    const { part: member, looks } = watched({ name: 7 });
    const source = sourceOfJson({ version: 2, [part]: many(50_000, member), settings: 7 });
    expect(problemsOf(source)).toEqual([{ path: part, message: 'must have at most 200 entries, and has 50000' }]);
    expect(looks()).toBe(0);
    expect(problemsOf(sourceOfJson({ version: 1, [part]: many(201, {}) }))).toHaveLength(1);
  });

  it('200 providers can be configured', () => {
    const source = sourceOfJson({ version: 1, providers: many(200, provider), mappings: many(200, {}) });
    expect(Object.keys(checkConfig(source, here).document!.mappings)).toHaveLength(200);
  });

  it('of a wrong document each provider is read once more, and only the members that are written are parsed', () => {
    const ofWritten = jest.spyOn(Provider.shape.issuer, 'safeParse');
    const ofLeftOut = jest.spyOn(Provider.shape.scopes, 'safeParse');
    try {
      const refusal = refusalOf(sourceOfJson({ version: 2, providers: many(200, { issuer: 'idp' }) }));
      expect(refusal.count).toBe(601); // The version, and of each the name, the issuer and the client.
      expect(ofWritten).toHaveBeenCalledTimes(200);
      expect(ofLeftOut).not.toHaveBeenCalled();
    } finally {
      jest.restoreAllMocks();
    }
  });

  it('mistakes that are only counted are not explained, and each is counted once', () => {
    const issue = { code: 'invalid_type', expected: 'string', message: 'must be text' };
    const { part, looks } = watched({ ...issue, path: ['settings', 'contact'] });
    const { faults, untold } = shapeFaults(Array(50_000).fill(part) as never, 100);
    expect([faults.length, untold.length]).toEqual([100, 49_900]);
    expect(looks()).toBeLessThan(1_000);

    const wrong = { ...provider, scopes: ['email'] };
    expect(refusalOf(sourceOfJson({ version: 1, providers: many(200, wrong) })).count).toBe(200);
  });
});

describe('a name that JavaScript gives a meaning of its own', () => {
  const json = (text: string) => sourceOfJson(JSON.parse(text));

  it.each([
    ['providers', 'providers.__proto__'],
    ['mappings', 'mappings.__proto__'],
    ['providers.cognito.authorizationParameters', 'providers.cognito.authorizationParameters.__proto__'],
    ['providers.cognito.requiredClaims', 'providers.cognito.requiredClaims.__proto__'],
    ['mappings.cognito.groups.rules.0', 'mappings.cognito.groups.rules.0.__proto__'],
    ['settings.session', 'settings.session.__proto__'],
    ['', '__proto__'],
  ])('__proto__ in "%s" is refused and never dropped', (place, path) => {
    const document = { version: 1, providers: { cognito: { ...provider } }, mappings: { cognito: {} } };
    const hostile = { from: 'x', to: 'y', PROTO: { a: 'b' } };
    const whole = place === '' ? { ...document, ...hostile } : put(document, place.split('.'), hostile);
    const text = JSON.stringify(whole).replaceAll('"PROTO"', '"__proto__"');
    const message = 'this name cannot be used: choose another';
    expect(problemsOf(json(text))).toContainEqual({ path, message });
    expect(problemsOf(parseConfigText(text))).toContainEqual({ path, message, line: 1 });
    expect(ConfigDocument.safeParse(JSON.parse(text)).error?.issues[0]?.message).toBe(message);
  });

  it.each(['constructor', 'tostring'])('a provider may be called %s, and has a mapping of its own', (key) => {
    const { document } = checkConfig(sourceOfJson({ version: 1, providers: { [key]: provider } }), here);
    expect(document?.mappings[key]).toEqual(Mapping.parse({}));
  });
});

describe('every mistake is told in our own words', () => {
  const wrongs = [
    undefined,
    null,
    7,
    -1,
    1.5,
    1e9,
    NaN,
    true,
    '',
    'x',
    ' ',
    'x'.repeat(70_000),
    [],
    [''],
    [7],
    {},
    { x: 7 },
  ];
  const ourWords =
    /^(must (be|have|not be|contain) |required|unknown key: |only for |cannot be |give either |set by |not used with |not PEM|there is no provider|has a character|form_post needs|Scope is required|apple needs|the environment variable)/;

  it.each(leavesOf(configDocumentSchema(), []))('%s', (name, path) => {
    const messages = wrongs.flatMap((wrong) => {
      const document: Record<string, unknown> = {
        version: 1,
        providers: { key: { ...provider } },
        mappings: { key: {} },
      };
      return problemsOf(sourceOfJson(put(document, path, wrong))).map(({ message }) => message);
    });
    expect(messages.length).toBeGreaterThan(3);
    expect(messages.filter((message) => !ourWords.test(message))).toEqual([]);
    expect(name).toBe(path.join('.'));
  });
});

interface Schema {
  readonly properties?: Record<string, Schema>;
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
}

function leavesOf({ properties, additionalProperties, items }: Schema, path: string[]): [string, string[]][] {
  if (properties) return Object.entries(properties).flatMap(([name, inner]) => leavesOf(inner, [...path, name]));
  if (items?.properties) return leavesOf(items, [...path, '0']);
  if (typeof additionalProperties === 'object' && additionalProperties.properties)
    return leavesOf(additionalProperties, [...path, 'key']);
  return [[path.join('.'), path]];
}

function put(value: unknown, [name, ...inner]: readonly string[], wrong: unknown): unknown {
  if (name === undefined) return wrong;
  const members = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const changed = { ...members, [name]: put(members[name], inner, wrong) };
  return name === '0' ? [changed['0']] : changed;
}
