import { everyDialect } from '@gatehouse/scim';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ConfigApplied, ConfigExport } from '@gatehouse/contracts';
import { LiveConfigReader } from '@gatehouse/database';
import { waitFor } from '@gatehouse/testing';
import { parse } from 'yaml';
import {
  applied,
  ConfigUnderTest,
  document,
  provider,
  refused,
  secret,
  withoutSecret,
} from '../../test/config-under-test.js';
import { encryption } from '../../test/running-console.js';

describe('the configuration over the admin API', () => {
  let config: ConfigUnderTest;

  beforeAll(async () => {
    config = await ConfigUnderTest.open();
  });
  afterAll(() => config.surroundings.close());
  beforeEach(() => config.reset());
  afterEach(() => config.assertNothingLogged());

  it('is the empty document of version 0 before anything was applied', async () => {
    const answer = await config.running.request('config');

    expect(answer.headers.get('etag')).toBe('"0"');
    expect(ConfigExport.parse(await answer.json())).toMatchObject({
      version: 1,
      providers: {},
      settings: { usernameVerifiedHours: 24 },
    });
  });

  it('says which providers have people to be mapped again, in the same commit', async () => {
    const remaps = () =>
      config.surroundings.dataSource.query<Record<string, unknown>[]>(
        `select job, queue, key, payload ->> 'provider' as provider, trace_id ~ '^[0-9a-f]{32}$' as traced
         from messaging.outbox where event = 'mapping.changed' order by id`,
      );
    const mapped = { ...document, mappings: { cognito: { allowUserCreation: false } } };
    await applied(config.put(document));
    await applied(config.put(mapped, {}, '?dryRun=true'));
    await applied(config.put({ ...document, settings: { reservedUsernames: ['boss'] } }));
    expect(await remaps()).toEqual([]);
    await applied(config.put(mapped));
    expect(await remaps()).toEqual([
      { job: 'remap-provider', queue: 'claim-mapping.bulk', key: 'cognito', provider: 'cognito', traced: true },
    ]);
    await applied(config.put(mapped));
    expect(await remaps()).toHaveLength(1);
  });

  it('S08 O77 keeps the key a directory is read with apart, unseen, and for its address and access key only', async () => {
    const secretAccessKey = 'the-secret-access-key';
    const pullSync = { userPoolId: 'eu-west-1_Abc', region: 'eu-west-1', accessKeyId: 'AKIAAAAAAAAAAAAAAAAA' };
    const reading = (more: object) => ({
      ...document,
      providers: { cognito: { ...provider, pullSync: { ...pullSync, ...more } } },
    });
    const name = 'providers.cognito.pullSync.secretAccessKey';
    expect((await refused(config.put(reading({})), 422)).errors).toEqual([
      expect.objectContaining({ path: name, message: expect.stringContaining('no secret is stored') }),
    ]);
    await applied(config.put(reading({ secretAccessKey })));
    expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': secret, [name]: secretAccessKey });
    expect(await (await config.running.request('config')).text()).not.toContain(secretAccessKey);
    expect((await applied(config.put(reading({})))).changed).toBe(false);
    for (const [moved, part] of [
      [{ endpoint: 'https://cognito.evil.example' }, 'address of the pool'],
      [{ accessKeyId: 'AKIABBBBBBBBBBBBBBBB' }, 'access key'],
    ] as const)
      expect((await refused(config.put(reading(moved)), 422)).errors).toEqual([
        expect.objectContaining({ path: name, message: expect.stringContaining(part) }),
      ]);
    await applied(config.put(document));
    expect(Object.keys(await config.secrets())).toEqual(['providers.cognito.clientSecret']);
    expect(config.surroundings.log).not.toContain(secretAccessKey);
  });

  it('comes back as it was applied, with every default, in JSON and in YAML', async () => {
    await applied(config.put(document));
    const json = await config.running.request('config');
    const yaml = await config.running.request('config', { headers: { accept: 'application/yaml' } });

    expect(json.headers.get('etag')).toBe('"1"');
    expect(json.headers.get('vary')).toContain('accept');
    const exported = ConfigExport.parse(await json.json());
    expect(exported.providers['cognito']).toEqual({
      name: 'Company',
      enabled: true,
      issuer: 'https://idp.example/pool',
      clientId: 'jira',
      clientAuthentication: 'client_secret_post',
      scopes: ['openid', 'email', 'profile'],
      authoritativeForUsernames: false,
      trustUnverifiedEmail: false,
      protocol: 'oidc',
      subjectClaim: 'sub',
      authorizationParameters: {},
      acrValues: [],
      responseMode: 'query',
      clockToleranceSeconds: 60,
      userinfo: 'optional',
      scim: { dialects: everyDialect },
      requiredClaims: {},
      allowedEmailDomains: [],
      allowedHosts: [],
      emailVerifiedAsText: false,
      signOutAtProvider: true,
      backchannelLogout: 'strict',
    });
    expect(yaml.headers.get('content-type')).toContain('application/yaml');
    expect(yaml.headers.get('etag')).toBe('"1"');
    expect(parse(await yaml.text())).toEqual(exported);
  });

  it('applies its own export without making a version: the stored secret stays', async () => {
    await applied(config.put(document));
    const yaml = await (await config.running.request('config', { headers: { accept: 'application/yaml' } })).text();
    const answer = await config.put(yaml, { 'content-type': 'application/yaml', 'if-match': '"1"' });

    expect(answer.headers.get('etag')).toBe('"1"');
    expect(ConfigApplied.parse(await answer.json())).toEqual({
      version: 1,
      changed: false,
      changes: [],
      untested: [],
      warnings: [],
    });
    expect(await config.count('console.config_version')).toBe(1);
    expect(await config.count('console.audit')).toBe(1);
    expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': secret });
  });

  it('D2 warns, and refuses nothing, when every group of Jira that is not claimed would be taken away', async () => {
    const groups = { mode: 'onTheFly' as const, onTheFly: { keepExisting: false } };
    const result = await applied(config.put({ ...document, mappings: { cognito: { groups } } }));

    expect(result.version).toBe(1);
    expect(result.warnings.map(({ path }) => path)).toEqual(['mappings.cognito.groups.onTheFly.exclude']);
  });

  it('S08 keeps the secret sealed, and gives it out in no answer, export, audit line or table', async () => {
    const first = await (await config.put(document)).text();
    const exported = [
      await (await config.running.request('config')).text(),
      await (await config.running.request('config', { headers: { accept: 'application/yaml' } })).text(),
    ];
    const kept: { everything: string }[] = await config.surroundings.dataSource.query(
      `select coalesce(json_agg(v)::text, '') || (select json_agg(a)::text from console.audit a) || (select json_agg(s)::text from console.secret s) as everything from console.config_version v`,
    );

    for (const text of [first, ...exported, kept[0]!.everything]) expect(text).not.toContain(secret);
    expect(exported.join('')).not.toContain('clientSecret');
    expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': secret });
  });

  it('S08 replaces a secret alone, as a new version that says so', async () => {
    await applied(config.put(document));
    const result = await applied(
      config.put({ version: 1, providers: { cognito: { ...provider, clientSecret: 'another' } } }),
    );

    expect(result).toEqual({
      version: 2,
      changed: true,
      changes: [{ path: 'providers.cognito.clientSecret', change: 'changed', words: 'changed' }],
      untested: ['cognito'], // U08: nobody has tried it with this secret.
      warnings: [],
    });
    expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': 'another' });
  });

  it('S08 changes other fields without the secret being typed again', async () => {
    await applied(config.put(document));
    const result = await applied(
      config.put({ version: 1, providers: { cognito: { ...withoutSecret, name: 'Renamed' } } }),
    );

    expect(result.changes).toMatchObject([{ path: 'providers.cognito.name', change: 'changed' }]);
    expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': secret });
  });

  it.each([true, false])(
    'S08 asks for the secret again when the issuer changes (enabled: %s): a stored one never goes to another server',
    async (enabled) => {
      await applied(config.put(document));
      const moved = { ...withoutSecret, enabled, issuer: 'https://elsewhere.example/pool' };
      const problem = await refused(config.put({ version: 1, providers: { cognito: moved } }), 422);

      expect(problem.errors).toEqual([
        { path: 'providers.cognito.clientSecret', message: 'required again, because the issuer changed' },
      ]);
      await applied(config.put({ version: 1, providers: { cognito: { ...moved, clientSecret: 'another' } } }));
      expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': 'another' });
    },
  );

  it('deletes the secret of a provider that is gone, so that a new one of its name does not inherit it', async () => {
    await applied(config.put(document));
    await applied(config.put({ version: 1 }));
    expect(await config.secrets()).toEqual({});

    const problem = await refused(config.put({ version: 1, providers: { cognito: withoutSecret } }), 422);
    expect(problem.errors).toEqual([expect.objectContaining({ path: 'providers.cognito.clientSecret' })]);
  });

  it('lets a provider that is switched off be without a secret', async () => {
    await applied(config.put({ version: 1, providers: { cognito: { ...withoutSecret, enabled: false } } }));
  });

  it('reads { env } once, when it is applied, and names a variable that is not set', async () => {
    const other = await config.surroundings.start({ variables: { COGNITO_SECRET: 'from-the-environment' } });
    const named = (env: string) =>
      JSON.stringify({ version: 1, providers: { cognito: { ...provider, clientSecret: { env } } } });
    const send = (body: string) =>
      other.request('config', {
        method: 'PUT',
        headers: { 'content-type': 'application/json', 'if-match': '*' },
        body,
      });

    await applied(send(named('COGNITO_SECRET')));
    expect(await config.secrets()).toEqual({ 'providers.cognito.clientSecret': 'from-the-environment' });
    const problem = await refused(send(named('MISSING_SECRET')), 422);
    expect(problem.errors).toEqual([
      {
        path: 'providers.cognito.clientSecret.env',
        message: "the environment variable MISSING_SECRET is not set, or is one of Gatehouse's own",
      },
    ]);
    for (const own of ['JIRA_TOKEN', 'ADMIN_TOKEN', 'ENCRYPTION_KEY', 'DATABASE_URL'])
      await refused(send(named(own)), 422);
    await other.close();
  });

  it('tells every reader at once, and they read the document and its secrets', async () => {
    const reader = new LiveConfigReader(config.surroundings.dataSource, encryption);
    await reader.follow(config.surroundings.notifications);
    expect((await reader.current()).version).toBe(0);
    await applied(config.put(document));

    await waitFor(async () => (await reader.current()).version === 1, {
      timeoutMs: 2_000,
      what: 'the reader to know version 1',
    });
    expect((await reader.current()).secrets.get('providers.cognito.clientSecret')).toBe(secret);
  });

  it('writes down who changed what', async () => {
    await applied(config.put(document));
    const rows: unknown[] = await config.surroundings.dataSource.query(
      'select actor, action, object, details from console.audit',
    );

    expect(rows).toEqual([
      {
        actor: 'token:admin',
        action: 'config.applied',
        object: 'config/1',
        details: {
          version: 1,
          changes: [
            { path: 'providers.cognito', change: 'added', after: expect.objectContaining({ clientId: 'jira' }) },
            { path: 'mappings.cognito', change: 'added', after: expect.objectContaining({ allowUserCreation: true }) },
            { path: 'providers.cognito.clientSecret', change: 'added' },
          ],
        },
      },
    ]);
    expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('X62 writes down what was there before a change, and what is there now', async () => {
    await applied(config.put(document));
    await applied(config.put({ version: 1, providers: { cognito: { ...provider, issuer: 'https://new.example' } } }));
    const [row] = await config.surroundings.dataSource.query<{ details: { changes: unknown[] } }[]>(
      'select details from console.audit order by id desc limit 1',
    );
    expect(row!.details.changes).toEqual([
      {
        path: 'providers.cognito.issuer',
        change: 'changed',
        before: 'https://idp.example/pool',
        after: 'https://new.example',
      },
    ]);
  });

  it('answers 500 with a trace id and nothing else when something unexpected happens', async () => {
    await config.surroundings.dataSource.query(
      `insert into console.config_version (document, actor) values ('{"version": 9}', 'somebody')`,
    );
    const problem = await refused(config.running.request('config'), 500);

    expect(problem).toMatchObject({ code: 'api.unexpected', detail: 'An unexpected error.' });
    expect(config.surroundings.log).toContain(problem.traceId);
  });
});
