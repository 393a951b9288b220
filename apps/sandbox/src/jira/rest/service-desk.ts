import type { FastifyRequest } from 'fastify';
import type { DeskRow, UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { requireUser } from '../server/viewer.js';
import { RestFailure, pluginFailure } from './failures.js';
import { integer } from './query.js';

/** Before any resource of Jira Service Management (jira-facts 2.6): it is installed, and the caller opted in. */
export function requireServiceDesk(request: FastifyRequest, jira: Instance): void {
  if (!jira.switches.now.jsm) {
    throw pluginFailure(404, `null for uri: ${jira.baseUrl()}${request.url.slice(jira.contextPath.length)}`);
  }
  requireUser(request);
  if (!/^(opt-in|true)$/i.test(String(request.headers['x-experimentalapi'] ?? ''))) {
    throw deskFailure(412, 'This API is experimental. Experimental APIs are not guaranteed to be stable.');
  }
}

/** `{"errorMessage": ...}`: the envelope of this product. */
export function deskFailure(status: number, errorMessage: string): RestFailure {
  return new RestFailure(status, { errorMessage });
}

/** Another page than the platform's: `start`, `limit`, `isLastPage`. */
export function deskPage<Row>(request: FastifyRequest, jira: Instance, rows: readonly Row[]) {
  const start = Math.max(0, integer(request, 'start', 0));
  const limit = Math.min(50, Math.max(1, integer(request, 'limit', 50)));
  const values = rows.slice(start, start + limit);
  const self = jira.represent.link(request.url.slice(jira.contextPath.length));
  return { size: values.length, start, limit, isLastPage: start + limit >= rows.length, _links: { self }, values };
}

export function deskOf(id: string, jira: Instance): DeskRow {
  const desk = jira.store.tables.desks.get(id);
  if (desk) return desk;
  throw deskFailure(404, 'The service desk ID you entered does not exist.');
}

/** All of them or none: who is not there is named. */
export function usersNamed(names: readonly string[], jira: Instance): UserRow[] {
  return names.map((name) => {
    const user = jira.directory.byName(name);
    if (user) return user;
    throw deskFailure(400, `The user '${name}' does not exist.`);
  });
}

export function withAll<Value>(list: readonly Value[], more: readonly Value[]): Value[] {
  return [...new Set([...list, ...more])];
}

export function withoutAll<Value>(list: readonly Value[], those: readonly Value[]): Value[] {
  return list.filter((value) => !those.includes(value));
}
