import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { GatewayFixture } from '../gateway.fixture.js';

describe.each([
  {
    scheme: 'http',
    publicUrl: (port: number) => `http://localhost:${port}/_sso`,
    names: { session: 'gatehouse_session', tx: 'gatehouse_tx_', op: 'gatehouse_op_' },
    secure: false,
  },
  {
    scheme: 'https',
    publicUrl: () => 'https://sso.example.test/_sso',
    names: { session: '__Host-gatehouse_session', tx: '__Host-gatehouse_tx_', op: '__Secure-gatehouse_op_' },
    secure: true,
  },
])('O44 cookies with a $scheme PUBLIC_URL', ({ publicUrl, names, secure }) => {
  let gateway: GatewayFixture;
  const jar = new Map<string, string>();
  const seen: { name: string; attributes: string[] }[] = [];

  beforeAll(async () => {
    gateway = await GatewayFixture.start({ publicUrl });
    await signIn();
  });
  afterAll(() => gateway.stop());

  it('are HttpOnly, SameSite=Lax, without Domain, small, and Secure exactly when PUBLIC_URL is https', () => {
    const ours = seen.filter(({ name }) => name.includes('gatehouse_'));
    for (const kind of [names.session, names.tx, `${names.op}session`, `${names.op}interaction`, `${names.op}resume`]) {
      expect(ours.map(({ name }) => name)).toContainEqual(expect.stringContaining(kind));
    }
    for (const { name, attributes } of ours) {
      const lower = attributes.map((attribute) => attribute.toLowerCase());
      expect(lower).toContain('httponly');
      expect(lower).toContain('samesite=lax');
      expect(lower.includes('secure')).toBe(secure);
      expect(lower.some((attribute) => attribute.startsWith('domain'))).toBe(false);
      expect([name, ...attributes].join('; ').length).toBeLessThan(4096);
      expect(name.startsWith('__')).toBe(secure);
      if (name.startsWith('__Host-')) expect(lower).toContain('path=/');
      else if (secure) expect(lower.find((attribute) => attribute.startsWith('path='))).toMatch(/^path=\/_sso\//);
    }
  });

  it('decides nothing from the request', async () => {
    const response = await fetch(`http://127.0.0.1:${gateway.port}/_sso/logout`, {
      method: 'POST',
      headers: { origin: new URL(gateway.publicUrl).origin, 'x-forwarded-proto': secure ? 'http' : 'https' },
      redirect: 'manual',
    });
    const session = response.headers.getSetCookie().find((cookie) => cookie.startsWith(`${names.session}=`));
    expect(session).toBeDefined();
    expect(session!.includes('Secure')).toBe(secure);
  });

  /** A browser of two hosts' cookies in one jar, which reaches an https gateway through a terminating proxy. */
  async function signIn(): Promise<void> {
    const provisioned = gateway.provision('ada');
    let url = new URL(`${gateway.jira.origin}/login`);
    for (let hop = 0; hop < 25; hop += 1) {
      const target = url.origin === new URL(gateway.publicUrl).origin ? `http://127.0.0.1:${gateway.port}` : url.origin;
      const response = await fetch(target + url.pathname + url.search, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
      });
      for (const header of response.headers.getSetCookie()) keep(header);
      const location = response.headers.get('location');
      if (!location) break;
      url = new URL(location, url);
    }
    await provisioned;
    expect(url.pathname).toBe('/plugins/servlet/oidc/callback');
  }

  function keep(header: string): void {
    const [pair, ...attributes] = header.split(';').map((part) => part.trim());
    const name = pair!.slice(0, pair!.indexOf('='));
    const gone = /max-age=0\b|expires=Thu, 01 Jan 1970/i.test(header);
    if (gone) jar.delete(name);
    else {
      jar.set(name, pair!.slice(name.length + 1));
      seen.push({ name, attributes });
    }
  }
});
