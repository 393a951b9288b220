import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { DeskRow, UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { sendJson, sendNothing } from '../server/respond.js';
import { requireAdministrator } from '../server/viewer.js';
import { checkProfile } from './check-profile.js';
import { body, text } from './query.js';
import { matchesSearch } from './search-routes.js';
import { deskFailure, deskOf, deskPage, usersNamed, withAll, withoutAll } from './service-desk.js';

/** Data Center says `fullName`; Cloud's `displayName` is a field it does not know. */
const NewCustomer = z.strictObject({ email: z.string(), fullName: z.string() });
export const Usernames = z.strictObject({ usernames: z.array(z.string()).min(1) });

interface OfDesk {
  Params: { id: string };
}

/** `/rest/servicedeskapi`: desks and their customers. */
export function serviceDeskRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/info', (_request, reply) => sendJson(reply, 200, { version: '10.3.24', isLicensedForUse: true }));

  app.get('/servicedesk', (request, reply) => {
    const desks = [...jira.store.tables.desks.values()].map(({ id, projectKey, projectName }) => {
      return { id: String(id), projectKey, projectName };
    });
    return sendJson(reply, 200, deskPage(request, jira, desks));
  });

  app.post('/customer', (request, reply) => {
    requireAdministrator(request, jira);
    return sendJson(reply, 201, jira.represent.found(createCustomer(body(request, NewCustomer), jira)));
  });

  const customers = '/servicedesk/:id/customer';
  app.get<OfDesk>(customers, (request, reply) => {
    const query = text(request, 'query');
    const found = deskOf(request.params.id, jira)
      .customers.flatMap((key) => jira.directory.byKey(key) ?? [])
      .filter((user) => !query || matchesSearch(user, query));
    return sendJson(
      reply,
      200,
      deskPage(
        request,
        jira,
        found.map((user) => jira.represent.found(user)),
      ),
    );
  });

  for (const [method, change] of [
    ['POST', withAll],
    ['DELETE', withoutAll],
  ] as const) {
    app.route<OfDesk>({
      method,
      url: customers,
      handler: (request, reply) => {
        requireAdministrator(request, jira);
        const desk = deskOf(request.params.id, jira);
        const keys = usersNamed(body(request, Usernames).usernames, jira).map(({ key }) => key);
        putDesk({ ...desk, customers: change(desk.customers, keys) }, jira);
        return sendNothing(reply, 204);
      },
    });
  }
}

/** The username is the e-mail address; no application, and so no seat. */
function createCustomer({ email, fullName }: z.output<typeof NewCustomer>, jira: Instance): UserRow {
  const problem = Object.values(checkProfile({ name: email, emailAddress: email, displayName: fullName }))[0];
  if (problem !== undefined) throw deskFailure(400, problem);
  const isTaken = [...jira.directory.users].some((user) => user.emailAddress.toLowerCase() === email.toLowerCase());
  if (isTaken || jira.directory.byName(email)) {
    throw deskFailure(400, 'An account already exists for this email address.');
  }
  const profile = { name: email, emailAddress: email, displayName: fullName };
  return jira.directory.createUser({ ...profile, active: true, password: null, groups: [] });
}

export function putDesk(desk: DeskRow, jira: Instance): void {
  jira.store.commit({ table: 'desks', key: String(desk.id), value: desk });
}
