import cookie from '@fastify/cookie';
import formbody from '@fastify/formbody';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { z, ZodError } from 'zod';
import type { IdpContext, Sites } from './context.js';
import { controlRoutes } from './control.routes.js';
import { discoveryRoutes } from './discovery.routes.js';
import { act } from './faults.js';
import type { Endpoint } from './faults.js';
import { loginRoutes } from './login.routes.js';
import { logoutRoutes } from './logout.routes.js';
import { tokenRoutes } from './token.routes.js';
import { userInfoRoutes } from './user-info.routes.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Counted, and open to faults. */
    endpoint?: Endpoint;
    site?: 'issuer' | 'domain' | 'any';
  }
}

/** Of what a browser or a relying party may send; the control API has its own. */
const bodyLimit = 64 * 1024;

export async function createServer(context: IdpContext, closing: AbortSignal): Promise<FastifyInstance> {
  const app = Fastify({ logger: false, bodyLimit, exposeHeadRoutes: false, routerOptions: { maxParamLength: 200 } });
  await app.register(cookie);
  await app.register(formbody);
  guardSites(app, context.sites);
  countAndMisbehave(app, context, closing);
  answerProblems(app);
  for (const routes of [discoveryRoutes, loginRoutes, logoutRoutes, tokenRoutes, userInfoRoutes, controlRoutes]) {
    routes(app, context);
  }
  await app.ready();
  return app;
}

/** Cognito's issuer has no token endpoint and its hosted domain no discovery: who derives one from the other must fail here too. */
function guardSites(app: FastifyInstance, { issuerHost, domainHost }: Sites): void {
  app.addHook('onRequest', async (request, reply) => {
    const { site } = request.routeOptions.config;
    const { host } = request.headers;
    const onIssuer = host === issuerHost && site !== 'domain';
    const onDomain = host === domainHost && site !== 'issuer';
    if (!onIssuer && !onDomain) await reply.code(404).send({ error: 'not_found' });
  });
}

function countAndMisbehave(app: FastifyInstance, { faults, memory }: IdpContext, closing: AbortSignal): void {
  app.addHook('onRequest', async (request, reply) => {
    // Codes, tokens and forms: none of it may be kept on the way.
    reply.header('cache-control', 'no-cache, no-store, max-age=0, must-revalidate');
    const { endpoint } = request.routeOptions.config;
    if (!endpoint) return;
    memory.calls[endpoint] += 1;
    const fault = faults.next(endpoint);
    if (fault) await act(fault, request, reply, closing);
  });
}

function answerProblems(app: FastifyInstance): void {
  app.setErrorHandler(async (error, _, reply) => {
    if (error instanceof ZodError)
      return reply.code(400).send({ error: 'invalid_request', issues: z.flattenError(error) });
    const status = error instanceof Error && 'statusCode' in error ? Number(error.statusCode) : 500;
    // A body of another type, too large or broken is a malformed request to OAuth, whatever HTTP calls it.
    if (status < 500) return reply.code(400).send({ error: 'invalid_request' });
    return reply.code(500).send({ error: 'server_error' });
  });
  app.setNotFoundHandler((_, reply) => reply.code(404).send({ error: 'not_found' }));
}
