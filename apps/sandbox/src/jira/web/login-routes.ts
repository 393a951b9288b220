import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { passwordMatches } from '../data/password.js';
import type { Instance } from '../instance.js';
import { text } from '../rest/query.js';
import { formOf } from '../server/form.js';
import { sendPage } from '../server/respond.js';
import { viewerOf } from '../server/viewer.js';
import { redirectToProvider } from '../sso/start-login.js';
import { beginSession } from './begin-session.js';
import { acceptsPassword, decideLogin } from './decide-login.js';
import type { LoginConfiguration, Surface } from './decide-login.js';
import { localDestination } from './destination.js';
import { loginPage } from './pages.js';
import { hasXsrfToken, xsrfTokenOf } from './xsrf-token.js';

const portal = '/servicedesk/customer/portals';
const wrongPassword = 'Sorry, your username and password are incorrect - please try again.';

/** Jira's login page and the customer portal's: jira-facts 1.5. */
export function loginRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/login.jsp', (request, reply) => {
    const destination = localDestination(text(request, 'os_destination'));
    const { user } = viewerOf(request);
    if (!user) return showLogin(request, reply, jira, { surface: 'jira', destination });
    if (!text(request, 'permissionViolation')) return reply.redirect(jira.contextPath + destination);
    // Never straight to a provider: it would send the same person back, and round again.
    const error = `${user.displayName}, you do not have permission to see that page. Log in as somebody who has.`;
    return showForm(request, reply, jira, { surface: 'jira', destination, error });
  });

  app.post('/login.jsp', (request, reply) => takePassword(request, reply, jira));

  app.get('/servicedesk/customer/user/login', (request, reply) => {
    const destination = portal;
    if (viewerOf(request).user) return reply.redirect(jira.contextPath + destination);
    return showLogin(request, reply, jira, { surface: 'portal', destination });
  });
}

interface Asked {
  readonly surface: Surface;
  readonly destination: string;
  readonly error?: string;
}

function showLogin(request: FastifyRequest, reply: FastifyReply, jira: Instance, asked: Asked) {
  const decision = decideLogin(configurationOf(jira, asked.surface), asksForFallback(request));
  switch (decision.kind) {
    case 'redirect':
      return redirectToProvider(request, reply, jira, decision.idp, asked.destination);
    case 'page':
      return showForm(request, reply, jira, asked);
  }
}

function showForm(request: FastifyRequest, reply: FastifyReply, jira: Instance, asked: Asked): FastifyReply {
  const decision = decideLogin(configurationOf(jira, asked.surface), asksForFallback(request));
  const methods = decision.kind === 'page' ? decision : { form: false, idps: [decision.idp] };
  const page = loginPage({
    ...methods,
    ...asked,
    contextPath: jira.contextPath,
    xsrfToken: xsrfTokenOf(request, reply, jira),
    isFallback: asksForFallback(request),
  });
  return sendPage(reply.header('cache-control', 'no-store'), 200, page);
}

function takePassword(request: FastifyRequest, reply: FastifyReply, jira: Instance) {
  const form = formOf(request);
  const destination = localDestination(form['os_destination']);
  const asked: Asked = { surface: 'jira', destination };
  if (!acceptsPassword(configurationOf(jira, 'jira'))) return showLogin(request, reply, jira, asked);
  if (!hasXsrfToken(request, form['atl_token'])) return refuseXsrf(reply);
  const user = jira.directory.byName(form['os_username'] ?? '');
  const right = user?.active === true && passwordMatches(user.password, form['os_password'] ?? '');
  if (!right) {
    void reply.header('x-seraph-loginreason', 'AUTHENTICATED_FAILED');
    return showForm(request, reply, jira, { ...asked, error: wrongPassword });
  }
  // The form is where a CAPTCHA is answered; whoever gets through it is let in elsewhere again.
  jira.captcha.clear(user.name);
  beginSession(request, reply, jira, { user, remember: form['os_cookie'] === 'true' });
  return reply.header('x-seraph-loginreason', 'OK').redirect(jira.contextPath + destination);
}

function refuseXsrf(reply: FastifyReply): FastifyReply {
  return reply.code(403).header('content-type', 'text/plain;charset=UTF-8').send('XSRF check failed');
}

function configurationOf(jira: Instance, surface: Surface): LoginConfiguration {
  return { surface, sso: jira.sso.get(), idps: jira.sso.enabledIdps() };
}

/** The parameter counts by being there: `/login.jsp?auth_fallback`. */
function asksForFallback(request: FastifyRequest): boolean {
  return text(request, 'auth_fallback') !== undefined;
}
