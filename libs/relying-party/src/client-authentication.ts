import * as oidc from 'openid-client';
import type { ProviderConfig } from '@gatehouse/contracts';
import { readClientKey, signAssertion } from './client-assertion.js';
import type { ProviderMetadata } from './provider-metadata.js';

export interface ClientSecrets {
  readonly clientSecret: string | undefined;
  /** PEM */
  readonly clientKey: string | undefined;
}

/** openid-client waits for it, though its type does not say so. */
type AsynchronousClientAuth = (...parts: Parameters<oidc.ClientAuth>) => Promise<void>;
const asynchronous = (authenticate: AsynchronousClientAuth) => authenticate as oidc.ClientAuth;

const assertionSeconds = 60;
const assertionType = 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer';
/** Apple allows half a year. Ours is made for one request. */
const appleSecretSeconds = 300;
const appleAudience = 'https://appleid.apple.com';

/**
 * How we prove at the token endpoint who we are. Without a secret we are a public client, and PKCE alone protects the code.
 * @throws ProviderTroubleError for a private key that cannot sign
 */
export function clientAuthentication(
  provider: ProviderConfig,
  { clientSecret, clientKey }: ClientSecrets,
  metadata: ProviderMetadata,
): oidc.ClientAuth {
  switch (provider.clientAuthentication) {
    case 'none':
      return oidc.None();
    case 'client_secret_post':
      return clientSecret === undefined ? oidc.None() : oidc.ClientSecretPost(clientSecret);
    case 'client_secret_basic':
      return clientSecret === undefined ? oidc.None() : oidc.ClientSecretBasic(clientSecret);
    case 'client_secret_basic_raw':
      return clientSecret === undefined ? oidc.None() : rawBasic(clientSecret);
    case 'private_key_jwt':
      return privateKeyJwt(provider, clientKey, metadata);
    case 'apple':
      return appleSecret(provider, clientKey);
  }
}

/** Not encoded as RFC 6749 2.3.1 says: several servers compare what they receive as it is. */
function rawBasic(clientSecret: string): oidc.ClientAuth {
  return (_server, { client_id: clientId }, _body, headers) =>
    headers.set('authorization', `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`);
}

function privateKeyJwt(
  { clientId, issuer, clientKeyId }: ProviderConfig,
  pem: string | undefined,
  { token_endpoint_auth_signing_alg_values_supported: accepted }: ProviderMetadata,
): oidc.ClientAuth {
  const key = readClientKey(pem, clientKeyId, accepted);
  const assertion = { issuer: clientId, subject: clientId, audience: issuer, lifetimeSeconds: assertionSeconds };
  return asynchronous(async (_server, _client, body) => {
    body.set('client_id', clientId);
    body.set('client_assertion_type', assertionType);
    body.set('client_assertion', await signAssertion(key, assertion));
  });
}

/** https://developer.apple.com/documentation/accountorganizationaldatasharing/creating-a-client-secret */
function appleSecret({ clientId, appleTeamId, clientKeyId }: ProviderConfig, pem: string | undefined): oidc.ClientAuth {
  const key = readClientKey(pem, clientKeyId, ['ES256']);
  const secret = {
    issuer: appleTeamId ?? '',
    subject: clientId,
    audience: appleAudience,
    lifetimeSeconds: appleSecretSeconds,
  };
  return asynchronous(async (_server, _client, body) => {
    body.set('client_id', clientId);
    body.set('client_secret', await signAssertion(key, secret));
  });
}
