import { describe, expect, it } from '@jest/globals';
import { keepsIdTokenHint, signOutUrl } from './sign-out-url.js';

const provider = {
  clientId: '1example & 23',
  issuer: 'https://idp.example/pool',
  logoutUrl: undefined,
  signOutAtProvider: true,
};
const request = {
  provider,
  endSessionEndpoint: 'https://idp.example/end?tenant=a',
  returnTo: 'https://jira.example/_sso/logged-out',
  state: 'the-state',
  idTokenHint: 'the-hint',
};

describe('signing out at the provider', () => {
  it('S13 fills in a template and encodes what it fills in', () => {
    const logoutUrl = 'https://auth.example/logout?client_id={clientId}&logout_uri={logoutUri}&from={issuer}';

    expect(signOutUrl({ ...request, provider: { ...provider, logoutUrl } })?.href).toBe(
      'https://auth.example/logout?client_id=1example%20%26%2023' +
        '&logout_uri=https%3A%2F%2Fjira.example%2F_sso%2Flogged-out&from=https%3A%2F%2Fidp.example%2Fpool',
    );
  });

  it('S13 asks the standard endpoint as RP-Initiated Logout says, keeping what the address has already', () => {
    const url = signOutUrl(request)!;

    expect(url.origin + url.pathname).toBe('https://idp.example/end');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      tenant: 'a',
      client_id: provider.clientId,
      post_logout_redirect_uri: request.returnTo,
      state: 'the-state',
      id_token_hint: 'the-hint',
    });
    expect(signOutUrl({ ...request, idTokenHint: undefined })!.searchParams.has('id_token_hint')).toBe(false);
  });

  it('S13 leads nowhere where there is no endpoint, or where it is not wanted', () => {
    expect(signOutUrl({ ...request, endSessionEndpoint: undefined })).toBeUndefined();
    expect(signOutUrl({ ...request, provider: { ...provider, signOutAtProvider: false } })).toBeUndefined();
  });

  it('keeps the ID token only where the standard endpoint will want it, and never one that is too long', () => {
    const keeps = (change: object, endpoint: string | undefined = request.endSessionEndpoint, token = 'a.b.c') =>
      keepsIdTokenHint({ ...provider, ...change }, endpoint, token);

    expect(keeps({})).toBe(true);
    expect(keeps({ logoutUrl: 'https://auth.example/logout' })).toBe(false);
    expect(keeps({ signOutAtProvider: false })).toBe(false);
    expect(keepsIdTokenHint(provider, undefined, 'a.b.c')).toBe(false);
    expect(keeps({}, request.endSessionEndpoint, 'x'.repeat(4_097))).toBe(false);
  });
});
