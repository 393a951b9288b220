import type { ProviderConfig } from '@gatehouse/contracts';
import { AnswerError } from './answer-error.js';
import type { AuthorizationRequest } from './authorization-request.js';
import { idTokenProblem } from './check-id-token.js';
import type { LogoutOrder, LogoutTokenRules } from './check-logout-token.js';
import type { ClientSecrets } from './client-authentication.js';
import { CodeExchange } from './code-exchange.js';
import type { ExpectedAnswer } from './code-exchange.js';
import { describeAccessToken } from './describe-access-token.js';
import type { AccessTokenSeen } from './describe-access-token.js';
import type { Sender } from './jwks-cache.js';
import type { Claims } from './merge-claims.js';
import { oauthSubject } from './oauth-subject.js';
import { ProfileClient } from './profile.client.js';
import type { UserinfoOutcome } from './profile.client.js';
import type { ProviderMetadata } from './provider-metadata.js';
import { ProviderTroubleError } from './provider-trouble.js';
import type { Reach } from './reach.js';
import type { SigningKeys } from './signing-keys.js';
import { headerOf } from './token-header.js';
import { verifyLogoutToken } from './verify-logout-token.js';

export interface ConnectionParts {
  readonly metadata: ProviderMetadata;
  readonly provider: ProviderConfig;
  readonly secrets: ClientSecrets;
  readonly redirectUri: string;
  readonly reach: Reach;
  readonly algorithms: readonly string[];
  /** None for a provider that signs nothing (OAuth 2.0), or does not say where they are. */
  readonly keys: SigningKeys | undefined;
}

/** What a provider said about a person, after every check. */
export interface VerifiedAnswer {
  readonly issuer: string;
  readonly subject: string;
  /** No claims where there is no ID token (OAuth 2.0). */
  readonly idToken: Claims;
  readonly userinfo: UserinfoOutcome;
  /** Asked for by tests alone, so that a sign-in does not pay for it. The token stays here. */
  readonly seeAccessToken: () => AccessTokenSeen;
  /** The provider's own session, by which it may end ours. */
  readonly sid?: string;
  /** The only token that leaves this file: where signing out at the provider needs it as a hint, it is kept sealed. */
  readonly rawIdToken?: string;
}

/** One provider as one version of the configuration describes it. */
export class ProviderConnection {
  private readonly codes: CodeExchange;
  private readonly profiles: ProfileClient;

  /** @throws ProviderTroubleError for a private key of ours that cannot sign */
  constructor(private readonly parts: ConnectionParts) {
    this.codes = new CodeExchange(parts);
    this.profiles = new ProfileClient({ ...parts, verifySignature: (token) => this.verifySignature(token) });
  }

  get keys(): SigningKeys | undefined {
    return this.parts.keys;
  }

  /** Its answers are posted by the browser from the provider's site. */
  get postsAnswers(): boolean {
    return this.parts.provider.responseMode === 'form_post';
  }

  /** Where a browser may be sent to end the provider's session. */
  get endSessionEndpoint(): string | undefined {
    const url = this.parts.metadata.end_session_endpoint;
    return url?.startsWith('https:') || this.parts.reach.loopback ? url : undefined;
  }

  authorizationUrl(request: AuthorizationRequest): URL {
    return this.codes.authorizationUrl(request);
  }

  /**
   * Exchanges the code and verifies everything.
   * @param query the callback's, as it came
   * @throws AnswerError
   */
  async answer(query: string, expected: ExpectedAnswer): Promise<VerifiedAnswer> {
    try {
      return this.parts.provider.protocol === 'oidc'
        ? await this.openIdAnswer(query, expected)
        : await this.oauthAnswer(query, expected);
    } catch (error) {
      throw AnswerError.of(error);
    }
  }

  /** @throws AnswerError when none of the provider's keys made this signature, or none can be had */
  async verifySignature(token: string, sender: Sender = 'provider'): Promise<void> {
    const { keys, algorithms } = this.parts;
    try {
      if (!keys) throw new ProviderTroubleError('PROVIDER_KEYS_UNUSABLE', 'the provider publishes no signing keys');
      await keys.verify(token, algorithms, sender);
    } catch (error) {
      throw AnswerError.of(error);
    }
  }

  /**
   * A logout token, by the same keys as everything else this provider signs.
   * @returns the order, or the reason to refuse
   * @throws AnswerError when none of them made it, or none can be had
   */
  async logoutOrder(
    token: string,
    rules: Pick<LogoutTokenRules, 'dialect' | 'nowSeconds'>,
  ): Promise<LogoutOrder | string> {
    const { clientId, issuer, clockToleranceSeconds: toleranceSeconds } = this.parts.provider;
    return verifyLogoutToken(token, { ...rules, clientId, issuer, toleranceSeconds }, (signed) =>
      this.verifySignature(signed, 'anybody'),
    );
  }

  private async openIdAnswer(query: string, expected: ExpectedAnswer): Promise<VerifiedAnswer> {
    const tokens = await this.codes.exchange(query, expected);
    const claims = tokens.claims();
    const rawIdToken = tokens.id_token;
    if (!claims || rawIdToken === undefined) throw AnswerError.invalid('there is no ID token');
    await this.verifySignature(rawIdToken);
    const { clientId, clockToleranceSeconds } = this.parts.provider;
    const problem = idTokenProblem(claims, {
      accessToken: tokens.access_token,
      alg: headerOf(rawIdToken).alg ?? '',
      clientId,
      nowSeconds: Math.floor(Date.now() / 1000),
      toleranceSeconds: clockToleranceSeconds,
    });
    if (problem) throw AnswerError.invalid(problem);
    return {
      issuer: claims.iss,
      subject: claims.sub,
      idToken: { ...claims },
      userinfo: await this.profiles.of(claims.sub, tokens.access_token),
      seeAccessToken: () => describeAccessToken(tokens.access_token),
      ...providerSessionOf(claims),
      rawIdToken,
    };
  }

  private async oauthAnswer(query: string, expected: ExpectedAnswer): Promise<VerifiedAnswer> {
    const { provider } = this.parts;
    // O68: nothing in OAuth 2.0 says when the person proved who they are.
    if (expected.maxAgeSeconds !== undefined) throw AnswerError.invalid('OAuth 2.0 cannot prove a fresh sign-in');
    const { access_token: accessToken } = await this.codes.exchange(query, expected);
    const claims = await this.profiles.needed(accessToken);
    const subject = oauthSubject(claims, provider.subjectClaim);
    if (subject === undefined) throw AnswerError.invalid('the profile does not name the person by a usable id');
    const seeAccessToken = () => describeAccessToken(accessToken);
    return { issuer: provider.issuer, subject, idToken: {}, userinfo: { kind: 'read', claims }, seeAccessToken };
  }
}

const providerSessionLengthMax = 255;

function providerSessionOf({ sid }: Claims): { sid?: string } {
  const isText = typeof sid === 'string' && sid !== '' && sid.length <= providerSessionLengthMax && !sid.includes('\0');
  return isText ? { sid } : {};
}
