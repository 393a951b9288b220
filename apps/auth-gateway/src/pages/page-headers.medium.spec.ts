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

  function at(path: string): Promise<Page> {
    return new HttpBrowser().get(`${gateway.publicUrl}/${path}`);
  }
});
