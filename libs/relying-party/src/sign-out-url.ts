import type { ProviderConfig } from '@gatehouse/contracts';

type SigningOut = Pick<ProviderConfig, 'clientId' | 'issuer' | 'logoutUrl' | 'signOutAtProvider'>;

/** A longer one makes an address that servers refuse; without it the provider asks the person, no more. */
const hintLengthMax = 4_096;

/**
 * Whether the ID token is worth keeping for signing out: only where the standard's end-session endpoint will be asked.
 * A template has no place for it (Cognito).
 */
export function keepsIdTokenHint(
  { signOutAtProvider, logoutUrl }: SigningOut,
  endSessionEndpoint: string | undefined,
  idToken: string | undefined,
): boolean {
  if (!signOutAtProvider || logoutUrl !== undefined || endSessionEndpoint === undefined) return false;
  return idToken !== undefined && idToken.length <= hintLengthMax;
}

export interface SignOutRequest {
  readonly provider: SigningOut;
  /** As discovered or configured, and fit to be asked. */
  readonly endSessionEndpoint: string | undefined;
  /** Where the browser comes back: ours, registered at the provider. */
  readonly returnTo: string;
  readonly state: string;
  readonly idTokenHint: string | undefined;
}

/** Where a browser ends the provider's own session; undefined where there is no such place, or it is not wanted. */
export function signOutUrl(request: SignOutRequest): URL | undefined {
  const { provider, endSessionEndpoint, returnTo, state, idTokenHint } = request;
  if (!provider.signOutAtProvider) return undefined;
  if (provider.logoutUrl !== undefined) return filledIn(provider.logoutUrl, provider, returnTo);
  if (endSessionEndpoint === undefined) return undefined;
  // OpenID Connect RP-Initiated Logout 1.0, section 2.
  const url = new URL(endSessionEndpoint);
  if (idTokenHint !== undefined) url.searchParams.set('id_token_hint', idTokenHint);
  url.searchParams.set('client_id', provider.clientId);
  url.searchParams.set('post_logout_redirect_uri', returnTo);
  url.searchParams.set('state', state);
  return url;
}

/** Cognito, Auth0 and others have forms of their own. A mistyped placeholder stays as it is, and the provider says so. */
function filledIn(template: string, { clientId, issuer }: SigningOut, returnTo: string): URL | undefined {
  const values: Readonly<Record<string, string>> = { clientId, issuer, logoutUri: returnTo };
  const text = template.replaceAll(/\{(clientId|issuer|logoutUri)\}/g, (_, name: string) =>
    encodeURIComponent(values[name]!),
  );
  return URL.canParse(text) ? new URL(text) : undefined;
}
