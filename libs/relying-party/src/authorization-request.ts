import type { ProviderConfig } from '@gatehouse/contracts';
import { challengeOf } from './login-secret.js';
import type { Derived } from './login-secret.js';

export interface AuthorizationRequest extends Derived {
  readonly state: string;
  /** True: the person must prove again who they are, or be somebody else. */
  readonly reauthenticate: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly loginHint: string | undefined;
}

/**
 * State and PKCE with every provider, and a nonce wherever there is an ID token to carry it: several accept PKCE
 * without advertising it (O28). What we ask for ourselves is last, so that nothing configured replaces it.
 */
export function authorizationParameters(
  provider: ProviderConfig,
  redirectUri: string,
  request: AuthorizationRequest,
): Record<string, string> {
  const prompt = request.reauthenticate ? 'login' : provider.prompt; // One value: Entra refuses two.
  return {
    ...provider.authorizationParameters,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: provider.scopes.join(' '),
    state: request.state,
    code_challenge: challengeOf(request.codeVerifier),
    code_challenge_method: 'S256',
    ...(provider.protocol === 'oidc' ? { nonce: request.nonce } : {}),
    ...(provider.responseMode === 'form_post' ? { response_mode: 'form_post' } : {}),
    ...(provider.acrValues.length === 0 ? {} : { acr_values: provider.acrValues.join(' ') }),
    ...(prompt === undefined ? {} : { prompt }),
    ...(request.maxAgeSeconds === undefined ? {} : { max_age: String(request.maxAgeSeconds) }),
    ...(request.loginHint === undefined ? {} : { login_hint: request.loginHint }),
  };
}
