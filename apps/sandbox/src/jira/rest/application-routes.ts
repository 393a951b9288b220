import type { FastifyInstance, FastifyRequest } from 'fastify';
import { foldName } from '../data/fold-name.js';
import type { Application } from '../data/licence.js';
import type { Instance } from '../instance.js';
import { sendNothing } from '../server/respond.js';
import { requireAdministrator } from '../server/viewer.js';
import { failure } from './failures.js';
import { addMember } from './group-routes.js';
import { text } from './query.js';
import { addressed } from './user-routes.js';

/** `/rest/api/2/user/application`: memberships by another name, and no error when nothing is to be done. */
export function applicationRoutes(app: FastifyInstance, jira: Instance): void {
  app.post('/user/application', (request, reply) => {
    requireAdministrator(request, jira);
    const user = addressed(request, jira);
    const { group } = applicationOf(request, jira);
    if (jira.directory.isMember(user, group)) return sendNothing(reply, 200);
    addMember(user, jira.directory.group(group) ?? jira.directory.createGroup(group), jira);
    return sendNothing(reply, 200);
  });

  app.delete('/user/application', (request, reply) => {
    requireAdministrator(request, jira);
    const user = addressed(request, jira);
    const { group } = applicationOf(request, jira);
    jira.directory.updateUser({ ...user, groups: user.groups.filter((name) => name !== foldName(group)) });
    return sendNothing(reply, 204);
  });
}

function applicationOf(request: FastifyRequest, jira: Instance): Application {
  const key = text(request, 'applicationKey') ?? '';
  const application = jira.licence.application(key);
  if (application) return application;
  throw failure(400, `The application '${key}' does not exist.`);
}
