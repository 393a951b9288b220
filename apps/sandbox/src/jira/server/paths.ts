import type { FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';

/** The path below the context path, without the query. */
export function pathOf(request: FastifyRequest, jira: Instance): string {
  return request.url.slice(jira.contextPath.length).split('?', 1)[0]!;
}

export function isRest(request: FastifyRequest, jira: Instance): boolean {
  return pathOf(request, jira).startsWith('/rest/');
}
