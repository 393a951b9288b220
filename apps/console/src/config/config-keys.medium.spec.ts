import { generateKeyPairSync } from 'node:crypto';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { applied, ConfigUnderTest, provider, refused, secret, withoutSecret } from '../../test/config-under-test.js';

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const clientKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const keyLine = clientKey.split('\n')[1]!;
const byKey = { ...withoutSecret, clientAuthentication: 'private_key_jwt' };
const keyName = 'providers.company.clientKey';
const secretName = 'providers.company.clientSecret';

const endpoints = (token: string) => ({
  endpoints: { authorization: 'https://idp.example/authorize', token },
  jwksUrl: 'https://idp.example/jwks',
});

describe('secrets by the way a client proves itself', () => {
  let config: ConfigUnderTest;

  beforeAll(async () => {
    config = await ConfigUnderTest.open();
  });
  afterAll(() => config.surroundings.close());
  beforeEach(() => config.reset());
  afterEach(() => {
    config.assertNothingLogged();
    expect(config.surroundings.log).not.toContain(keyLine);
  });

  const put = (company: object) => config.put({ version: 1, providers: { company } });
  const errorsOf = async (company: object) => (await refused(put(company), 422)).errors;

  it('O76 keeps a client key sealed, and gives it out in no answer, export, audit line or table', async () => {
    const first = await (await put({ ...byKey, clientKey })).text();
    const exported = [
      await (await config.running.request('config')).text(),
      await (await config.running.request('config', { headers: { accept: 'application/yaml' } })).text(),
      await (await config.running.request('providers')).text(),
      await (await config.running.request('providers/company')).text(),
      await (await config.running.request('audit')).text(),
    ];
    const kept: { everything: string }[] = await config.surroundings.dataSource.query(
      `select json_agg(v)::text || (select json_agg(a)::text from console.audit a) || (select json_agg(s)::text from console.secret s) as everything from console.config_version v`,
    );

    for (const text of [first, ...exported, kept[0]!.everything]) {
      expect(text).not.toContain(keyLine);
      expect(text).not.toContain('PRIVATE KEY');
    }
    expect(await config.secrets()).toEqual({ [keyName]: clientKey });
  });

  it('O76 applies its own export: the stored key stays', async () => {
    await applied(put({ ...byKey, clientKey }));
    const exported = await (await config.running.request('config')).text();
    expect(await applied(config.put(exported))).toMatchObject({ changed: false });
    expect(await config.secrets()).toEqual({ [keyName]: clientKey });
  });

  it.each<[string, object, string]>([
    ['private_key_jwt', byKey, keyName],
    ['apple', { ...byKey, clientAuthentication: 'apple', appleTeamId: 'T', clientKeyId: 'K' }, keyName],
    ['client_secret_basic', { ...withoutSecret, clientAuthentication: 'client_secret_basic' }, secretName],
    ['client_secret_basic_raw', { ...withoutSecret, clientAuthentication: 'client_secret_basic_raw' }, secretName],
  ])('%s needs its own secret', async (_, company, path) => {
    expect(await errorsOf(company)).toEqual([{ path, message: expect.stringContaining('required') }]);
  });

  it('none needs none', async () => {
    await applied(put({ ...withoutSecret, clientAuthentication: 'none' }));
    expect(await config.secrets()).toEqual({});
  });

  it.each<[string, object, string]>([
    ['a client secret with private_key_jwt', { ...byKey, clientKey, clientSecret: secret }, secretName],
    ['a client key with a client secret', { ...provider, clientKey }, keyName],
    ['a client secret with none', { ...provider, clientAuthentication: 'none' }, secretName],
  ])('refuses %s, which nothing would use', async (_, company, path) => {
    expect(await errorsOf(company)).toEqual([{ path, message: expect.stringContaining('leave it out') }]);
    expect(await config.secrets()).toEqual({});
  });

  it('refuses a key that cannot sign when it is saved, and quotes nothing of it', async () => {
    const wrong = [
      publicKey.export({ type: 'spki', format: 'pem' }).toString(),
      clientKey.replaceAll('\n', '\\n'),
      clientKey.slice(0, 90),
      'words',
    ];
    for (const text of wrong) {
      const errors = await errorsOf({ ...byKey, clientKey: text });
      expect(errors).toEqual([{ path: keyName, message: expect.stringMatching(/private key/) }]);
      expect(JSON.stringify(errors)).not.toContain(text.slice(0, 40));
    }
    expect(await config.count('console.config_version')).toBe(0);
  });

  it('checks a key that comes from the environment as well', async () => {
    const other = await config.surroundings.start({ variables: { GOOD_KEY: clientKey, BAD_KEY: 'words' } });
    const send = (env: string) =>
      other.request('config', {
        method: 'PUT',
        headers: { 'content-type': 'application/json', 'if-match': '*' },
        body: JSON.stringify({ version: 1, providers: { company: { ...byKey, clientKey: { env } } } }),
      });
    expect((await refused(send('BAD_KEY'), 422)).errors).toEqual([
      { path: keyName, message: expect.stringContaining('private key') },
    ]);
    await applied(send('GOOD_KEY'));
    expect(await config.secrets()).toEqual({ [keyName]: clientKey });
    await other.close();
  });

  it('deletes the secret of the way before', async () => {
    await applied(put({ ...withoutSecret, clientSecret: secret }));
    await applied(put({ ...byKey, clientKey }));
    expect(await config.secrets()).toEqual({ [keyName]: clientKey });
    await applied(put({ ...withoutSecret, clientAuthentication: 'none' }));
    expect(await config.secrets()).toEqual({});
    expect(await errorsOf(withoutSecret)).toEqual([{ path: secretName, message: expect.stringContaining('required') }]);
  });

  describe('S08 a stored secret goes nowhere else', () => {
    const token = 'https://idp.example/token';
    const evil = 'https://evil.test/token';
    const members = {
      clientSecret: { given: { clientSecret: secret }, base: withoutSecret },
      clientKey: { given: { clientKey }, base: byKey },
    };

    it.each(Object.entries(members))('%s: not to another token endpoint', async (member, { given, base }) => {
      await applied(put({ ...base, ...given, ...endpoints(token) }));
      const path = `providers.company.${member}`;
      const message = 'required again, because the token endpoint changed';

      expect(await errorsOf({ ...base, ...endpoints(evil) })).toEqual([{ path, message }]);
      expect(await errorsOf({ ...base, ...endpoints(evil), enabled: false })).toEqual([{ path, message }]);
      expect(await errorsOf(base)).toEqual([{ path, message }]);
      await applied(put({ ...base, ...endpoints(token), name: 'Renamed' }));
      await applied(put({ ...base, ...given, ...endpoints(evil) }));
    });

    it.each(Object.entries(members))(
      '%s: not to a first endpoint beside discovery',
      async (member, { given, base }) => {
        await applied(put({ ...base, ...given }));
        expect(await errorsOf({ ...base, ...endpoints(evil) })).toEqual([
          { path: `providers.company.${member}`, message: 'required again, because the token endpoint changed' },
        ]);
      },
    );

    it('not to another issuer, nor as a signature that convinces one', async () => {
      await applied(put({ ...byKey, clientKey, ...endpoints(token) }));
      expect(await errorsOf({ ...byKey, ...endpoints(token), issuer: 'https://evil.test' })).toEqual([
        { path: keyName, message: 'required again, because the issuer changed' },
      ]);
    });
  });
});

describe('addresses in production', () => {
  let config: ConfigUnderTest;

  beforeAll(async () => {
    config = await ConfigUnderTest.open();
  });
  afterAll(() => config.surroundings.close());

  it('O29 are https, each named by its path', async () => {
    const production = await config.surroundings.start({
      variables: {
        NODE_ENV: 'production',
        PUBLIC_URL: 'https://jira.example.com/_sso',
        CONSOLE_PUBLIC_URL: 'https://console.example.com',
        ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
        DATABASE_URL: config.surroundings.database.url,
        JIRA_URL: 'https://jira.example.com',
      },
    });
    const company = {
      ...provider,
      issuer: 'http://idp.example',
      endpoints: {
        authorization: 'https://idp.example/a',
        token: 'http://idp.example/t',
        userinfo: 'http://idp.example/u',
      },
      jwksUrl: 'http://idp.example/jwks',
      logoutUrl: 'http://idp.example/logout?client_id={clientId}',
    };
    const send = (body: object) =>
      production.request('config?dryRun=true', {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ version: 1, providers: { company: body } }),
      });
    const problem = await refused(send(company), 422);

    const paths = ['issuer', 'endpoints.token', 'endpoints.userinfo', 'jwksUrl', 'logoutUrl'];
    expect(problem.errors).toEqual(
      paths.map((path) => ({ path: `providers.company.${path}`, message: 'must be https in production' })),
    );
    await applied(send(provider));
    await production.close();
  });

  it('O29 are so outside production too, unless the provider is on this machine itself', async () => {
    const put = (issuer: string) =>
      config.put({ version: 1, providers: { company: { ...provider, issuer } } }, {}, '?dryRun=true');
    expect((await refused(put('http://idp.example'), 422)).errors).toEqual([
      { path: 'providers.company.issuer', message: expect.stringContaining('must be https; http is only for') },
    ]);
    await applied(put('http://localhost:9100/pool'));
  });

  it('form_post needs https of us', async () => {
    const company = { ...provider, responseMode: 'form_post' };
    const problem = await refused(config.put({ version: 1, providers: { company } }, {}, '?dryRun=true'), 422);
    expect(problem.errors).toEqual([
      { path: 'providers.company.responseMode', message: 'form_post needs an https PUBLIC_URL' },
    ]);
  });
});
