import type { FastifyInstance } from 'fastify';
import { foldName } from '../data/fold-name.js';
import type { Instance } from '../instance.js';
import { sendJson } from '../server/respond.js';
import { requireAdministrator, requireUser } from '../server/viewer.js';
import { expands, integer, text } from './query.js';

const pickedDefault = 20;

/** What choosers and checks ask: names in several directories, groups by a part of their name, who leads projects. */
export function lookupRoutes(app: FastifyInstance, jira: Instance): void {
  duplicatedRoute(app, jira);
  groupsPickerRoute(app, jira);
  projectRoute(app, jira);
}

/** `GET /user/duplicated/list`, by name. */
function duplicatedRoute(app: FastifyInstance, jira: Instance): void {
  app.get('/user/duplicated/list', (request, reply) => {
    requireAdministrator(request, jira);
    return sendJson(reply, 200, jira.directory.duplicated);
  });
}

/** `GET /groups/picker`: a part of the name, in any case. */
function groupsPickerRoute(app: FastifyInstance, jira: Instance): void {
  app.get('/groups/picker', (request, reply) => {
    requireUser(request);
    const wanted = foldName(text(request, 'query') ?? '');
    const maxResults = Math.max(1, integer(request, 'maxResults', pickedDefault));
    const found = jira.directory.groupNames.filter((name) => foldName(name).includes(wanted)).sort();
    const groups = found.slice(0, maxResults).map((name) => ({ name, html: escaped(name), labels: [] }));
    const header = `Showing ${groups.length} of ${found.length} matching groups`;
    return sendJson(reply, 200, { header, total: found.length, groups });
  });
}

/** `GET /project`: one for each lead, as much of it as anybody here asks for. */
function projectRoute(app: FastifyInstance, jira: Instance): void {
  app.get('/project', (request, reply) => {
    requireUser(request);
    const leads = jira.switches.now.projectLeads.flatMap((name) => jira.directory.byName(name) ?? []);
    const projects = leads.map(({ key, name }, index) => ({
      id: String(10_000 + index),
      key: `DEMO${index}`,
      name: `Demo ${index}`,
      ...(expands(request).has('lead') ? { lead: { key, name } } : {}),
    }));
    return sendJson(reply, 200, projects);
  });
}

/** Jira marks what matched, for a page. */
function escaped(name: string): string {
  return name.replace(/[&<>]/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
