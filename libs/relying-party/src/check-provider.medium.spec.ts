import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { certificateOf } from '../test/certificate.js';
import { FakeProvider, json, rsaKey } from '../test/fake-provider.js';
import { checkProvider } from './check-provider.js';
import type { ProviderCheck } from './check-provider.js';

const noSecrets = { clientSecret: 'secret', clientKey: undefined };

describe('what can be found out about a provider without signing in', () => {
  let fake: FakeProvider;
  beforeEach(async () => {
    fake = await FakeProvider.start();
  });
  afterEach(() => fake.close());

  const checks = (
    members: Record<string, unknown> = {},
    secrets: Parameters<typeof checkProvider>[1] = noSecrets,
    production = false,
  ) => checkProvider(fake.config(members), secrets, { production });
  const linesOf = (lines: readonly ProviderCheck[], check: ProviderCheck['check']) =>
    lines.filter((line) => line.check === check);

  it('S17 of one that is as it should be: a line for each check', async () => {
    const lines = await checks();
    expect(lines.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(linesOf(lines, 'discovery')).toMatchObject([{ outcome: 'ok' }]);
    expect(linesOf(lines, 'issuer')).toMatchObject([{ outcome: 'ok' }]);
    expect(linesOf(lines, 'keys')).toMatchObject([{ outcome: 'ok', text: '1 key is published, for RS256.' }]);
    expect(linesOf(lines, 'clock')).toMatchObject([{ outcome: 'ok' }]);
    expect(linesOf(lines, 'tls')).toMatchObject([
      { outcome: 'warning', text: expect.stringContaining('without encryption') },
    ]);
    expect(linesOf(lines, 'endpoints')).toMatchObject([{ outcome: 'ok' }]);
  });

  it('S17 says exactly how the issuer differs, and what to write instead', async () => {
    fake.metadata = { issuer: `${fake.issuer}/` };
    expect(linesOf(await checks(), 'issuer')).toEqual([
      {
        check: 'issuer',
        outcome: 'failed',
        text: 'The issuer in the discovery document is not the configured one: it has a slash at the end.',
        fix: `If this is your provider, set issuer to ${fake.issuer}/ exactly.`,
      },
    ]);
    fake.metadata = { issuer: '<script>alert(1)</script>' };
    const [line] = linesOf(await checks(), 'issuer');
    expect(JSON.stringify(line)).not.toContain('script');
  });

  it.each([
    { what: 'a server error', status: 500, body: '', text: /status 500/ },
    { what: 'HTML', status: 200, body: '<html>', text: /not a JSON object/ },
  ])('S17 discovery answered by $what', async ({ status, body, text }) => {
    fake.otherwise.set('/.well-known/openid-configuration', (_request, response) =>
      response.writeHead(status).end(body),
    );
    const lines = await checks();
    expect(linesOf(lines, 'discovery')).toMatchObject([{ outcome: 'failed', text: expect.stringMatching(text) }]);
    expect(linesOf(lines, 'discovery')[0]!.fix).toBeDefined();
  });

  it('S17 keys that are not there, or for other signatures than are accepted', async () => {
    expect(linesOf(await checks({ algorithms: ['ES256'] }), 'keys')).toMatchObject([
      { outcome: 'failed', text: expect.stringContaining('accepted: ES256') },
    ]);
    fake.otherwise.set('/jwks', (_request, response) => json(response, { keys: [] }));
    expect(linesOf(await checks(), 'keys')).toMatchObject([
      { outcome: 'failed', text: expect.stringContaining('no set of keys') },
    ]);
  });

  it('S16 pasted certificates with their ends', async () => {
    const publicKey = certificateOf(rsaKey(), -3) + certificateOf(rsaKey(), 5) + certificateOf(rsaKey(), 90);
    const lines = linesOf(await checks({ publicKey }), 'keys');
    expect(lines.map(({ outcome }) => outcome)).toEqual(['failed', 'warning', 'ok']);
    expect(lines[0]!.text).toMatch(/expired on \d{4}-\d\d-\d\d/);
    expect(lines[1]!.text).toMatch(/\([45] days\)/);
    expect(fake.asked('/jwks')).toEqual([]);
  });

  it.each([
    { aheadSeconds: 30, outcome: 'warning', text: /The provider's clock is ahead of this server's by (29|30|31) s/ },
    {
      aheadSeconds: -120,
      outcome: 'failed',
      text: /This server's clock is ahead of the provider's by (119|120|121) s/,
    },
  ])('P09 measures how far the clocks differ ($aheadSeconds s)', async ({ aheadSeconds, outcome, text }) => {
    fake.otherwise.set('/.well-known/openid-configuration', (_request, response) => {
      response.setHeader('date', new Date(Date.now() + aheadSeconds * 1_000).toUTCString());
      json(response, { ...fake.discovered });
    });
    expect(linesOf(await checks(), 'clock')).toMatchObject([{ outcome, text: expect.stringMatching(text) }]);
  });

  it('O29 shows endpoints on other hosts than the issuer', async () => {
    fake.metadata = { token_endpoint: fake.issuer.replace('127.0.0.1', 'localhost') + '/token' };
    const [line] = linesOf(await checks(), 'endpoints');
    expect(line!.text).toMatch(/^On other hosts than the issuer's: token endpoint \(localhost:\d+\)\.$/);
  });

  it('O77 nothing inside the network is asked, however the draft names it', async () => {
    const lines = await checkProvider(fake.config(), noSecrets, { production: true });
    expect(linesOf(lines, 'discovery')).toMatchObject([
      { outcome: 'failed', text: expect.stringContaining('not https') },
    ]);
    const endpoints = {
      authorization: 'https://10.0.0.1/a',
      token: 'https://169.254.169.254/t',
      userinfo: fake.issuer,
    };
    const members = { issuer: 'https://idp.example', endpoints, jwksUrl: `${fake.issuer}/jwks` };
    const startedAt = performance.now();
    const asked = await checks(members);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
    for (const check of ['keys', 'tls', 'endpoints'] as const)
      expect(linesOf(asked, check).map(({ outcome }) => outcome)).toContain('failed');
    expect(fake.requests).toEqual([]);
  });

  it('S17 a certificate that nobody vouches for', async () => {
    const key = rsaKey();
    const pem = key.privateKey.export({ type: 'pkcs8', format: 'pem' });
    const server = createServer({ key: pem, cert: certificateOf(key, 50) });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const issuer = `https://localhost:${(server.address() as AddressInfo).port}`;
    try {
      const lines = await checks({ issuer });
      expect(linesOf(lines, 'discovery')).toMatchObject([
        { outcome: 'failed', text: expect.stringContaining('signed by itself') },
      ]);
      expect(linesOf(lines, 'tls')).toMatchObject([
        { outcome: 'failed', text: expect.stringContaining('signed by itself') },
      ]);
    } finally {
      server.close();
    }
  });

  it.each<{ what: string; supported: unknown; lines: object[] }>([
    { what: 'all of them', supported: ['profile', 'email', 'openid', 'x'], lines: [{ outcome: 'ok' }] },
    {
      what: 'some of them',
      supported: ['openid', 'Email'],
      lines: [{ outcome: 'warning', text: expect.stringMatching(/: email, groups\.$/), fix: expect.any(String) }],
    },
    { what: 'nothing', supported: undefined, lines: [] },
    { what: 'what is no list', supported: 'openid', lines: [] },
  ])('S17 scopes, where the provider lists $what: a warning at most', async ({ what, supported, lines }) => {
    fake.metadata = { scopes_supported: supported };
    const scopes = what === 'some of them' ? ['openid', 'email', 'groups'] : ['openid', 'email', 'profile'];
    const all = await checks({ scopes });
    expect(linesOf(all, 'scopes')).toMatchObject(lines);
    expect(linesOf(all, 'scopes')).toHaveLength(lines.length);
    expect(all.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
  });

  it('S08 a client secret or key that is missing', async () => {
    const nothing = { clientSecret: undefined, clientKey: undefined };
    expect(linesOf(await checks({}, nothing), 'keys')).toMatchObject([{ outcome: 'ok' }, { outcome: 'warning' }]);
    const jwt = await checks({ clientAuthentication: 'private_key_jwt' }, { ...nothing, clientKey: 'MII-secret' });
    expect(linesOf(jwt, 'keys')).toMatchObject([{ outcome: 'ok' }, { outcome: 'failed' }]);
    expect(JSON.stringify(jwt)).not.toContain('MII');
  });
});
