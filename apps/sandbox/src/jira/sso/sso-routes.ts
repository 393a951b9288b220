import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';
import { text } from '../rest/query.js';
import { readCookie } from '../server/cookies.js';
import { formOf } from '../server/form.js';
import { beginSession } from '../web/begin-session.js';
import { localDestination, loginAddress } from '../web/destination.js';
import { LoginFailure } from './login-failure.js';
import { callbackPath } from './oidc-login.js';
import { failureOf, redirectToProvider, showFailure } from './start-login.js';

/** The addresses of the SSO app: jira-facts 1.3. */
export function ssoRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/plugins/servlet/external-login', (request, reply) => {
    const destination = localDestination(text(request, 'os_destination'));
    const [only, second] = jira.sso.enabledIdps();
    if (!only || second) return reply.redirect(jira.contextPath + loginAddress(destination));
    return redirectToProvider(request, reply, jira, only, destination);
  });

  app.get<{ Params: { id: string } }>('/plugins/servlet/external-login/:id', (request, reply) => {
    const idp = jira.sso.idp(request.params.id);
    if (!idp?.enabled) return showFailure(reply, jira, new LoginFailure(400, 'There is no such identity provider.'));
    return redirectToProvider(request, reply, jira, idp, localDestination(text(request, 'os_destination')));
  });

  app.route({
    method: ['GET', 'POST'],
    url: '/plugins/servlet/oidc/initiate-login',
    handler: (request, reply) => initiateLogin(request, reply, jira),
  });

  app.get(callbackPath, (request, reply) => finishLogin(request, reply, jira));
}

/** OpenID Connect Core section 4: a login that another party starts. It may not choose where outside Jira it ends. */
async function initiateLogin(request: FastifyRequest, reply: FastifyReply, jira: Instance): Promise<FastifyReply> {
  const form = formOf(request);
  const parameter = (name: string) => form[name] ?? text(request, name);
  const idp = jira.sso.enabledIdps().find((candidate) => candidate['issuer-url'] === parameter('iss'));
  if (!idp) return showFailure(reply, jira, new LoginFailure(400, 'This identity provider is not configured.'));
  const base = jira.baseUrl();
  const target = parameter('target_link_uri') ?? '';
  const destination = localDestination(target.startsWith(`${base}/`) ? target.slice(base.length) : target);
  return redirectToProvider(request, reply, jira, idp, destination, parameter('login_hint'));
}

async function finishLogin(request: FastifyRequest, reply: FastifyReply, jira: Instance): Promise<FastifyReply> {
  const outcome = await jira.oidc
    .complete({
      state: text(request, 'state'),
      code: text(request, 'code'),
      error: text(request, 'error'),
      browser: readCookie(request, 'sso'),
    })
    .catch(failureOf);
  if (outcome instanceof LoginFailure) return showFailure(reply, jira, outcome);
  const { user, idp, destination } = outcome;
  beginSession(request, reply, jira, { user, remember: idp['enable-remember-me'] });
  return reply.header('cache-control', 'no-store').redirect(jira.contextPath + destination);
}
