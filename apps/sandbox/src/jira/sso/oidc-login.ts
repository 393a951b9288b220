import { createHash } from 'node:crypto';
import { jwtVerify } from 'jose';
import type { JWTPayload } from 'jose';
import { z } from 'zod';
import type { Directory } from '../data/directory.js';
import type { IdpRow, UserRow } from '../data/rows.js';
import type { SsoSettings } from '../data/sso-settings.js';
import { LoginFailure } from './login-failure.js';
import { randomToken } from '../server/random-token.js';
import { PendingLogins } from './pending-logins.js';
import type { PendingLogin } from './pending-logins.js';
import { provision } from './provision.js';
import { fetchJson, ProviderDirectory } from './provider-metadata.js';
import type { ProviderMetadata } from './provider-metadata.js';
import { usernameFrom } from './username-template.js';

/** The redirect URI of the SSO app, below the base URL. */
export const callbackPath = '/plugins/servlet/oidc/callback';

const clockToleranceSeconds = 30;

export interface StartedLogin {
  readonly browser: string;
  readonly destination: string;
  readonly loginHint?: string | undefined;
}

export interface Callback {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
  readonly browser: string | undefined;
}

export interface CompletedLogin {
  readonly user: UserRow;
  readonly idp: IdpRow;
  readonly destination: string;
}

const TokenResponse = z.object({ id_token: z.string(), token_type: z.string() });

/**
 * The SSO app as an OpenID Connect client: authorization code flow, OpenID Connect Core 3.1. It reads the ID token
 * only and never asks userinfo; it provisions nobody unless told to.
 */
export class OidcLogin {
  private readonly providers = new ProviderDirectory();
  private readonly pending = new PendingLogins();

  constructor(
    private readonly directory: Directory,
    private readonly sso: SsoSettings,
    private readonly options: {
      redirectUri: () => string;
      pkce: boolean;
      /** Whether a login makes and rewrites the user. */
      provisions: () => boolean;
      closing: AbortSignal;
    },
  ) {}

  /** The address at the provider to send the browser to. */
  async start(idp: IdpRow, { browser, destination, loginHint }: StartedLogin): Promise<string> {
    const metadata = await this.providers.of(idp, this.options.closing);
    const nonce = randomToken();
    const codeVerifier = this.options.pkce ? randomToken() + randomToken() : undefined;
    const state = this.pending.begin(browser, { idpId: idp.id, nonce, destination, codeVerifier });
    const address = new URL(metadata.authorization_endpoint);
    const parameters = {
      response_type: 'code',
      client_id: idp['client-id'],
      redirect_uri: this.options.redirectUri(),
      scope: [...new Set(['openid', ...idp['additional-scopes']])].join(' '),
      state,
      nonce,
      ...(loginHint ? { login_hint: loginHint } : {}),
      ...(codeVerifier ? { code_challenge: challengeOf(codeVerifier), code_challenge_method: 'S256' } : {}),
    };
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    return address.href;
  }

  async complete(callback: Callback): Promise<CompletedLogin> {
    const pending = callback.state === undefined ? undefined : this.pending.take(callback.state, callback.browser);
    if (!pending)
      throw new LoginFailure(400, 'The login was started in another browser, too long ago, or already used.');
    if (callback.error !== undefined) throw new LoginFailure(403, 'The identity provider refused the login.');
    if (!callback.code) throw new LoginFailure(400, 'The identity provider sent no authorization code.');
    const idp = this.sso.idp(String(pending.idpId));
    if (!idp?.enabled) throw new LoginFailure(400, 'This identity provider is not enabled any more.');
    const metadata = await this.providers.of(idp, this.options.closing);
    const idToken = await this.redeem(callback.code, pending, idp, metadata);
    const claims = await verify(idToken, pending, idp, metadata);
    return { user: this.userOf(claims, idp), idp, destination: pending.destination };
  }

  reset(): void {
    this.pending.clear();
    this.providers.clear();
  }

  private async redeem(code: string, pending: PendingLogin, idp: IdpRow, metadata: ProviderMetadata): Promise<string> {
    const form = new URLSearchParams({
      grant_type: 'authorization_code',
      code,
      redirect_uri: this.options.redirectUri(),
    });
    if (pending.codeVerifier) form.set('code_verifier', pending.codeVerifier);
    try {
      const response = await fetchJson(metadata.token_endpoint, {
        method: 'POST',
        headers: {
          authorization: `Basic ${basicCredential(idp)}`,
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
        },
        body: form.toString(),
        signal: this.options.closing,
      });
      return TokenResponse.parse(response).id_token;
    } catch (cause) {
      throw new LoginFailure(502, 'The identity provider did not accept the authorization code.', { cause });
    }
  }

  private userOf(claims: JWTPayload, idp: IdpRow): UserRow {
    const username = usernameFrom(idp['username-claim'], claims);
    if (username.kind === 'missing') {
      throw new LoginFailure(403, `The claim ${username.claim} is missing in the ID token.`);
    }
    const user = this.options.provisions()
      ? provision(username.name, claims, this.directory)
      : this.directory.byName(username.name);
    if (!user)
      throw new LoginFailure(403, `Received SSO request for user ${username.name}, but the user does not exist`);
    if (!user.active)
      throw new LoginFailure(403, `Received SSO request for user ${username.name}, but the user is not active`);
    return user;
  }
}

/** OpenID Connect Core 3.1.3.7. */
async function verify(
  idToken: string,
  pending: PendingLogin,
  idp: IdpRow,
  metadata: ProviderMetadata,
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(idToken, metadata.keys, {
      issuer: metadata.issuer,
      audience: idp['client-id'],
      // The default of id_token_signed_response_alg; never `none`, never a symmetric one.
      algorithms: ['RS256'],
      clockTolerance: clockToleranceSeconds,
      requiredClaims: ['sub', 'iat', 'exp', 'nonce'],
    });
    if (payload['nonce'] !== pending.nonce) throw new Error('the nonce is another one');
    if (!payload.sub) throw new Error('the subject is empty');
    const isForSeveral = Array.isArray(payload.aud) && payload.aud.length > 1;
    const azp = payload['azp'];
    if ((isForSeveral || azp !== undefined) && azp !== idp['client-id']) throw new Error('azp is another client');
    return payload;
  } catch (cause) {
    throw new LoginFailure(403, 'The ID token of the identity provider is not valid.', { cause });
  }
}

/** RFC 6749 section 2.3.1: both halves are form-encoded before they are joined. */
function basicCredential(idp: IdpRow): string {
  const encode = (value: string) => new URLSearchParams({ v: value }).toString().slice(2);
  return Buffer.from(`${encode(idp['client-id'])}:${encode(idp['client-secret'])}`).toString('base64');
}

/** RFC 7636 section 4.2. */
function challengeOf(verifier: string): string {
  return createHash('sha256').update(verifier).digest('base64url');
}
