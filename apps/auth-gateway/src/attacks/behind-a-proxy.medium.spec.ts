import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Agent, fetch as fetchOfUndici } from 'undici';
import { HttpBrowser } from '@gatehouse/testing';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { expectRefused, newestLogin } from '../testing/refusal.fixture.js';
import { canStartNginx, nginxProxy, nodeProxy } from '../testing/tls-proxy.fixture.js';
import type { TlsProxy } from '../testing/tls-proxy.fixture.js';

const prefix = '/prefix/_sso';

describe('O42 S03 behind a proxy that ends TLS, below a path prefix', () => {
  describe('which passes the Host header on', () => story(() => nodeProxy({ keepsHost: true })));
  describe('which names us by another Host', () => story(() => nodeProxy({ keepsHost: false })));
  (canStartNginx('the test behind nginx') ? describe : describe.skip)('which is nginx', () => story(nginxProxy));
});

function story(startProxy: () => Promise<TlsProxy>): void {
  let proxy: TlsProxy;
  let agent: Agent;
  let attacked: AttackedGateway;

  beforeAll(async () => {
    proxy = await startProxy();
    agent = new Agent({ connect: { ca: proxy.certificate } });
    attacked = await AttackedGateway.start({ publicUrl: () => `https://localhost:${proxy.port}${prefix}` });
    await proxy.passTo(attacked.gateway.port);
    const { jira } = attacked.gateway;
    internalIssuer = jira.op.issuer;
    jira.op = { ...jira.op, issuer: `${attacked.gateway.publicUrl}/oidc` };
    jira.exchanging = false; // The code goes over the internal address, as Jira's would in many networks.
    await attacked.introduce('ada', 'company', newBrowser());
  });
  afterAll(async () => {
    await attacked.stop();
    await agent.close();
    await proxy.close();
  });
  let internalIssuer = '';

  it('a whole sign-in: every address below the prefix, every cookie bound to https, the token of our issuer', async () => {
    const browser = newBrowser();
    const { page } = await attacked.attempt({}, { browser });

    expect(page.body).toBe('kept');
    const ours = browser.history.filter(({ host }) => host === `localhost:${proxy.port}`);
    expect(ours.length).toBeGreaterThan(0);
    for (const { href } of ours) expect(href).toMatch(new RegExp(`^https://localhost:\\d+${prefix}/`));
    expect(browser.cookieNames()).toContain('__Host-gatehouse_session');
    for (const name of browser.cookieNames()) expect(name).toMatch(/^__(Host|Secure)-gatehouse_/);
    expect(await claimsOfNewestCode()).toMatchObject({
      iss: `${attacked.gateway.publicUrl}/oidc`,
      nonce: 'jira-nonce',
    });
    expect(await newestLogin(attacked)).toMatchObject({ outcome: 'accepted' });
  });

  it('a refusal: its page, its style sheet and its links are below the prefix too', async () => {
    const browser = newBrowser();
    const { page } = await expectRefused(attacked, () => attacked.attempt({ idToken: () => 'garbage' }, { browser }));

    const addresses = [...page.body.matchAll(/(?:href|action)="([^"]+)"/g)].map(([, address]) => address!);
    const within = addresses.filter((address) => address.startsWith('/'));
    expect(within.length).toBeGreaterThanOrEqual(2);
    for (const address of within) expect(address.startsWith(`${prefix}/`)).toBe(true);
    const sheet = await browser.get(
      new URL(
        within.find((address) => address.includes('.css'))!,
        page.url,
      ),
    );
    expect(sheet.headers.get('content-type')).toContain('text/css');
  });

  it('what a client claims through it changes nothing', async () => {
    const response = await newBrowser().request(
      new URL(`${attacked.gateway.publicUrl}/oidc/.well-known/openid-configuration`),
      {
        headers: { 'x-forwarded-host': 'evil.example', forwarded: 'host=evil.example', 'x-forwarded-prefix': '/evil' },
      },
    );
    const text = await response.text();
    expect(JSON.parse(text)).toMatchObject({ issuer: `${attacked.gateway.publicUrl}/oidc` });
    expect(text).not.toContain('evil');
  });

  it('S13 signing out, which asks where its request comes from', async () => {
    const browser = newBrowser();
    await attacked.attempt({}, { browser });
    const out = await browser.submit(await browser.get(`${attacked.gateway.publicUrl}/logout`), {});

    expect(out.status).toBe(200);
    expect(browser.cookieNames()).not.toContain('__Host-gatehouse_session');
  });

  function newBrowser(): HttpBrowser {
    return new HttpBrowser(((url: string, init: object) =>
      fetchOfUndici(url, { ...init, dispatcher: agent })) as unknown as typeof fetch);
  }

  async function claimsOfNewestCode(): Promise<Record<string, unknown>> {
    const { jira } = attacked.gateway;
    const { op } = jira;
    jira.op = { ...op, issuer: internalIssuer };
    const { status, body } = await jira.exchange(jira.codes.at(-1)!);
    jira.op = op;
    expect(status).toBe(200);
    const payload = String(body['id_token']).split('.')[1]!;
    return JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, unknown>;
  }
}
