import type { FastifyInstance } from 'fastify';
import { foldName } from '../data/fold-name.js';
import type { UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { sendJson } from '../server/respond.js';
import { requireAdministrator, requireUser } from '../server/viewer.js';
import { failure, pluginFailure } from './failures.js';
import { flag, integer, text } from './query.js';

/** Jira 10 and later show the first 100 users only, whatever `startAt` says (JRASERVER-78660). */
const foundMax = 100;
/** Of the versions before: any number of pages of so many at most. */
const pageMax = 1_000;
const listPageMax = 2_000;
const pageDefault = 50;

/** `GET /rest/api/2/user/search`: a bare array, without a total and without groups. */
export function searchRoutes(app: FastifyInstance, jira: Instance): void {
  listRoute(app, jira);
  app.get('/user/search', (request, reply) => {
    requireUser(request);
    const query = text(request, 'username');
    if (!query) throw failure(400, 'The username query parameter was not provided');
    const startAt = Math.max(0, integer(request, 'startAt', 0));
    const pageSize = Math.max(0, integer(request, 'maxResults', pageDefault));
    const found = [...jira.directory.users]
      .filter(({ active }) => flag(request, active ? 'includeActive' : 'includeInactive', active))
      .filter((user) => matchesSearch(user, query))
      .sort((a, b) => order(a, b));
    const shown = jira.switches.now.searchCap === 'pages' ? found : found.slice(0, foundMax);
    const page = shown.slice(startAt, startAt + Math.min(pageSize, pageMax));
    return sendJson(
      reply,
      200,
      page.map((user) => jira.represent.found(user)),
    );
  });
}

/** `GET /user/list`, since Jira 10: everybody, by cursor, in no order anybody promises. */
function listRoute(app: FastifyInstance, jira: Instance): void {
  app.get('/user/list', (request, reply) => {
    requireAdministrator(request, jira);
    if (!jira.switches.now.hasUserList)
      throw pluginFailure(404, `null for uri: ${jira.represent.link('/rest/api/2/user/list')}`);
    const from = integer(request, 'cursor', 0);
    const maxResults = Math.min(listPageMax, Math.max(1, integer(request, 'maxResults', listPageMax)));
    const users = [...jira.directory.users];
    const isLast = from + maxResults >= users.length;
    const link = (cursor: number) =>
      jira.represent.link(`/rest/api/2/user/list?cursor=${cursor}&maxResults=${maxResults}`);
    return sendJson(reply, 200, {
      self: link(from),
      ...(isLast ? {} : { nextPage: link(from + maxResults), nextCursor: String(from + maxResults) }),
      maxResults,
      isLast,
      values: users.slice(from, from + maxResults).map((user) => jira.represent.member(user)),
    });
  });
}

/** A prefix of the username, of the e-mail, or of a word of either name. `.` finds everyone. */
export function matchesSearch(user: Pick<UserRow, 'name' | 'displayName' | 'emailAddress'>, query: string): boolean {
  if (query === '.') return true;
  const wanted = foldName(query);
  return [user.name, user.displayName, user.emailAddress]
    .map(foldName)
    .some((value) => value.startsWith(wanted) || value.split(/[\s@._-]+/).some((word) => word.startsWith(wanted)));
}

function order(a: UserRow, b: UserRow): number {
  return foldName(a.displayName).localeCompare(foldName(b.displayName), 'en') || (a.key < b.key ? -1 : 1);
}
