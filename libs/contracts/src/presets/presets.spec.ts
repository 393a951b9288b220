import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '../config-document.js';
import { providerAddresses } from '../provider-addresses.js';
import { draftOf, presetOf, presets } from './index.js';
import type { Preset } from './index.js';

const addresses = providerAddresses(new URL('https://jira.example.com/_sso'), 'company');

function examples({ inputs }: Preset, withOptional: boolean): Record<string, string> {
  const asked = Object.entries(inputs).filter(([, { optional }]) => withOptional || !optional);
  return Object.fromEntries(asked.map(([name, { example }]) => [name, example]));
}

function drafted(key: string, inputs: Record<string, string>) {
  const outcome = draftOf(presetOf(key)!, inputs);
  if (outcome.kind === 'invalid') throw new Error(outcome.problems.map(({ message }) => message).join());
  const { provider, mapping } = outcome.draft;
  const document = ConfigDocument.parse({
    version: 1,
    providers: { company: provider },
    mappings: { company: mapping },
  });
  return { provider: document.providers['company']!, mapping: document.mappings['company']! };
}

function problems(key: string, inputs: Record<string, string>) {
  const outcome = draftOf(presetOf(key)!, inputs);
  return outcome.kind === 'invalid' ? outcome.problems : [];
}

const cognito = { poolId: 'eu-central-1_AbCdEfGhI', clientId: 'abc' };

describe('S11 presets', () => {
  it('are those that the product names, and a custom one at the end', () => {
    expect(presets.map(({ key }) => key)).toEqual([
      ...['aws-cognito', 'entra-id', 'okta', 'google', 'keycloak', 'auth0', 'ad-fs', 'ping', 'onelogin'],
      ...['github', 'gitlab', 'salesforce', 'slack', 'discord', 'apple', 'custom'],
    ]);
  });

  describe.each(presets.map((preset) => [preset.key, preset] as const))('%s', (key, preset) => {
    it.each([true, false])('makes a draft that the document accepts (optional inputs: %s)', (withOptional) => {
      const { provider } = drafted(key, examples(preset, withOptional));
      expect(provider).toMatchObject({ preset: key, enabled: true, authoritativeForUsernames: false });
      expect(provider.clientSecret).toBeUndefined();
    });

    it('asks for each input in words, with an example that fits', () => {
      for (const { label, help, example, pattern } of Object.values(preset.inputs)) {
        expect([label, help].every((text) => text.length > 3 && !text.includes('undefined'))).toBe(true);
        expect(pattern.source.startsWith('^') && pattern.source.endsWith('$')).toBe(true);
        expect(example).toMatch(pattern);
      }
    });

    it('S05 S06 guides with our exact callback address to copy, and says where groups come from', () => {
      const copied = preset.guide(addresses).flatMap(({ copy = [] }) => copy.map(({ value }) => value));
      expect(copied).toContain('https://jira.example.com/_sso/callback/company');
      expect(preset.advice.groups).toMatch(/group/i);
    });

    it('refuses what is missing, unknown or of the wrong form by its name, and quotes nothing', () => {
      const required = Object.entries(preset.inputs).filter(([, { optional }]) => !optional);
      expect(problems(key, {}).map(({ path }) => path)).toEqual(required.map(([name]) => `inputs.${name}`));
      const wrong = { ...examples(preset, true), other: 's3cr3t', clientId: 's3cr3t\u0000\n' };
      expect(problems(key, wrong).map(({ path }) => path)).toEqual(['inputs.other', 'inputs.clientId']);
      expect(JSON.stringify(problems(key, wrong))).not.toContain('s3cr3t');
    });
  });
});

describe('S09 Cognito', () => {
  it('takes the issuer from the pool, and every endpoint from the domain', () => {
    const { provider, mapping } = drafted('aws-cognito', {
      ...cognito,
      domain: 'acme.auth.eu-central-1.amazoncognito.com',
    });
    expect(provider).toMatchObject({
      issuer: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI',
      endpoints: {
        authorization: 'https://acme.auth.eu-central-1.amazoncognito.com/oauth2/authorize',
        token: 'https://acme.auth.eu-central-1.amazoncognito.com/oauth2/token',
        userinfo: 'https://acme.auth.eu-central-1.amazoncognito.com/oauth2/userInfo',
      },
      jwksUrl: 'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI/.well-known/jwks.json',
      logoutUrl: 'https://acme.auth.eu-central-1.amazoncognito.com/logout?client_id={clientId}&logout_uri={logoutUri}',
    });
    expect(mapping.profile.username).toEqual({ claim: 'cognito:username' });
    expect(mapping.groups.claim).toBe('cognito:groups');
  });

  it("discovers them without a domain, and takes a domain of one's own", () => {
    expect(drafted('aws-cognito', cognito).provider.endpoints).toBeUndefined();
    expect(drafted('aws-cognito', { ...cognito, domain: 'login.example.com' }).provider.endpoints?.token).toBe(
      'https://login.example.com/oauth2/token',
    );
  });

  it.each([
    ['a domain without its pool', { domain: 'acme.auth.eu-central-1.amazoncognito.com', clientId: 'abc' }, 'poolId'],
    ['a pool of another region', { ...cognito, region: 'us-east-1' }, 'region'],
    ['a domain of another region', { ...cognito, domain: 'acme.auth.us-east-1.amazoncognito.com' }, 'domain'],
    ['a domain with a path', { ...cognito, domain: 'https://acme.example/login' }, 'domain'],
  ])('refuses %s', (_, inputs, name) => {
    expect(problems('aws-cognito', inputs).map(({ path }) => path)).toEqual([`inputs.${name}`]);
  });
});

describe('presets know the quirks of their providers', () => {
  it('Entra ID pins the tenant', () => {
    const tenantId = '11111111-2222-3333-4444-555555555555';
    expect(drafted('entra-id', { tenantId, clientId: 'c' }).provider).toMatchObject({
      issuer: `https://login.microsoftonline.com/${tenantId}/v2.0`,
      requiredClaims: { tid: [tenantId] },
    });
    expect(problems('entra-id', { tenantId: 'common', clientId: 'c' })).toHaveLength(1);
  });

  it('Okta cuts at 100, and only its org server knows the scope groups', () => {
    const org = drafted('okta', { domain: 'a.okta.com', clientId: 'c' });
    const own = drafted('okta', { domain: 'a.okta.com', authorizationServer: 'default', clientId: 'c' });
    expect(org.mapping.groups.cutAt).toBe(100);
    expect([org.provider.issuer, org.provider.scopes.includes('groups')]).toEqual(['https://a.okta.com', true]);
    expect([own.provider.issuer, own.provider.scopes.includes('groups')]).toEqual([
      'https://a.okta.com/oauth2/default',
      false,
    ]);
  });

  it('Google and Slack are pinned by a claim, not only by a parameter', () => {
    expect(drafted('google', { hostedDomain: 'example.com', clientId: 'c' }).provider.requiredClaims).toEqual({
      hd: ['example.com'],
    });
    expect(drafted('slack', { teamId: 'T0123ABCD', clientId: 'c' }).provider.requiredClaims).toEqual({
      'https://slack.com/team_id': ['T0123ABCD'],
    });
  });

  it('issuers have a slash at the end where tokens have it', () => {
    expect(drafted('auth0', { domain: 'a.eu.auth0.com', clientId: 'c' }).provider.issuer).toBe(
      'https://a.eu.auth0.com/',
    );
    expect(drafted('keycloak', { baseUrl: 'https://k.example', realm: 'r', clientId: 'c' }).provider.issuer).toBe(
      'https://k.example/realms/r',
    );
  });

  it('AD FS and Apple post their answers', () => {
    expect(drafted('ad-fs', { host: 'sts.example.com', clientId: 'c' }).provider).toMatchObject({
      responseMode: 'form_post',
      userinfo: 'off',
      scopes: expect.arrayContaining(['allatclaims']),
    });
    expect(drafted('apple', { teamId: 'A1B2C3D4E5', keyId: 'F6G7H8I9J0', clientId: 'c' }).provider).toMatchObject({
      clientAuthentication: 'apple',
      responseMode: 'form_post',
      emailVerifiedAsText: true,
    });
  });

  it('GitHub is OAuth 2.0 alone and keyed by its number', () => {
    expect(drafted('github', { clientId: 'c' })).toMatchObject({
      provider: { protocol: 'oauth2', subjectClaim: 'id', endpoints: { emails: 'https://api.github.com/user/emails' } },
      mapping: { allowUserCreation: false },
    });
    expect(drafted('github', { host: 'git.example.com', clientId: 'c' })).toMatchObject({
      provider: { endpoints: { userinfo: 'https://git.example.com/api/v3/user' } },
      mapping: { allowUserCreation: true },
    });
  });

  it('nobody who just has an account somewhere public is given one in Jira', () => {
    const publicOnes = {
      github: {},
      gitlab: { host: 'gitlab.com' },
      discord: {},
      apple: { teamId: 'A1B2C3D4E5', keyId: 'F6G7H8I9J0' },
    };
    for (const [key, inputs] of Object.entries(publicOnes))
      expect([key, drafted(key, { ...inputs, clientId: 'c' }).mapping.allowUserCreation]).toEqual([key, false]);
  });
});

describe('S11 presets take what people have at hand', () => {
  const keycloakRealm = 'https://k.example/auth/realms/Company';
  const tenant = '11111111-2222-3333-4444-55555555abcd';
  const wellKnown = '/.well-known/openid-configuration';

  it.each<[string, Record<string, string>, string]>([
    ['keycloak', { baseUrl: 'https://k.example/', realm: 'r' }, 'https://k.example/realms/r'],
    ['keycloak', { baseUrl: 'HTTPS://K.Example//', realm: 'R' }, 'https://k.example/realms/R'],
    ['keycloak', { baseUrl: `${keycloakRealm}/`, realm: 'Company' }, keycloakRealm],
    ['keycloak', { baseUrl: keycloakRealm }, keycloakRealm],
    ['keycloak', { baseUrl: `${keycloakRealm}${wellKnown}` }, keycloakRealm],
    ['ping', { issuer: `https://auth.pingone.eu/1/as${wellKnown}` }, 'https://auth.pingone.eu/1/as'],
    ['ping', { issuer: 'https://sso.example.com/' }, 'https://sso.example.com'],
    ['custom', { issuer: `https://idp.example/pool${wellKnown}` }, 'https://idp.example/pool'],
    ['custom', { issuer: 'https://idp.example/' }, 'https://idp.example/'],
    ['okta', { domain: 'https://Example-admin.okta.com/' }, 'https://example.okta.com'],
    ['okta', { domain: `https://a.okta.com/oauth2/default${wellKnown}` }, 'https://a.okta.com/oauth2/default'],
    ['auth0', { domain: 'https://a.eu.auth0.com/' }, 'https://a.eu.auth0.com/'],
    ['ad-fs', { host: `https://sts.example.com/adfs${wellKnown}` }, 'https://sts.example.com/adfs'],
    ['gitlab', { host: `https://gitlab.example.com${wellKnown}` }, 'https://gitlab.example.com'],
    ['salesforce', { host: 'https://a.my.salesforce.com/' }, 'https://a.my.salesforce.com'],
    ['onelogin', { subdomain: 'https://acme.onelogin.com/oidc/2' }, 'https://acme.onelogin.com/oidc/2'],
    ['entra-id', { tenantId: tenant.toUpperCase() }, `https://login.microsoftonline.com/${tenant}/v2.0`],
    [
      'entra-id',
      { tenantId: `https://login.microsoftonline.com/${tenant}/v2.0${wellKnown}` },
      `https://login.microsoftonline.com/${tenant}/v2.0`,
    ],
    [
      'aws-cognito',
      { poolId: `https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_A1${wellKnown}` },
      'https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_A1',
    ],
  ])('%s %o', (key, inputs, issuer) => {
    expect(drafted(key, { ...inputs, clientId: 'c' }).provider.issuer).toBe(issuer);
  });

  it('github and the domains of Cognito and Google may be addresses too', () => {
    expect(drafted('github', { host: 'https://git.example.com/', clientId: 'c' }).provider.endpoints?.userinfo).toBe(
      'https://git.example.com/api/v3/user',
    );
    const domain = 'https://login.example.com/';
    expect(drafted('aws-cognito', { ...cognito, domain }).provider.endpoints?.token).toBe(
      'https://login.example.com/oauth2/token',
    );
    expect(drafted('google', { hostedDomain: '@Example.com', clientId: 'c' }).provider.requiredClaims).toEqual({
      hd: ['example.com'],
    });
  });

  it.each<[string, Record<string, string>, string]>([
    ['keycloak', { baseUrl: keycloakRealm, realm: 'other' }, 'realm'],
    ['keycloak', { baseUrl: 'https://k.example/' }, 'realm'],
    ['okta', { domain: 'https://a.okta.com/oauth2/default', authorizationServer: 'other' }, 'domain'],
    ['gitlab', { host: 'https://gitlab.example.com/group' }, 'host'],
    ['gitlab', { host: 'https://user@gitlab.example.com' }, 'host'],
    ['ping', { issuer: 'https://sso.example.com/?a=b' }, 'issuer'],
  ])('%s guesses nothing: %o', (key, inputs, input) => {
    expect(problems(key, { ...inputs, clientId: 'c' }).map(({ path }) => path)).toEqual([`inputs.${input}`]);
  });
});
