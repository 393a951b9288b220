import type { FastifyInstance } from 'fastify';
import type { IdpContext } from './context.js';

/** Below the issuer, and nothing but these two, as at Cognito. */
export function discoveryRoutes(app: FastifyInstance, { sites, poolId, keys }: IdpContext): void {
  app.get(`/${poolId}/.well-known/openid-configuration`, { config: { endpoint: 'discovery', site: 'issuer' } }, () =>
    discoveryDocument(sites.issuer, sites.domain),
  );
  app.get(`/${poolId}/.well-known/jwks.json`, { config: { endpoint: 'jwks', site: 'issuer' } }, () => keys.jwks());
}

/**
 * The fields of a real pool's document as of 2025, in its order. What it does not advertise matters as much: neither
 * PKCE nor the `iss` response parameter, although S256 is accepted.
 */
export function discoveryDocument(issuer: string, domain: string) {
  return {
    authorization_endpoint: `${domain}/oauth2/authorize`,
    end_session_endpoint: `${domain}/logout`,
    id_token_signing_alg_values_supported: ['RS256'],
    issuer,
    jwks_uri: `${issuer}/.well-known/jwks.json`,
    response_types_supported: ['code', 'token'],
    revocation_endpoint: `${domain}/oauth2/revoke`,
    scopes_supported: ['openid', 'email', 'phone', 'profile'],
    subject_types_supported: ['public'],
    token_endpoint: `${domain}/oauth2/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic', 'client_secret_post'],
    userinfo_endpoint: `${domain}/oauth2/userInfo`,
  };
}
