import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { checkAuthorization, singleValues } from './authorization-request.js';
import type { IdpContext } from './context.js';
import { cookieNames, loginAddress } from './login.routes.js';
import { errorPage } from './pages.js';
import { sendPage } from './send-page.js';

/**
 * Cognito's own form of sign-out: `client_id` with either `logout_uri`, or `redirect_uri` and `response_type` to go on
 * to the login form. The parameters of OpenID Connect RP-Initiated Logout are not understood, although discovery calls
 * this address `end_session_endpoint`.
 */
export function logoutRoutes(app: FastifyInstance, context: IdpContext): void {
  app.get('/logout', { config: { endpoint: 'logout', site: 'domain' } }, (request, reply) => {
    const parameters = singleValues(request.query) ?? {};
    const client = context.clients.find(({ clientId }) => clientId === parameters['client_id']);
    if (!client) return refuse(reply, 'The client_id is missing or unknown.');
    const { logout_uri: logoutUri, redirect_uri: redirectUri } = parameters;
    if (logoutUri !== undefined) {
      if (!client.logoutUris.includes(logoutUri))
        return refuse(reply, 'The logout_uri is not an allowed sign-out URL.');
      endSession(context, request, reply);
      return reply.redirect(logoutUri);
    }
    if (redirectUri === undefined) return refuse(reply, 'Neither logout_uri nor redirect_uri is given.');
    const check = checkAuthorization(request.query, context.clients);
    if (check.kind === 'page') return refuse(reply, check.explanation);
    endSession(context, request, reply);
    return reply.redirect(check.kind === 'redirect' ? check.location : loginAddress(request));
  });
}

function endSession(context: IdpContext, request: FastifyRequest, reply: FastifyReply): void {
  context.memory.sessions.delete(request.cookies[cookieNames.session]);
  reply.clearCookie(cookieNames.session, { path: '/' });
}

function refuse(reply: FastifyReply, explanation: string): FastifyReply {
  return sendPage(reply, 400, errorPage('invalid_request', explanation));
}
