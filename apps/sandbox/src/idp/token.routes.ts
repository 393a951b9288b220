import { createHash, randomUUID } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { singleValues } from './authorization-request.js';
import type { Parameters } from './authorization-request.js';
import { accessTokenClaims, idTokenClaims } from './claims.js';
import type { Grant, Issuance } from './claims.js';
import { authenticateClient } from './client-authentication.js';
import { seconds } from './context.js';
import type { IdpContext } from './context.js';
import { lifetimes } from './options.js';
import type { IdpClient } from './options.js';

type Refusal =
  | 'invalid_request'
  | 'invalid_client'
  | 'invalid_grant'
  | 'unauthorized_client'
  | 'unsupported_grant_type'
  | 'unsupported_token_type';

type Granted =
  | { readonly kind: 'granted'; readonly grant: Grant; readonly refreshable: boolean }
  | { readonly kind: 'refused'; readonly error: Refusal };

interface TokenSet {
  readonly id_token?: string;
  readonly access_token: string;
  readonly refresh_token?: string;
  readonly expires_in: number;
  readonly token_type: 'Bearer';
}

export function tokenRoutes(app: FastifyInstance, context: IdpContext): void {
  app.post('/oauth2/token', { config: { endpoint: 'token', site: 'domain' } }, async (request, reply) => {
    const granted = grantFor(context, request.headers.authorization, singleValues(request.body));
    const tokens = granted.kind === 'granted' ? await issue(context, granted) : undefined;
    // Cognito answers 400 to every refusal, invalid_client too, and says no more than the code.
    if (!tokens) return reply.code(400).send({ error: granted.kind === 'refused' ? granted.error : 'invalid_grant' });
    return reply.send(tokens);
  });

  app.post('/oauth2/revoke', { config: { endpoint: 'revoke', site: 'domain' } }, (request, reply) => {
    const error = revoke(context, request.headers.authorization, singleValues(request.body));
    return error ? reply.code(400).send({ error }) : reply.code(200).send();
  });
}

function grantFor(context: IdpContext, authorization: string | undefined, body: Parameters | undefined): Granted {
  if (!body?.['grant_type']) return refused('invalid_request');
  const check = authenticateClient(authorization, body, context.clients);
  if (check.kind === 'refused') return check;
  switch (body['grant_type']) {
    case 'authorization_code':
      return fromCode(context, check.client, body);
    case 'refresh_token':
      return fromRefreshToken(context, check.client, body);
    case 'client_credentials':
      return refused('unauthorized_client'); // Exists at Cognito, but not for our clients.
    default:
      return refused('unsupported_grant_type');
  }
}

function fromCode({ memory }: IdpContext, client: IdpClient, body: Parameters): Granted {
  const { code: handle, redirect_uri: redirectUri, code_verifier: verifier } = body;
  if (handle === undefined || redirectUri === undefined) return refused('invalid_request');
  // Spent by the first request that names it, whether that succeeds or not.
  const code = memory.codes.take(handle);
  // A redirect_uri that is not registered at all gives this misleading error at Cognito (stackoverflow.com/q/50264679).
  if (!client.redirectUris.includes(redirectUri)) return refused('unauthorized_client');
  if (!code || code.grant.client !== client || code.redirectUri !== redirectUri) return refused('invalid_grant');
  if (code.codeChallenge !== undefined && verifier === undefined) return refused('invalid_request');
  if (!verifies(code.codeChallenge, verifier)) return refused('invalid_grant');
  return { kind: 'granted', grant: code.grant, refreshable: true };
}

/** A verifier without a challenge is refused too: somebody has removed the challenge on the way (RFC 9700 section 2.1.1). */
function verifies(challenge: string | undefined, verifier: string | undefined): boolean {
  if (challenge === undefined || verifier === undefined) return challenge === verifier;
  return /^[\w.~-]{43,128}$/.test(verifier) && createHash('sha256').update(verifier).digest('base64url') === challenge;
}

function fromRefreshToken({ memory }: IdpContext, client: IdpClient, body: Parameters): Granted {
  if (body['refresh_token'] === undefined) return refused('invalid_request');
  const grant = memory.refreshTokens.get(body['refresh_token']);
  if (grant?.client !== client) return refused('invalid_grant');
  // Rotation is off, Cognito's default: no new refresh token. The nonce belonged to the sign-in.
  return { kind: 'granted', grant: { ...grant, nonce: undefined }, refreshable: false };
}

/** Undefined when the person was disabled in between. */
async function issue(context: IdpContext, granted: Granted & { kind: 'granted' }): Promise<TokenSet | undefined> {
  const { grant, refreshable } = granted;
  const person = context.people.find(grant.username);
  if (!person || person.disabled) return undefined;
  const eventId = randomUUID();
  const now = seconds(context.now());
  const issuance = (): Issuance => ({ issuer: context.sites.issuer, now, eventId, jti: randomUUID() });
  const accessToken = await context.keys.sign('access', accessTokenClaims(grant, person, issuance()));
  const idToken = grant.scopes.includes('openid')
    ? await context.keys.sign('id', idTokenClaims(grant, person, issuance(), accessToken))
    : undefined;
  return {
    ...(idToken === undefined ? {} : { id_token: idToken }),
    access_token: accessToken,
    ...(refreshable ? { refresh_token: context.memory.refreshTokens.put(grant) } : {}),
    expires_in: lifetimes.tokenSeconds,
    token_type: 'Bearer',
  };
}

function revoke(
  context: IdpContext,
  authorization: string | undefined,
  body: Parameters | undefined,
): Refusal | undefined {
  const token = body?.['token'];
  if (!body || token === undefined) return 'invalid_request';
  const check = authenticateClient(authorization, body, context.clients);
  if (check.kind === 'refused') return check.error;
  if (token.split('.').length === 3) return 'unsupported_token_type'; // An access or ID token; only refresh tokens can be revoked.
  const grant = context.memory.refreshTokens.get(token);
  if (!grant) return undefined; // RFC 7009 section 2.2: an unknown token is as good as revoked.
  if (grant.client !== check.client) return 'invalid_request';
  context.memory.refreshTokens.delete(token);
  context.memory.revoke(grant.originJti);
  return undefined;
}

function refused(error: Refusal): Granted {
  return { kind: 'refused', error };
}
