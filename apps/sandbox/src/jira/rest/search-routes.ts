import type { FastifyInstance } from 'fastify';
import { foldName } from '../data/fold-name.js';
import type { UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { sendJson } from '../server/respond.js';
import { requireUser } from '../server/viewer.js';
import { failure } from './failures.js';
import { flag, integer, text } from './query.js';

/** Jira 10 and later show the first 100 users only, whatever `startAt` says (JRASERVER-78660). */
const foundMax = 100;
const pageDefault = 50;

/** `GET /rest/api/2/user/search`: a bare array, without a total and without groups. */
export function searchRoutes(app: FastifyInstance, jira: Instance): void {
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
    const page = found.slice(0, foundMax).slice(startAt, startAt + pageSize);
    return sendJson(
      reply,
      200,
      page.map((user) => jira.represent.found(user)),
    );
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
