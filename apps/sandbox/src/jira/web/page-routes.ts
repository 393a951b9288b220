import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { pathOf } from '../server/paths.js';
import { sendJson, sendPage } from '../server/respond.js';
import { viewerOf } from '../server/viewer.js';
import { dashboard, loginAddress } from './destination.js';
import { icon, stylesheet } from './layout.js';
import { messagePage, profilePage, signedOutDashboard } from './pages.js';
import type { SignedIn } from './pages.js';
import { xsrfTokenOf } from './xsrf-token.js';

/** What a person sees beside logging in and out. */
export function pageRoutes(app: FastifyInstance, jira: Instance): void {
  for (const url of ['/', dashboard]) app.get(url, (request, reply) => showDashboard(request, reply, jira));
  app.get('/secure/admin/*', (request, reply) => showAdministration(request, reply, jira));
  for (const url of ['/browse/*', '/projects/*', '/issues/*', '/secure/*', '/servicedesk/customer/*']) {
    app.get(url, (request, reply) => showDeepPage(request, reply, jira));
  }

  app.get('/status', (_request, reply) => {
    const { state } = jira.switches.now;
    // 200 for most of what is not running either: the status alone says nothing.
    return sendJson(reply, state === 'MAINTENANCE' ? 503 : state === 'ERROR' ? 500 : 200, { state });
  });
  app.get('/s/sandbox-jira.css', (_request, reply) =>
    reply.header('cache-control', 'max-age=3600').type('text/css;charset=UTF-8').send(stylesheet),
  );
  for (const url of ['/favicon.ico', '/secure/useravatar']) {
    app.get(url, (_request, reply) => reply.header('cache-control', 'max-age=3600').type('image/svg+xml').send(icon));
  }
}

function showDashboard(request: FastifyRequest, reply: FastifyReply, jira: Instance): FastifyReply {
  const { user } = viewerOf(request);
  if (!user) return sendPage(reply, 200, signedOutDashboard(jira.contextPath, dashboard));
  return sendPage(reply, 200, profilePage(jira.contextPath, 'System Dashboard', signedIn(user, request, reply, jira)));
}

/** Somebody without access to an application is signed in and still sees nothing of it. */
function showDeepPage(request: FastifyRequest, reply: FastifyReply, jira: Instance): FastifyReply {
  const { user } = viewerOf(request);
  if (!user) return redirectToLogin(request, reply, jira);
  const page = signedIn(user, request, reply, jira);
  const title = decodeURIComponent(pathOf(request, jira).split('/').at(-1) ?? '');
  return sendPage(reply, page.hasApplicationAccess ? 200 : 404, profilePage(jira.contextPath, title, page));
}

function showAdministration(request: FastifyRequest, reply: FastifyReply, jira: Instance): FastifyReply {
  const { user } = viewerOf(request);
  if (!user || !jira.directory.isAdministrator(user))
    return redirectToLogin(request, reply, jira, { user_role: 'ADMIN' });
  return sendPage(reply, 200, profilePage(jira.contextPath, 'Administration', signedIn(user, request, reply, jira)));
}

function redirectToLogin(
  request: FastifyRequest,
  reply: FastifyReply,
  jira: Instance,
  parameters: Record<string, string> = {},
): FastifyReply {
  const destination = request.url.slice(jira.contextPath.length);
  const login = loginAddress(destination, { permissionViolation: 'true', ...parameters });
  return reply.header('cache-control', 'no-store').redirect(jira.contextPath + login);
}

function signedIn(user: UserRow, request: FastifyRequest, reply: FastifyReply, jira: Instance): SignedIn {
  void reply.header('cache-control', 'no-store');
  return {
    user,
    groups: jira.directory.groupsOf(user).map(({ name }) => name),
    isAdministrator: jira.directory.isAdministrator(user),
    hasApplicationAccess: jira.licence.canWork(user),
    xsrfToken: xsrfTokenOf(request, reply, jira),
  };
}

/** Jira's words for an address it does not know. */
export function deadLink(jira: Instance) {
  return messagePage(
    jira.contextPath,
    "Oops, you've found a dead link.",
    'The page you are looking for does not exist.',
  );
}
