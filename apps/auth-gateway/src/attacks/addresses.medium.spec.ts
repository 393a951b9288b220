import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';
import net from 'node:net';
import { text } from 'node:stream/consumers';
import tls from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser } from '@gatehouse/testing';
import { AttackedGateway } from '../testing/attacked-gateway.fixture.js';
import { redirectTo } from '../testing/http-answers.fixture.js';
import { expectArrived, expectErrorPage, tracesOf } from '../testing/refusal.fixture.js';

/** O39: each would leave our site in some browser, or look to a careless check as if it did not. */
const elsewhere = [
  ...['//evil.example', '/\\evil.example', '\\\\evil.example', 'https:evil.example', 'https:/evil.example'],
  ...['/%09/evil.example', '/\t/evil.example', '/%2f%2fevil.example', '/%5cevil.example', '///evil.example'],
  ...['http://localhost@evil.example', 'http://localhost.evil.example', 'http://localhost:1@evil.example/'],
  ...['javascript:alert(1)', 'JaVaScRiPt:alert(1)', 'data:text/html,<script>alert(1)</script>', 'vbscript:x'],
  ...['/x\r\nLocation: https://evil.example', '/x\u0000.evil.example', '\u0000//evil.example', ' //evil.example'],
  ...['/\u2044/evil.example', '\uff0f\uff0fevil.example', 'https://evil\u3002example', 'https://\u0435vil.example'],
  ...['http://localhost:9/evil', '/#//evil.example', '/?x=//evil.example#@evil.example', '/..//evil.example'],
  ...['/.\u2044evil.example', 'http:\\\\evil.example', '//evil.example\\@localhost', 'blob:https://evil.example/x'],
];

/** Names under which software takes an address to return to; ours takes none. */
const parameters = [
  ...['returnTo', 'return_to', 'returnUrl', 'return', 'redirect', 'redirect_to', 'redirectUrl', 'next', 'continue'],
  ...['url', 'uri', 'target', 'target_link_uri', 'destination', 'os_destination', 'service', 'rd', 'goto', 'back'],
  ...['RelayState', 'post_logout_redirect_uri', 'logout_uri', 'callback', 'from', 'origin'],
];

const withAll = (address: string) =>
  new URLSearchParams(Object.fromEntries(parameters.map((name) => [name, address]))).toString();

describe('addresses', () => {
  let attacked: AttackedGateway;
  const base = () => attacked.gateway.publicUrl;

  beforeAll(async () => {
    attacked = await AttackedGateway.start();
    await attacked.introduce('ada');
  });
  afterEach(() => attacked.idp().behave());
  afterAll(() => attacked.stop());

  describe('O39 O41 an address to return to', () => {
    it.each(elsewhere)('%j leads nowhere, from no page and under no name', async (address) => {
      const { browser, callback } = await attacked.attempt();
      const query = withAll(address);
      const places: [method: string, url: string][] = [
        ['GET', `${base()}/logout?${query}`],
        ['GET', `${base()}/logged-out?${query}`],
        ['GET', `${base()}/login/none?${query}`],
        ['GET', `${callback.href}&${query}`],
        ['GET', `${base()}/oidc/auth?client_id=jira&response_type=code&scope=openid&${query}`],
        ['GET', `${base()}/nothing?${query}`],
        ['POST', `${base()}/logout?${query}`],
      ];

      for (const [method, url] of places) {
        const body = method === 'POST' ? new URLSearchParams(query) : null;
        const sameOrigin = { origin: new URL(base()).origin, 'sec-fetch-site': 'same-origin' };
        const response = await browser.request(new URL(url), { method, body, headers: sameOrigin });
        expect(foreign(response.headers.get('location'))).toBeUndefined();
        expect(await response.text()).not.toMatch(/evil|alert\(1\)/);
      }
    });

    it.each(elsewhere)('%j is not where the OP answers', async (address) => {
      const query = new URLSearchParams({ client_id: 'jira', response_type: 'code', scope: 'openid' });
      query.set('redirect_uri', address);
      const page = await new HttpBrowser().get(`${base()}/oidc/auth?${query.toString()}`);
      expectErrorPage(page, 'login.request_refused');
    });

    it.each(['/', '/../evil', '?x=1', '#x', '//', '%2f..', ':9'])(
      'the registered address with %j more is not where the OP answers',
      async (more) => {
        const query = new URLSearchParams({ client_id: 'jira', response_type: 'code', scope: 'openid' });
        query.set('redirect_uri', `${attacked.gateway.jira.origin}/plugins/servlet/oidc/callback${more}`);
        const page = await new HttpBrowser().get(`${base()}/oidc/auth?${query.toString()}`);
        expectErrorPage(page, 'login.request_refused');
      },
    );

    it('O40 the one that Jira asked with is kept on our side, and reached whatever stands in the answer', async () => {
      const browser = new HttpBrowser();
      const callback = await attacked.upToCallback(browser);
      expectArrived(attacked, await browser.get(`${callback.href}&${withAll('https://evil.example')}`));
    });
  });

  describe('O42 who we are does not depend on what a request says', () => {
    const forged = {
      host: 'evil.example',
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-port': '444',
      'x-forwarded-prefix': '/evil',
      'x-forwarded-server': 'evil.example',
      'x-forwarded-for': '203.0.113.7',
      forwarded: 'for=203.0.113.7;host=evil.example;proto=https',
      'x-original-host': 'evil.example',
      'x-original-url': '/evil',
      'x-rewrite-url': '/evil',
      'x-http-method-override': 'DELETE',
      accept: 'text/html',
    };

    it('the issuer and every endpoint of discovery', async () => {
      const path = '/oidc/.well-known/openid-configuration';
      const plainly = await send(attacked, path, { host: 'localhost' });
      const answer = await send(attacked, path, forged);

      expect(answer.status).toBe(200);
      expect(answer.body).toBe(plainly.body);
      expect(JSON.parse(answer.body)).toMatchObject({ issuer: `${base()}/oidc` });
    });

    it('the address a provider is told to answer at, and the one for choosing', async () => {
      const { origin } = attacked.gateway.jira;
      const query = new URLSearchParams({
        ...{ client_id: 'jira', response_type: 'code', scope: 'openid', state: 's' },
        redirect_uri: `${origin}/plugins/servlet/oidc/callback`,
      });
      const answer = await send(attacked, `/oidc/auth?${query.toString()}`, forged);
      const location = new URL(answer.headers.location!);

      expect(location.origin).toBe(attacked.idp().issuer);
      expect(location.searchParams.get('redirect_uri')).toBe(`${base()}/callback/company`);
      expect(JSON.stringify(answer.headers)).not.toContain('evil');
    });

    it.each(['/logout', '/logged-out', '/login/none', '/callback/company?code=x', '/nothing', '/oidc/nothing'])(
      'the page %s, its links and its cookies',
      async (path) => {
        const answer = await send(attacked, path, forged);
        expect(JSON.stringify(answer.headers) + answer.body).not.toContain('evil');
        expect(answer.headers['set-cookie']?.join() ?? '').not.toMatch(/secure/i);
      },
    );

    it('a request whose target names another host', async () => {
      const answer = await send(attacked, undefined, { host: 'evil.example' }, `http://evil.example/_sso/logged-out`);
      expect(answer.headers.location ?? '').not.toContain('evil');
      expect(answer.body).not.toContain('evil');
    });

    it('O73 Jira is told who asks by us alone: no identity and no address that a client made up', async () => {
      const identities = {
        'x-forwarded-user': 'admin',
        'remote-user': 'admin',
        remote_user: 'admin',
        'x-auth-request-email': 'admin@example.com',
        'x-amzn-oidc-data': 'x',
        'cf-access-authenticated-user-email': 'admin@example.com',
      };
      const { port } = attacked.gateway;
      await send(
        attacked,
        undefined,
        { ...forged, ...identities, cookie: 'JSESSIONID=1; gatehouse_session=x' },
        '/browse/A-1',
      );

      const seen = attacked.gateway.jira.lastHeaders;
      expect(seen).toMatchObject({ host: `localhost:${port}`, cookie: 'JSESSIONID=1', 'x-forwarded-for': '127.0.0.1' });
      expect(JSON.stringify(seen)).not.toMatch(/evil|admin|203\.0\.113|gatehouse/);
    });
  });

  describe('O77 what a provider names is not called when it is on a network of ours', () => {
    const attempted: string[] = [];
    const { connect } = net;
    const secure = tls.connect;

    beforeAll(() => {
      // Seen at the last step before the network, so that an address that nobody answers at counts too.
      net.connect = noting(connect);
      tls.connect = noting(secure);
    });
    afterAll(() => {
      net.connect = connect;
      tls.connect = secure;
    });

    const members = ['jwks_uri', 'token_endpoint', 'userinfo_endpoint'];
    const hosts = [
      ...[
        '169.254.169.254',
        '10.0.0.1',
        '172.16.0.1',
        '192.168.0.1',
        '100.64.0.1',
        '0.0.0.0',
        '2852039166',
        '0xa9fea9fe',
      ],
      ...['[fd00:ec2::254]', '[fe80::1]', '[::ffff:169.254.169.254]', '[::ffff:10.0.0.1]', '[64:ff9b::a00:1]'],
    ];

    it.each(members.flatMap((member) => hosts.map((host) => ({ member, host }))))(
      '$member at $host',
      async ({ member, host }) => {
        const idp = await attacked.replaceIdp();
        const before = await tracesOf(attacked);
        for (const scheme of ['http', 'https']) {
          idp.metadata = { [member]: `${scheme}://${host}/latest/meta-data` };
          await attacked.configure({ company: { userinfo: 'required' } });
          attempted.length = 0;

          await attacked.attempt().catch(() => undefined);

          expect(attempted.filter((address) => !/^(127\.0\.0\.1|localhost)$/.test(address))).toEqual([]);
        }
        expect(await tracesOf(attacked)).toEqual(before);
      },
    );

    it.each(['jwks', 'discovery', 'token'] as const)(
      'a redirect of %s is not followed, wherever it leads',
      async (place) => {
        const idp = await attacked.replaceIdp();
        idp.outage[place] = redirectTo('http://127.0.0.2:9/', 302);
        const before = await tracesOf(attacked);
        attempted.length = 0;

        await attacked.attempt().catch(() => undefined);

        expect(attempted).not.toContain('127.0.0.2');
        expect(await tracesOf(attacked)).toEqual(before);
      },
    );

    function noting<Connect extends (...given: never[]) => unknown>(real: Connect): Connect {
      return ((...given: Parameters<Connect>) => {
        const [options] = given as unknown[];
        if (typeof options === 'object' && options !== null && 'host' in options) attempted.push(String(options.host));
        return real(...given);
      }) as Connect;
    }

    it('a redirect of userinfo is not followed', async () => {
      await attacked.replaceIdp();
      attempted.length = 0;
      await attacked.attempt({ userinfo: redirectTo('http://127.0.0.2:9/', 302) });
      expect(attempted).not.toContain('127.0.0.2');
    });
  });

  /** Where a location leads that is neither ours nor Jira's. */
  function foreign(location: string | null): string | undefined {
    if (location === null) return undefined;
    const { origin } = new URL(location, base());
    const known = [new URL(base()).origin, attacked.gateway.jira.origin, attacked.idp().issuer];
    return known.includes(origin) ? undefined : location;
  }
});

/** With headers that `fetch` would not send. */
function send(
  { gateway }: AttackedGateway,
  path: string | undefined,
  headers: Record<string, string>,
  target = `${new URL(gateway.publicUrl).pathname}${path}`,
) {
  return new Promise<{ status: number; headers: IncomingHttpHeaders; body: string }>((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: gateway.port, path: target, headers }, (response) => {
      text(response).then((body) => resolve({ status: response.statusCode!, headers: response.headers, body }), reject);
    });
    sent.on('error', reject).end();
  });
}
