import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import * as oidc from 'openid-client';
import { client, partner, redirectUri, TestIdp, Visitor } from './idp.fixture.js';
import type { IdpClient } from './index.js';

/** An independent relying party: what the library accepts with every check on is a sign-in as the specifications mean it. */
async function relyingParty(idp: TestIdp, { clientId, clientSecret }: IdpClient, authentication: oidc.ClientAuth) {
  const configuration = await oidc.discovery(new URL(idp.issuer), clientId, clientSecret, authentication, {
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to be noticed; the sandbox has no TLS
    execute: [oidc.allowInsecureRequests, oidc.enableNonRepudiationChecks],
  });
  return configuration;
}

describe('openid-client as the relying party', () => {
  let idp: TestIdp;

  beforeAll(async () => {
    idp = await TestIdp.start();
  });
  afterAll(() => idp.close());

  it.each([
    ['client_secret_post', oidc.ClientSecretPost(client.clientSecret)],
    ['client_secret_basic', oidc.ClientSecretBasic(client.clientSecret)],
  ])('signs in with code, PKCE, state, nonce, signature check and %s', async (_, authentication) => {
    const configuration = await relyingParty(idp, client, authentication);
    const tokens = await signIn(configuration, 'zoe', redirectUri);

    const claims = tokens.claims()!;
    expect(claims).toMatchObject({
      iss: idp.issuer,
      aud: client.clientId,
      name: 'Zoë Nuñez-Øster',
      'cognito:groups': ['équipe-données'],
    });
    const userInfo = await oidc.fetchUserInfo(configuration, tokens.access_token, claims.sub);
    expect(userInfo).toMatchObject({ sub: claims.sub, username: 'zoe', email_verified: 'true' });
    const refreshed = await oidc.refreshTokenGrant(configuration, tokens.refresh_token!);
    expect(refreshed.claims()).toMatchObject({ sub: claims.sub, auth_time: claims.auth_time });
  });

  it('gives gina 100 groups at one client and 220 at the other, in ID token and access token', async () => {
    for (const [rp, groups] of [
      [client, 100],
      [partner, 220],
    ] as const) {
      const configuration = await relyingParty(idp, rp, oidc.ClientSecretPost(rp.clientSecret));
      const tokens = await signIn(configuration, 'gina', rp.redirectUris[0]!, 'openid email');
      expect(tokens.claims()?.['cognito:groups']).toHaveLength(groups);
    }
  });

  it('finds no PKCE and no iss parameter advertised, and the endpoints on another site than the issuer', async () => {
    const configuration = await relyingParty(idp, client, oidc.None());
    const metadata = configuration.serverMetadata();

    expect(metadata.supportsPKCE()).toBe(false);
    expect(metadata.authorization_response_iss_parameter_supported).toBeUndefined();
    expect(new URL(metadata.issuer).hostname).toBe('127.0.0.1');
    expect(new URL(metadata.authorization_endpoint!).hostname).toBe('localhost');
    expect(metadata.end_session_endpoint).toBe(`${idp.domain}/logout`);
    expect(metadata.token_endpoint_auth_methods_supported).toEqual(['client_secret_basic', 'client_secret_post']);
    expect(metadata.id_token_signing_alg_values_supported).toEqual(['RS256']);
  });

  async function signIn(
    configuration: oidc.Configuration,
    username: string,
    callback: string,
    scope = 'openid email profile',
  ) {
    const pkceCodeVerifier = oidc.randomPKCECodeVerifier();
    const [expectedState, expectedNonce] = [oidc.randomState(), oidc.randomNonce()];
    const url = oidc.buildAuthorizationUrl(configuration, {
      redirect_uri: callback,
      scope,
      state: expectedState,
      nonce: expectedNonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const answered = await new Visitor().signIn(url, username);
    return oidc.authorizationCodeGrant(configuration, answered, {
      pkceCodeVerifier,
      expectedState,
      expectedNonce,
      idTokenExpected: true,
    });
  }
});
