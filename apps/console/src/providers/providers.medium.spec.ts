import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ConfigDocument,
  ConfiguredProviderList,
  Problem,
  ProviderDetails,
  ProviderDraft,
  ProviderPresetList,
} from '@gatehouse/contracts';
import { applied, ConfigUnderTest, provider, secret, withoutSecret } from '../../test/config-under-test.js';

const forged = { 'x-forwarded-host': 'evil.test', 'x-forwarded-proto': 'https', forwarded: 'host=evil.test' };
const callback = (key: string) => `http://localhost:3000/_sso/callback/${key}`;

describe('providers over the admin API', () => {
  let config: ConfigUnderTest;

  beforeAll(async () => {
    config = await ConfigUnderTest.open();
  });
  afterAll(() => config.surroundings.close());
  beforeEach(() => config.reset());

  const get = (path: string) => config.running.request(path, { headers: forged });
  const post = (path: string, body: unknown) =>
    config.running.request(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...forged },
      body: JSON.stringify(body),
    });

  it('S11 lists every preset with what to ask, and S06 with addresses of PUBLIC_URL whatever the request says', async () => {
    const { items } = ProviderPresetList.parse(await (await get('provider-presets')).json());
    const named = ProviderPresetList.parse(await (await get('provider-presets?provider=company')).json());

    expect(items.map(({ key }) => key)).toEqual(expect.arrayContaining(['aws-cognito', 'entra-id', 'custom']));
    for (const { key, inputs, guide, addresses } of items) {
      expect(inputs.map(({ name }) => name)).toContain('clientId');
      expect(guide.length).toBeGreaterThan(2);
      expect(addresses.callback).toBe(callback(key));
    }
    expect(named.items.map(({ addresses }) => addresses.callback)).toEqual(items.map(() => callback('company')));
    expect(JSON.stringify([items, named])).not.toContain('evil.test');
  });

  it('S05 S09 S11 a draft can be applied as it is, with the secret added, and any field changed', async () => {
    const answer = await post('provider-presets/aws-cognito/draft', {
      provider: 'company',
      inputs: { poolId: 'eu-central-1_Abc', domain: 'acme.auth.eu-central-1.amazoncognito.com', clientId: 'abc' },
    });
    const draft = ProviderDraft.parse(await answer.json());
    expect(draft).toMatchObject({ key: 'company', needsSecret: 'clientSecret' });
    expect(draft.guide.flatMap(({ copy }) => copy.map(({ value }) => value))).toEqual(
      expect.arrayContaining([callback('company'), 'http://localhost:3000/_sso/logged-out', 'openid email profile']),
    );

    const edited = { ...draft.provider, name: 'Renamed', scopes: ['openid', 'email'], clientSecret: secret };
    await applied(config.put({ version: 1, providers: { company: edited }, mappings: { company: draft.mapping } }));
    const details = ProviderDetails.parse(await (await get('providers/company')).json());
    expect(details).toMatchObject({
      name: 'Renamed',
      preset: 'aws-cognito',
      secret: { member: 'clientSecret', stored: true },
      configuration: { scopes: ['openid', 'email'] },
      mapping: { groups: { claim: 'cognito:groups' } },
      warnings: [],
    });
    expect(details.guide).toEqual(draft.guide);
  });

  it('a draft stores nothing', async () => {
    await post('provider-presets/google/draft', { inputs: { hostedDomain: 'example.com', clientId: 'c' } });
    expect(await config.count('console.config_version')).toBe(0);
    expect(await config.count('console.audit')).toBe(0);
  });

  it.each([
    ['an unknown preset', 'provider-presets/nobody/draft', { inputs: {} }, 404, undefined],
    ['one named like a member of the language', 'provider-presets/constructor/draft', { inputs: {} }, 404, undefined],
    ['a missing input', 'provider-presets/custom/draft', { inputs: { clientId: 'c' } }, 400, 'inputs.issuer'],
    ['a key that is no key', 'provider-presets/custom/draft', { provider: 'a/b' }, 400, 'provider'],
    ['a misspelt member', 'provider-presets/custom/draft', { input: {} }, 400, ''],
  ])('refuses %s by name', async (_, path, body, status, field) => {
    const answer = await post(path, body);
    const problem = Problem.parse(await answer.json());
    expect(problem.status).toBe(status);
    expect(problem.errors?.[0]?.path).toBe(field);
  });

  it('S12 lists what is configured, with the version that a change names', async () => {
    await applied(config.put({ version: 1, providers: { one: provider, two: { ...provider, enabled: false } } }));
    const answer = await get('providers');
    const { items } = ConfiguredProviderList.parse(await answer.json());

    expect(answer.headers.get('etag')).toBe('"1"');
    expect(items.map(({ key, enabled, addresses }) => [key, enabled, addresses.callback])).toEqual([
      ['one', true, callback('one')],
      ['two', false, callback('two')],
    ]);
    expect(JSON.stringify(items)).not.toContain(secret);
    const change = ConfigDocument.parse({ version: 1, providers: { one: withoutSecret } });
    await applied(config.put(change, { 'if-match': answer.headers.get('etag')! }));
    expect((await get('providers')).headers.get('etag')).toBe('"2"');
  });

  it('knows no provider that is not configured, constructor neither', async () => {
    for (const key of ['nobody', 'constructor', '__proto__']) expect((await get(`providers/${key}`)).status).toBe(404);
  });
});
