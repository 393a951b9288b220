import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';
import { failure, RestFailure } from '../rest/failures.js';
import { localise } from '../rest/localise.js';
import { passesXsrfCheck } from '../rest/xsrf.js';
import { sendJson } from './respond.js';

/** Before any resource below `/rest` is reached. */
export function checkRestRequest(
  request: FastifyRequest,
  reply: FastifyReply,
  jira: Instance,
): FastifyReply | undefined {
  const { headers } = request;
  const passes = passesXsrfCheck({
    method: request.method,
    userAgent: headers['user-agent'],
    contentType: headers['content-type'],
    atlassianToken: headerText(headers['x-atlassian-token']),
    origin: headers.origin,
    referer: headers.referer,
    ownOrigins: [new URL(jira.baseUrl()).origin, `${request.protocol}://${request.host}`],
  });
  if (!passes) return reply.code(403).header('content-type', 'text/plain;charset=UTF-8').send('XSRF check failed');
  const hasBody = Number(headers['content-length'] ?? 0) > 0 || headers['transfer-encoding'] !== undefined;
  if (hasBody && !/^application\/json\b/i.test(headers['content-type'] ?? ''))
    throw failure(415, 'Unsupported Media Type');
  return undefined;
}

/** An error as REST tells it. Anything we did not mean is a 500 without its text. */
export function renderRestError(error: unknown, reply: FastifyReply, jira: Instance): FastifyReply {
  if (error instanceof RestFailure) {
    const body = localise(error.body, jira.switches.now.locale);
    return sendJson(reply.headers(error.headers), error.status, body);
  }
  const status = statusOf(error);
  const message = status < 500 ? (error as Error).message : 'Internal server error';
  return sendJson(reply, status, { errorMessages: [message], errors: {} });
}

/** Fastify's own refusals carry one: a body that is no JSON, too long, of a wrong type. */
export function statusOf(error: unknown): number {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : 500;
}

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** 405 for a resource that has other methods, else jira-facts 2.1: `null for uri` is really what Jira writes. */
export function unknownResource(request: FastifyRequest, reply: FastifyReply, jira: Instance): FastifyReply {
  const url = request.url.split('?', 1)[0]!;
  const allowed = methods.filter((method) => request.server.hasRoute({ method, url }));
  if (allowed.length > 0) {
    void reply.header('allow', allowed.join(','));
    return sendJson(reply, 405, { message: 'HTTP 405 Method Not Allowed', 'status-code': 405 });
  }
  const address = jira.baseUrl() + request.url.slice(jira.contextPath.length);
  return sendJson(reply, 404, { message: `null for uri: ${address}`, 'status-code': 404 });
}

function headerText(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
