import { compactVerify } from 'jose';
import * as oidc from 'openid-client';
import { signatureAlgorithms } from '@gatehouse/contracts';
import type { ProviderConfig } from '@gatehouse/contracts';
import { idTokenProblem } from './check-id-token.js';
import type { LogoutOrder, LogoutTokenRules } from './check-logout-token.js';
import { classifyAnswerError } from './classify-answer-error.js';
import type { AnswerFailure } from './classify-answer-error.js';
import { KeysUnusableError } from './jwks-cache.js';
import type { JwksCache } from './jwks-cache.js';
import { challengeOf } from './login-secret.js';
import type { Derived } from './login-secret.js';
import type { Claims } from './merge-claims.js';
import { askProvider, responseOf } from './provider.client.js';
import { verifyLogoutToken } from './verify-logout-token.js';

const requestMs = 5_000;
const exchangeMs = 8_000;
const userinfoMs = 3_000;
const jwksRequest = { method: 'GET', headers: { accept: 'application/json, application/jwk-set+json' }, body: null };

export interface ConnectionParts {
  readonly metadata: oidc.ServerMetadata;
  readonly provider: ProviderConfig;
  readonly clientSecret: string | undefined;
  readonly redirectUri: string;
  readonly jwks: JwksCache;
  /** Only for an http issuer outside production. */
  readonly allowHttp: boolean;
}

export interface AuthorizationRequest extends Derived {
  readonly state: string;
  /** True: the person must prove again who they are, or be somebody else. */
  readonly reauthenticate: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
}

export interface ExpectedAnswer extends Derived {
  readonly state: string;
  readonly maxAgeSeconds: number | undefined;
}

/** What a provider said about a person, after every check. */
export interface VerifiedAnswer {
  readonly issuer: string;
  readonly subject: string;
  readonly idToken: Claims;
  readonly userinfo: { kind: 'read'; claims: Claims } | { kind: 'none' } | { kind: 'failed'; reason: string };
  /** The provider's own session, by which it may end ours. */
  readonly sid?: string;
  /** The only token that leaves this file: where signing out at the provider needs it as a hint, it is kept sealed. */
  readonly rawIdToken?: string;
}

/** The provider's answer is not to be trusted, or there is none. */
export class AnswerError extends Error {
  constructor(
    readonly failure: AnswerFailure,
    cause?: unknown,
  ) {
    super(failure.reason, { cause });
    this.name = 'AnswerError';
  }
}

/** One provider as one version of the configuration describes it. */
export class ProviderConnection {
  private readonly exchanging: oidc.Configuration;
  /** For the address to send people to, and for userinfo. */
  private readonly plain: oidc.Configuration;

  constructor(private readonly parts: ConnectionParts) {
    this.exchanging = this.configuration(this.clientAuthentication(), requestMs);
    this.plain = this.configuration(oidc.None(), userinfoMs);
    oidc.enableNonRepudiationChecks(this.plain); // A userinfo that is signed is verified.
  }

  /** State, nonce and PKCE with every provider: several accept PKCE without advertising it. */
  authorizationUrl(request: AuthorizationRequest): URL {
    const { provider, redirectUri } = this.parts;
    return oidc.buildAuthorizationUrl(this.plain, {
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: provider.scopes.join(' '),
      state: request.state,
      nonce: request.nonce,
      code_challenge: challengeOf(request.codeVerifier),
      code_challenge_method: 'S256',
      ...(request.reauthenticate ? { prompt: 'login' } : {}),
      ...(request.maxAgeSeconds === undefined ? {} : { max_age: String(request.maxAgeSeconds) }),
      ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
    });
  }

  /**
   * Exchanges the code and verifies everything.
   * @param query the callback's, as it came
   * @throws AnswerError
   */
  async answer(query: string, expected: ExpectedAnswer): Promise<VerifiedAnswer> {
    const deadline = performance.now() + exchangeMs;
    const tokens = await this.exchange(query, expected);
    const claims = tokens.claims();
    if (!claims || tokens.id_token === undefined) throw invalid('there is no ID token');
    await this.verifySignature(tokens.id_token, deadline);
    const problem = idTokenProblem(claims, {
      accessToken: tokens.access_token,
      alg: headerOf(tokens.id_token).alg ?? '',
      nowSeconds: Math.floor(Date.now() / 1000),
    });
    if (problem) throw invalid(problem);
    return {
      issuer: claims.iss,
      subject: claims.sub,
      idToken: { ...claims },
      userinfo: await this.userinfo(tokens.access_token, claims.sub),
      ...providerSessionOf(claims),
      rawIdToken: tokens.id_token,
    };
  }

  /** As discovered or configured; undefined unless a browser may be sent there. */
  get endSessionEndpoint(): string | undefined {
    const url = this.parts.provider.endpoints?.endSession ?? this.parts.metadata.end_session_endpoint;
    return url !== undefined && URL.canParse(url) && this.isTrusted(url) ? url : undefined;
  }

  /**
   * A logout token, by the same keys as everything else this provider signs.
   * @throws AnswerError when none of them made it, or none can be had
   */
  async logoutOrder(
    token: string,
    rules: Pick<LogoutTokenRules, 'dialect' | 'nowSeconds'>,
  ): Promise<LogoutOrder | string> {
    const { clientId, issuer, clockToleranceSeconds: toleranceSeconds } = this.parts.provider;
    return verifyLogoutToken(token, { ...rules, clientId, issuer, toleranceSeconds }, (signed) =>
      this.verifySignature(signed, performance.now() + exchangeMs),
    );
  }

  private async exchange(query: string, expected: ExpectedAnswer) {
    try {
      return await oidc.authorizationCodeGrant(this.exchanging, new URL(this.parts.redirectUri + query), {
        expectedState: expected.state,
        expectedNonce: expected.nonce,
        pkceCodeVerifier: expected.codeVerifier,
        idTokenExpected: true,
        ...(expected.maxAgeSeconds === undefined ? {} : { maxAge: expected.maxAgeSeconds }),
      });
    } catch (error) {
      throw new AnswerError(classifyAnswerError(error), error);
    }
  }

  /** openid-client has compared every claim by now, and looked at no signature: in the code flow it need not (O09). */
  private async verifySignature(idToken: string, deadline: number): Promise<void> {
    const { jwks, metadata } = this.parts;
    try {
      const url = metadata.jwks_uri;
      if (url === undefined || !this.isTrusted(url)) throw new KeysUnusableError();
      const withinMs = Math.min(requestMs, deadline - performance.now());
      const keys = await jwks.get(headerOf(idToken).kid, () => askProvider(url, jwksRequest, withinMs));
      await compactVerify(idToken, keys, { algorithms: [...signatureAlgorithms] });
    } catch (error) {
      throw new AnswerError(classifyAnswerError(error), error);
    }
  }

  /** Whoever can change the keys on their way can sign in as anybody. */
  private isTrusted(url: string): boolean {
    return url.startsWith('https://') || (this.parts.allowHttp && url.startsWith('http://'));
  }

  /** Its failure never reads as "this person has no groups": the caller is told that nothing was read (O52). */
  private async userinfo(accessToken: string, subject: string): Promise<VerifiedAnswer['userinfo']> {
    if (!this.parts.metadata.userinfo_endpoint) return { kind: 'none' };
    try {
      return { kind: 'read', claims: { ...(await oidc.fetchUserInfo(this.plain, accessToken, subject)) } };
    } catch (error) {
      const failure = classifyAnswerError(error);
      // O53: somebody else's claims, not a missing answer.
      if (failure.reason.includes('OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED')) throw new AnswerError(failure, error);
      return { kind: 'failed', reason: failure.reason };
    }
  }

  private configuration(authentication: oidc.ClientAuth, withinMs: number): oidc.Configuration {
    const { metadata, provider, allowHttp } = this.parts;
    const configuration = new oidc.Configuration(metadata, provider.clientId, undefined, authentication);
    configuration.timeout = 0; // None of its own: `askProvider` keeps the time, and leaves no timer behind.
    configuration[oidc.customFetch] = async (url, options) => responseOf(await askProvider(url, options, withinMs));
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out; never in production
    if (allowHttp) oidc.allowInsecureRequests(configuration);
    return configuration;
  }

  private clientAuthentication(): oidc.ClientAuth {
    const { provider, clientSecret } = this.parts;
    if (clientSecret === undefined) return oidc.None();
    switch (provider.clientAuthentication) {
      case 'client_secret_basic':
        return oidc.ClientSecretBasic(clientSecret);
      case 'client_secret_post':
        return oidc.ClientSecretPost(clientSecret);
      case 'client_secret_basic_raw':
      case 'private_key_jwt':
      case 'apple':
      case 'none':
        throw new Error('not built yet');
    }
  }
}

const providerSessionLengthMax = 255;

function providerSessionOf({ sid }: Claims): { sid?: string } {
  const isText = typeof sid === 'string' && sid !== '' && sid.length <= providerSessionLengthMax && !sid.includes('\0');
  return isText ? { sid } : {};
}

function invalid(reason: string): AnswerError {
  return new AnswerError({ code: 'login.answer_invalid', reason });
}

/** Only to choose a key: nothing here is verified yet. */
function headerOf(token: string): { alg?: string; kid?: string } {
  try {
    const header: unknown = JSON.parse(Buffer.from(token.split('.')[0]!, 'base64url').toString());
    if (typeof header !== 'object' || header === null) return {};
    const { alg, kid } = header as Record<string, unknown>;
    return { ...(typeof alg === 'string' ? { alg } : {}), ...(typeof kid === 'string' ? { kid } : {}) };
  } catch {
    return {};
  }
}
