import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { OrganizationRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { sendJson, sendNothing } from '../server/respond.js';
import { requireAdministrator } from '../server/viewer.js';
import { body } from './query.js';
import { Usernames, putDesk } from './service-desk-routes.js';
import { deskFailure, deskOf, deskPage, usersNamed, withAll, withoutAll } from './service-desk.js';

const NewOrganization = z.strictObject({ name: z.string().trim().min(1) });
const OrganizationLink = z.strictObject({ organizationId: z.int() });

interface OfOne {
  Params: { id: string };
}

/** `/rest/servicedeskapi/organization`, and their desks. Names are not unique: an id is the only address. */
export function organizationRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/organization', (request, reply) => {
    const all = [...jira.store.tables.organizations.values()];
    return sendJson(
      reply,
      200,
      deskPage(
        request,
        jira,
        all.map((one) => shown(one, jira)),
      ),
    );
  });

  app.post('/organization', (request, reply) => {
    requireAdministrator(request, jira);
    return sendJson(reply, 201, shown(create(body(request, NewOrganization).name, jira), jira));
  });

  app.get<OfOne>('/organization/:id', (request, reply) =>
    sendJson(reply, 200, shown(organizationOf(request.params.id, jira), jira)),
  );

  app.delete<OfOne>('/organization/:id', (request, reply) => {
    requireAdministrator(request, jira);
    const { id } = organizationOf(request.params.id, jira);
    for (const desk of jira.store.tables.desks.values()) {
      putDesk({ ...desk, organizations: withoutAll(desk.organizations, [id]) }, jira);
    }
    jira.store.commit({ table: 'organizations', key: String(id), value: null });
    return sendNothing(reply, 204);
  });

  app.get<OfOne>('/organization/:id/user', (request, reply) => {
    const members = organizationOf(request.params.id, jira).members.flatMap((key) => jira.directory.byKey(key) ?? []);
    return sendJson(
      reply,
      200,
      deskPage(
        request,
        jira,
        members.map((user) => jira.represent.found(user)),
      ),
    );
  });

  app.get<OfOne>('/servicedesk/:id/organization', (request, reply) => {
    const { organizations } = deskOf(request.params.id, jira);
    const linked = organizations.map((id) => shown(organizationOf(String(id), jira), jira));
    return sendJson(reply, 200, deskPage(request, jira, linked));
  });

  for (const [method, change] of [
    ['POST', withAll],
    ['DELETE', withoutAll],
  ] as const) {
    app.route<OfOne>({
      method,
      url: '/organization/:id/user',
      handler: (request, reply) => {
        requireAdministrator(request, jira);
        const organization = organizationOf(request.params.id, jira);
        const keys = usersNamed(body(request, Usernames).usernames, jira).map(({ key }) => key);
        put({ ...organization, members: change(organization.members, keys) }, jira);
        return sendNothing(reply, 204);
      },
    });

    app.route<OfOne>({
      method,
      url: '/servicedesk/:id/organization',
      handler: (request, reply) => {
        requireAdministrator(request, jira);
        const desk = deskOf(request.params.id, jira);
        const { id } = organizationOf(String(body(request, OrganizationLink).organizationId), jira);
        putDesk({ ...desk, organizations: change(desk.organizations, [id]) }, jira);
        return sendNothing(reply, 204);
      },
    });
  }
}

function organizationOf(id: string, jira: Instance): OrganizationRow {
  const organization = jira.store.tables.organizations.get(id);
  if (organization) return organization;
  throw deskFailure(404, 'The organization ID you entered does not exist.');
}

function create(name: string, jira: Instance): OrganizationRow {
  const last = (jira.store.tables.sequences.get('organization')?.last ?? 0) + 1;
  const row = { id: last, name, members: [] };
  jira.store.commit(
    { table: 'sequences', key: 'organization', value: { last } },
    { table: 'organizations', key: String(last), value: row },
  );
  return row;
}

function put(row: OrganizationRow, jira: Instance): void {
  jira.store.commit({ table: 'organizations', key: String(row.id), value: row });
}

function shown({ id, name }: OrganizationRow, jira: Instance) {
  const self = jira.represent.link(`/rest/servicedeskapi/organization/${id}`);
  return { id: String(id), name, _links: { self } };
}
