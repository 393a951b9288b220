import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import Fastify from 'fastify';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';
import { authconfigRoutes } from '../rest/authconfig-routes.js';
import { groupRoutes } from '../rest/group-routes.js';
import { instanceRoutes } from '../rest/instance-routes.js';
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
import { sendPage } from './respond.js';
import { cut, strike } from './strike.js';
import { identify, viewerOf } from './viewer.js';

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
      for (const routes of [userRoutes, searchRoutes, groupRoutes, instanceRoutes]) routes(rest, jira);
    });
  }
  for (const version of ['1.0', 'latest']) {
    within(scope, `/rest/authconfig/${version}`, (rest) => {
      authconfigRoutes(rest, jira);
    });
  }
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
  const below = (address: string) => address.slice(jira.contextPath.length);
  const route = request.is404 ? 'unknown' : below(request.routeOptions.url ?? '');
  jira.calls.record(request.method, below(request.url), route);
  const fault = jira.faults.strike(request.method, path);
  if (fault && (await strike(fault, request, reply, jira))) return reply;
  return admit(request, reply, jira);
}

function admit(request: FastifyRequest, reply: FastifyReply, jira: Instance): FastifyReply | undefined {
  nameRequest(reply);
  request.setDecorator('viewer', identify(request, reply, jira));
  const { user, by, credential } = viewerOf(request);
  // Jira writes names outside ASCII encoded; a header cannot carry them otherwise.
  void reply.header('x-ausername', user ? encodeURIComponent(user.name) : 'anonymous');
  if (by === 'basic') void reply.header('x-seraph-loginreason', user ? 'OK' : 'AUTHENTICATED_FAILED');
  if (by === 'basic' && credential === 'refused') {
    return reply
      .code(401)
      .type('text/html;charset=UTF-8')
      .send('<html><body>Basic Authentication Failure</body></html>');
  }
  return isRest(request, jira) ? checkRestRequest(request, reply, jira) : undefined;
}

function nameRequest(reply: FastifyReply): void {
  void reply.headers({
    'x-arequestid': randomUUID(),
    'x-anodeid': 'sandbox1',
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
  if (error instanceof RestFailure || isRest(request, jira)) return renderRestError(error, reply);
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
