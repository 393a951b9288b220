import { standardScopes } from './options.js';
import type { IdpClient } from './options.js';

export type Parameters = Readonly<Record<string, string>>;

export interface AuthorizationRequest {
  readonly client: IdpClient;
  readonly redirectUri: string;
  readonly scopes: readonly string[];
  readonly state: string | undefined;
  readonly nonce: string | undefined;
  /** S256, the only method Cognito knows. */
  readonly codeChallenge: string | undefined;
  readonly prompt: readonly string[];
  readonly loginHint: string | undefined;
}

export type AuthorizationCheck =
  | { readonly kind: 'request'; readonly request: AuthorizationRequest }
  /** The person is told; nothing is sent to an address that nobody registered. */
  | { readonly kind: 'page'; readonly error: string; readonly explanation: string }
  | { readonly kind: 'redirect'; readonly location: string };

/** One value for each name. RFC 6749 section 3.1: a repeated parameter makes the request invalid, which is `undefined`. */
export function singleValues(query: unknown): Parameters | undefined {
  const entries = Object.entries(query ?? {}) as [string, unknown][];
  if (entries.some(([, value]) => typeof value !== 'string')) return undefined;
  // RFC 6749 section 3.1: a parameter without a value counts as left out.
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => entry[1] !== ''));
}

/** What Cognito does with the parameters of /oauth2/authorize and /login (developer guide, authorization endpoint). */
export function checkAuthorization(query: unknown, clients: readonly IdpClient[]): AuthorizationCheck {
  const parameters = singleValues(query);
  if (!parameters) return page('invalid_request', 'A parameter appears more than once.');
  const { client_id: clientId, redirect_uri: redirectUri, state } = parameters;
  const client = clients.find((candidate) => candidate.clientId === clientId);
  if (!client) return page('invalid_request', 'There is no app client with this client_id.');
  if (redirectUri === undefined || !client.redirectUris.includes(redirectUri)) {
    return page('redirect_mismatch', 'The redirect_uri is not among the allowed callback URLs of the app client.');
  }
  if (state !== undefined && isJsonText(state)) {
    return page('invalid_request', 'The state must not be a URL-encoded JSON string.');
  }
  const scopes = parameters['scope']?.split(' ').filter(Boolean) ?? enabledScopes(client);
  const error = problemOf(parameters, scopes, client);
  if (error) return { kind: 'redirect', location: redirectWith(redirectUri, { error, state }) };
  return {
    kind: 'request',
    request: {
      client,
      redirectUri,
      scopes,
      state,
      nonce: parameters['nonce'],
      codeChallenge: parameters['code_challenge'],
      prompt: parameters['prompt']?.split(' ') ?? [],
      loginHint: parameters['login_hint'],
    },
  };
}

/** The parameters are added to the query, never to the fragment; a query of the registered address stays. */
export function redirectWith(redirectUri: string, parameters: Readonly<Record<string, string | undefined>>): string {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(parameters)) if (value !== undefined) url.searchParams.set(name, value);
  return url.href;
}

function problemOf(parameters: Parameters, scopes: readonly string[], client: IdpClient): string | undefined {
  const { response_type: responseType, code_challenge: challenge, code_challenge_method: method } = parameters;
  if (responseType === 'token') return 'unauthorized_client'; // The implicit grant exists, but not for our clients.
  if (responseType !== 'code') return 'invalid_request';
  // RFC 7636 would take a challenge without a method for "plain"; Cognito refuses both.
  if ((challenge === undefined) !== (method === undefined)) return 'invalid_request';
  if (challenge !== undefined && (method !== 'S256' || !/^[\w-]{43}$/.test(challenge))) return 'invalid_request';
  if (scopes.some((scope) => !enabledScopes(client).includes(scope))) return 'invalid_scope';
  const narrowing = scopes.some((scope) => ['email', 'phone', 'profile'].includes(scope));
  return narrowing && !scopes.includes('openid') ? 'invalid_scope' : undefined;
}

function enabledScopes(client: IdpClient): readonly string[] {
  return client.scopes ?? standardScopes;
}

/** A documented limitation of Cognito's `state`. Numbers and quoted words are JSON too, but no one sends them as such. */
function isJsonText(state: string): boolean {
  return [state, decoded(state)].some((text) => /^\s*[[{]/.test(text) && isJson(text));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function page(error: string, explanation: string): AuthorizationCheck {
  return { kind: 'page', error, explanation };
}
