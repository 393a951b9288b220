import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpBrowser } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { GatewayFixture } from '../gateway.fixture.js';

describe('every page of ours', () => {
  let gateway: GatewayFixture;
  const code = 'a-code-that-nobody-may-read';

  beforeAll(async () => {
    gateway = await GatewayFixture.start({ providers: ['company', 'partner'] });
  });
  afterAll(() => gateway.stop());

  const pages: Record<string, () => Promise<Page>> = {
    'the choice of a provider': () => gateway.signIn(),
    'a callback that is not ours': () => at(`callback/company?code=${code}&state=${code}`),
    'a callback with an error': () => at(`callback/company?error=${code}&error_description=${code}&state=x`),
    'signing out': () => at('logout'),
    'signed out': () => at('logged-out'),
    'an expired sign-in': () => at('login/nothing'),
    'a refused request of the OP': () => at('oidc/auth?client_id=nobody'),
    'the end-session endpoint': () => at('oidc/session/end'),
    'no page at all': () => at('nothing'),
  };

  it.each(Object.entries(pages))(
    'O46 O47 %s is kept nowhere, tells nobody where it was, and is not framed',
    async (_what, open) => {
      const { headers, body } = await open();

      expect(headers.get('cache-control')).toContain('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
      expect(body).not.toContain(code);
      expect(gateway.logLines.join('')).not.toContain(code);
    },
  );

  it('E14 a page may run the one script it names, and nothing else of this origin', async () => {
    const { headers, body } = await gateway.signIn();
    const [, address] = /<script type="module" src="([^"]+)"/.exec(body)!;
    const policy = headers.get('content-security-policy')!.split('; ');

    expect(policy).toContain(`script-src ${new URL(address!, gateway.publicUrl).href}`);
    expect(policy).toContain("default-src 'none'");
    expect(policy.join()).not.toMatch(/unsafe|nonce|strict-dynamic|script-src[^,]*'self'/);
  });

  it('E14 an answer that is no page may run nothing', async () => {
    const redirect = await fetch(`${gateway.publicUrl}/logout`, {
      method: 'POST',
      redirect: 'manual',
      headers: { origin: new URL(gateway.publicUrl).origin },
    });
    expect(redirect.status).toBe(303);
    expect(redirect.headers.get('content-security-policy')).not.toContain('script-src');
  });

  it('E14 E15 the script is kept for ever under its name, and is for our pages only', async () => {
    const { body } = await gateway.signIn();
    const [, address] = /<script type="module" src="([^"]+)"/.exec(body)!;
    const script = await fetch(new URL(address!, gateway.publicUrl));

    expect(script.status).toBe(200);
    expect(script.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(script.headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
    expect(script.headers.get('x-content-type-options')).toBe('nosniff');
    expect(script.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    const text = await script.text();
    const name = createHash('sha256').update(text).digest('hex').slice(0, 12);
    expect(address).toContain(`sign-in.${name}.js`);
    expect(text).not.toMatch(/fetch\(|XMLHttpRequest|sendBeacon|WebSocket|import\(|eval\(|innerHTML/);
  });

  it('E14 a script of another version is not there, and the answer that says so is not kept', async () => {
    const answer = await fetch(`${gateway.publicUrl}/assets/sign-in.000000000000.js`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('cache-control')).toContain('no-store');
  });

  function at(path: string): Promise<Page> {
    return new HttpBrowser().get(`${gateway.publicUrl}/${path}`);
  }
});
