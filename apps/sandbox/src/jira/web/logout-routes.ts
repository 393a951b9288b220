import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';
import { text } from '../rest/query.js';
import { clearCookie, readCookie } from '../server/cookies.js';
import { formOf } from '../server/form.js';
import { sendPage } from '../server/respond.js';
import { requireUser, viewerOf } from '../server/viewer.js';
import { confirmLogoutPage, messagePage } from './pages.js';
import { hasXsrfToken, xsrfTokenOf } from './xsrf-token.js';

const loggedOut = '/secure/Logout!default.jspa';

/** Logging out is local: the SSO app tells no provider (jira-facts 1.3). Without a token Jira asks first. */
export function logoutRoutes(app: FastifyInstance, jira: Instance): void {
  for (const url of [loggedOut, '/secure/Logout.jspa', '/logout']) {
    app.route({
      method: ['GET', 'POST'],
      url,
      handler: (request, reply) => logOut(request, reply, jira),
    });
  }

  // For programs, and for whoever stands in front: the same without a page.
  app.delete('/rest/auth/1/session', (request, reply) => {
    requireUser(request);
    endSession(request, reply, jira);
    return reply.code(204).send();
  });

  app.get('/logoutconfirm.jsp', (request, reply) =>
    viewerOf(request).user
      ? sendPage(reply, 200, confirmLogoutPage(jira.contextPath, xsrfTokenOf(request, reply, jira)))
      : reply.redirect(jira.contextPath + loggedOut),
  );
}

function logOut(request: FastifyRequest, reply: FastifyReply, jira: Instance): FastifyReply {
  void reply.header('cache-control', 'no-store');
  const token = formOf(request)['atl_token'] ?? text(request, 'atl_token');
  if (!viewerOf(request).user)
    return sendPage(reply, 200, messagePage(jira.contextPath, 'Logout', 'You are now logged out.'));
  if (!hasXsrfToken(request, token)) return reply.redirect(`${jira.contextPath}/logoutconfirm.jsp`);
  endSession(request, reply, jira);
  return reply.redirect(jira.contextPath + loggedOut);
}

function endSession(request: FastifyRequest, reply: FastifyReply, jira: Instance): void {
  jira.sessions.end({ session: readCookie(request, 'session'), remember: readCookie(request, 'remember') });
  for (const name of ['session', 'remember', 'xsrf'] as const) clearCookie(reply, jira, name);
}
