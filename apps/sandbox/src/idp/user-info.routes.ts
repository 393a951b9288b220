import type { FastifyInstance } from 'fastify';
import { userInfoClaims } from './claims.js';
import type { Claims } from './people.js';
import type { IdpContext } from './context.js';

/** The texts are Cognito's (developer guide, userInfo endpoint). */
const noRequest = 'error="invalid_request", error_description="Bad OAuth2 request at UserInfo Endpoint"';
const noToken =
  'error="invalid_token", error_description="Access token is expired, disabled, or deleted, or the user has globally signed out."';

export function userInfoRoutes(app: FastifyInstance, context: IdpContext): void {
  app.get('/oauth2/userInfo', { config: { endpoint: 'userinfo', site: 'domain' } }, async (request, reply) => {
    const token = /^Bearer ([\w.~+/=-]+)$/i.exec(request.headers.authorization ?? '')?.[1];
    if (token === undefined) {
      return reply.code(400).header('www-authenticate', `Bearer ${noRequest}`).send({ error: 'invalid_request' });
    }
    const claims = await claimsFor(context, token);
    if (!claims)
      return reply.code(401).header('www-authenticate', `Bearer ${noToken}`).send({ error: 'invalid_token' });
    return claims;
  });
}

/** Undefined unless it is an access token of ours, alive, with the scope openid, of somebody who may still sign in. */
async function claimsFor({ keys, sites, memory, people, now }: IdpContext, token: string): Promise<Claims | undefined> {
  const payload = await keys.verify(token, sites.issuer, now()).catch(() => undefined);
  if (payload?.['token_use'] !== 'access') return undefined;
  const { scope, username, origin_jti: originJti } = payload;
  if (typeof scope !== 'string' || typeof username !== 'string' || typeof originJti !== 'string') return undefined;
  const scopes = scope.split(' ');
  const person = people.find(username);
  if (!scopes.includes('openid') || memory.isRevoked(originJti) || !person || person.disabled) return undefined;
  return userInfoClaims(person, scopes);
}
