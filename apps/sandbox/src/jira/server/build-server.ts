import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';
import { applicationRoutes } from '../rest/application-routes.js';
import { authconfigRoutes } from '../rest/authconfig-routes.js';
import { groupRoutes } from '../rest/group-routes.js';
import { instanceRoutes } from '../rest/instance-routes.js';
import { localise } from '../rest/localise.js';
import { lookupRoutes } from '../rest/lookup-routes.js';
import { organizationRoutes } from '../rest/organization-routes.js';
import { propertyRoutes } from '../rest/property-routes.js';
import { requireServiceDesk } from '../rest/service-desk.js';
import { serviceDeskRoutes } from '../rest/service-desk-routes.js';
import { searchRoutes } from '../rest/search-routes.js';
import { RestFailure } from '../rest/failures.js';
import { userRoutes } from '../rest/user-routes.js';
import { ssoRoutes } from '../sso/sso-routes.js';
import { loginRoutes } from '../web/login-routes.js';
import { logoutRoutes } from '../web/logout-routes.js';
import { deadLink, pageRoutes } from '../web/page-routes.js';
import { controlRoutes } from './control-routes.js';
import { checkRestRequest, renderRestError, statusOf, unknownResource } from './rest-gate.js';
import { pathOf, isRest } from './paths.js';
import { sendJson, sendPage } from './respond.js';
import { cut, strike } from './strike.js';
import { identify, viewerOf } from './viewer.js';
import type { Viewer } from './viewer.js';

const platformRoutes = [
  userRoutes,
  applicationRoutes,
  propertyRoutes,
  searchRoutes,
  lookupRoutes,
  groupRoutes,
  instanceRoutes,
];
const bodyBytesMax = 256 * 1024;

/** The whole server: control at the root, Jira below its context path. */
export async function buildServer(jira: Instance): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: bodyBytesMax,
    forceCloseConnections: true,
    exposeHeadRoutes: true,
    routerOptions: { maxParamLength: 1_000 },
  });
  await app.register(cookie);
  await app.register(formbody);
  readJsonLeniently(app);
  app.decorateRequest('viewer', undefined);
  app.decorateRequest('cutAfter', false);
  app.decorateRequest('node', 0);
  app.server.on('connection', () => jira.calls.connected());
  controlRoutes(app, jira);
  await app.register(
    (scope, _options, done) => {
      jiraScope(scope, jira);
      done();
    },
    { prefix: jira.contextPath },
  );
  return app;
}

function jiraScope(scope: FastifyInstance, jira: Instance): void {
  scope.addHook('onRequest', (request, reply) => receive(request, reply, jira));
  // The last thing before a handler, and in one go with it: see Store.turnTo.
  scope.addHook('preHandler', (request, _reply, done) => {
    jira.store.turnTo(request.getDecorator<number>('node'), request.method === 'GET' && isRest(request, jira));
    done();
  });
  scope.addHook('onSend', (request, _reply, _payload, done) => {
    // The answer is ready, so the work is committed; nobody will ever see it.
    if (request.getDecorator<boolean>('cutAfter')) cut(request);
    done();
  });
  scope.setErrorHandler((error, request, reply) => renderError(error, request, reply, jira));
  scope.setNotFoundHandler((request, reply) =>
    isRest(request, jira) ? unknownResource(request, reply, jira) : sendPage(reply, 404, deadLink(jira)),
  );
  for (const version of ['2', 'latest']) {
    within(scope, `/rest/api/${version}`, (rest) => {
      for (const routes of platformRoutes) routes(rest, jira);
    });
  }
  for (const version of ['1.0', 'latest']) {
    within(scope, `/rest/authconfig/${version}`, (rest) => {
      authconfigRoutes(rest, jira);
    });
  }
  within(scope, '/rest/servicedeskapi', (rest) => {
    rest.addHook('preHandler', (request, _reply, done) => {
      requireServiceDesk(request, jira);
      done();
    });
    for (const routes of [serviceDeskRoutes, organizationRoutes]) routes(rest, jira);
  });
  for (const routes of [ssoRoutes, loginRoutes, logoutRoutes, pageRoutes]) routes(scope, jira);
}

/** Everything that happens to a request before its route: counted, struck by a fault, identified, gated. */
async function receive(
  request: FastifyRequest,
  reply: FastifyReply,
  jira: Instance,
): Promise<FastifyReply | undefined> {
  const path = pathOf(request, jira);
  if (path.startsWith('/__test')) return undefined;
  // With a page of the server's own, before Jira hears of the call.
  if (jira.switches.now.encodedSlash === 'refused' && /%2f|%5c/i.test(path)) return sendBadRequest(reply);
  const below = (address: string) => address.slice(jira.contextPath.length);
  const route = request.is404 ? 'unknown' : below(request.routeOptions.url ?? '');
  const node = jira.calls.nextNode(jira.switches.now.nodes);
  request.setDecorator('node', node);
  jira.calls.record(request.method, below(request.url), route, node);
  const fault = jira.faults.strike(request.method, path, node);
  if (fault && (await strike(fault, request, reply, jira))) return reply;
  return admit(request, reply, jira);
}

function sendBadRequest(reply: FastifyReply): FastifyReply {
  return reply.code(400).type('text/html;charset=utf-8').send('HTTP Status 400 – Bad Request');
}

function admit(request: FastifyRequest, reply: FastifyReply, jira: Instance): FastifyReply | undefined {
  const node = request.getDecorator<number>('node');
  nameRequest(reply, node);
  request.setDecorator('viewer', identify(request, reply, jira));
  const { user, by, credential } = viewerOf(request);
  // Jira writes names outside ASCII encoded; a header cannot carry them otherwise.
  void reply.header('x-ausername', user ? encodeURIComponent(user.name) : 'anonymous');
  if (by === 'basic') void reply.header('x-seraph-loginreason', reasonOf(credential));
  if (credential === 'captcha') return refuseForCaptcha(reply, jira);
  if (by === 'basic' && credential === 'refused') return sendFailedLogin(reply, 401, 'Basic Authentication Failure');
  if (!isRest(request, jira)) return undefined;
  const metered = user && jira.rateLimits.take(user.name, node);
  void reply.headers(metered?.headers ?? {});
  if (metered?.passes === false) {
    return sendJson(reply, 429, localise({ message: 'Rate limit exceeded.' }, jira.switches.now.locale));
  }
  return checkRestRequest(request, reply, jira);
}

function reasonOf(credential: Viewer['credential']): string {
  if (credential === 'accepted') return 'OK';
  return credential === 'captcha' ? 'AUTHENTICATION_DENIED' : 'AUTHENTICATED_FAILED';
}

function refuseForCaptcha(reply: FastifyReply, jira: Instance): FastifyReply {
  const reason = `CAPTCHA_CHALLENGE; login-url=${jira.baseUrl()}/login.jsp`;
  void reply.header('x-authentication-denied-reason', reason);
  return sendFailedLogin(reply, 403, 'Basic Authentication Failure - Reason : AUTHENTICATION_DENIED');
}

function sendFailedLogin(reply: FastifyReply, status: number, text: string): FastifyReply {
  return reply.code(status).type('text/html;charset=UTF-8').send(`<html><body>${text}</body></html>`);
}

function nameRequest(reply: FastifyReply, node: number): void {
  void reply.headers({
    'x-arequestid': randomUUID(),
    'x-anodeid': `sandbox${node + 1}`,
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'SAMEORIGIN',
    'referrer-policy': 'strict-origin-when-cross-origin',
    // No form-action: a logout form may be answered with a redirect to another origin, which Chromium would block.
    'content-security-policy':
      "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'self'",
  });
}

function renderError(error: unknown, request: FastifyRequest, reply: FastifyReply, jira: Instance): FastifyReply {
  const status = statusOf(error);
  if (!(error instanceof RestFailure) && status >= 500) jira.options.onDefect?.(error);
  if (error instanceof RestFailure || isRest(request, jira)) return renderRestError(error, reply, jira);
  return reply
    .code(status)
    .type('text/plain;charset=UTF-8')
    .send(status < 500 ? 'Bad request' : 'Internal server error');
}

/** An empty body of type JSON is no error at Jira: some clients send the header with every DELETE. */
function readJsonLeniently(app: FastifyInstance): void {
  app.removeContentTypeParser('application/json');
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, body === '' ? undefined : JSON.parse(body.toString()));
    } catch {
      done(Object.assign(new Error('Unexpected character: expected a valid value'), { statusCode: 400 }));
    }
  });
}

function within(scope: FastifyInstance, prefix: string, define: (scope: FastifyInstance) => void): void {
  void scope.register(
    (inner, _options, done) => {
      define(inner);
      done();
    },
    { prefix },
  );
}
