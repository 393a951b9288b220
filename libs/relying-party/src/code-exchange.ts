import * as oidc from 'openid-client';
import type { ProviderConfig } from '@gatehouse/contracts';
import type { AuthorizationRequest } from './authorization-request.js';
import { authorizationParameters } from './authorization-request.js';
import { clientAuthentication } from './client-authentication.js';
import type { ClientSecrets } from './client-authentication.js';
import type { Derived } from './login-secret.js';
import type { ProviderMetadata } from './provider-metadata.js';
import { askProvider, responseOf } from './provider.client.js';
import type { Reach } from './reach.js';
import { conformingTokenAnswer } from './token-answer.js';

const withinMs = 2_500;

export interface ExchangeParts {
  readonly metadata: ProviderMetadata;
  readonly provider: ProviderConfig;
  readonly secrets: ClientSecrets;
  readonly redirectUri: string;
  readonly reach: Reach;
  /** Accepted in an ID token's header. */
  readonly algorithms: readonly string[];
}

export interface ExpectedAnswer extends Derived {
  readonly state: string;
  readonly maxAgeSeconds: number | undefined;
}

/**
 * The front half of a sign-in: where the browser is sent, and what the code it brings back is exchanged for.
 * openid-client compares every parameter and claim there; of signatures it looks at none, in the code flow it need not.
 */
export class CodeExchange {
  private readonly configuration: oidc.Configuration;

  /** @throws ProviderTroubleError for a private key of ours that cannot sign */
  constructor(private readonly parts: ExchangeParts) {
    const { metadata, provider, secrets, reach, algorithms } = parts;
    const configuration = new oidc.Configuration(
      { ...metadata, id_token_signing_alg_values_supported: [...algorithms] },
      provider.clientId,
      { [oidc.clockTolerance]: provider.clockToleranceSeconds },
      clientAuthentication(provider, secrets, metadata),
    );
    configuration.timeout = 0; // None of its own: `askProvider` keeps the time, and leaves no timer behind.
    configuration[oidc.customFetch] = async (url, options) => {
      const answer = await askProvider(url, options, withinMs, reach);
      return responseOf(provider.protocol === 'oidc' ? answer : conformingTokenAnswer(answer));
    };
    // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to stand out; what is called is decided by `reach`
    if (reach.loopback) oidc.allowInsecureRequests(configuration);
    this.configuration = configuration;
  }

  authorizationUrl(request: AuthorizationRequest): URL {
    const { provider, redirectUri } = this.parts;
    return oidc.buildAuthorizationUrl(this.configuration, authorizationParameters(provider, redirectUri, request));
  }

  /**
   * @param query the callback's, as it came
   * @throws what `classifyAnswerError` sorts
   */
  async exchange(query: string, expected: ExpectedAnswer) {
    const { provider, redirectUri } = this.parts;
    const hasIdToken = provider.protocol === 'oidc';
    return oidc.authorizationCodeGrant(this.configuration, new URL(redirectUri + query), {
      expectedState: expected.state,
      pkceCodeVerifier: expected.codeVerifier,
      ...(hasIdToken ? { expectedNonce: expected.nonce, idTokenExpected: true } : {}),
      ...(hasIdToken && expected.maxAgeSeconds !== undefined ? { maxAge: expected.maxAgeSeconds } : {}),
    });
  }
}
