import type { FastifyInstance, FastifyRequest } from 'fastify';
import { sealPassword } from '../data/password.js';
import type { UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { sendJson, sendNothing } from '../server/respond.js';
import { requireAdministrator, requireUser } from '../server/viewer.js';
import { checkProfile } from './check-profile.js';
import { failure, fieldFailure } from './failures.js';
import { body, expands, text } from './query.js';
import { application } from './represent.js';
import { UserWriteBean } from './rest-shapes.js';

const takenName = { username: 'A user with that username already exists.' };

/** `/rest/api/2/user`: jira-facts 2.2. */
export function userRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/user', (request, reply) => {
    requireUser(request);
    return sendJson(reply, 200, jira.represent.user(addressed(request, jira), expands(request)));
  });

  app.post('/user', (request, reply) => {
    requireAdministrator(request, jira);
    return sendJson(reply, 201, jira.represent.user(create(body(request, UserWriteBean), jira)));
  });

  app.put('/user', (request, reply) => {
    const caller = requireAdministrator(request, jira);
    const user = addressed(request, jira);
    return sendJson(reply, 200, jira.represent.user(update(user, body(request, UserWriteBean), caller, jira)));
  });

  app.delete('/user', (request, reply) => {
    const caller = requireAdministrator(request, jira);
    const user = addressed(request, jira);
    if (user.key === caller.key) throw failure(400, 'You cannot delete the currently logged in user.');
    jira.directory.removeUser(user, ...jira.sessions.endingAllOf(user));
    return sendNothing(reply, 204);
  });

  app.delete<{ Params: { username: string } }>('/user/session/:username', (request, reply) => {
    requireAdministrator(request, jira);
    jira.sessions.endAllOf(existing(request.params.username, jira));
    return sendNothing(reply, 200);
  });
}

function addressed(request: FastifyRequest, jira: Instance): UserRow {
  const [username, key] = [text(request, 'username'), text(request, 'key')];
  if (key !== undefined && username !== undefined) {
    throw failure(400, "Only one of the 'username' or the 'key' query parameters can be provided");
  }
  if (key !== undefined) {
    const user = jira.directory.byKey(key);
    if (!user) throw failure(404, `The user with the key '${key}' does not exist`);
    return user;
  }
  if (username === undefined) {
    throw failure(400, "Either the 'username' or the 'key' query parameters need to be provided");
  }
  return existing(username, jira);
}

function existing(username: string, jira: Instance): UserRow {
  const user = jira.directory.byName(username);
  if (!user) throw failure(404, `The user named '${username}' does not exist`);
  return user;
}

function create(request: UserWriteBean, jira: Instance): UserRow {
  const errors = checkProfile(request);
  if (Object.keys(errors).length > 0) throw fieldFailure(errors);
  const { name = '', emailAddress = '', displayName = '' } = request;
  if (jira.directory.byName(name)) throw fieldFailure(takenName);
  const user = {
    name,
    emailAddress,
    displayName,
    active: request.active ?? true,
    // Without one Jira makes a random password that nobody is told.
    password: request.password === undefined ? null : sealPassword(request.password),
    groups: groupsOfApplications(request.applicationKeys, jira),
  };
  return jira.directory.createUser(user);
}

/** Omitted means the default applications, and so a seat; an empty list means none. */
function groupsOfApplications(keys: readonly string[] | undefined, jira: Instance): string[] {
  const wanted = keys ?? [application.key];
  const unknown = wanted.find((key) => key !== application.key);
  if (unknown !== undefined) throw fieldFailure({ applicationKeys: `The application '${unknown}' does not exist.` });
  if (wanted.length > 0 && jira.directory.isFull) {
    throw fieldFailure({ applicationKeys: 'You have reached the user limit of your Jira Software licence.' });
  }
  return wanted.length > 0 ? [application.defaultGroup] : [];
}

/** What is omitted stays. A password in the body has no effect. */
function update(user: UserRow, request: UserWriteBean, caller: UserRow, jira: Instance): UserRow {
  const next = {
    ...user,
    name: request.name ?? user.name,
    emailAddress: request.emailAddress ?? user.emailAddress,
    displayName: request.displayName ?? user.displayName,
    active: request.active ?? user.active,
  };
  const errors = checkProfile(next);
  const holder = jira.directory.byName(next.name);
  if (holder && holder.key !== user.key) Object.assign(errors, takenName);
  if (user.active && !next.active) Object.assign(errors, checkDeactivation(user, caller, jira));
  if (Object.keys(errors).length > 0) throw fieldFailure(errors);
  return jira.directory.updateUser(next, ...(next.active ? [] : jira.sessions.endingAllOf(user)));
}

function checkDeactivation(user: UserRow, caller: UserRow, jira: Instance): Record<string, string> {
  if (user.key === caller.key) return { active: 'You cannot deactivate the currently logged in user.' };
  if (jira.directory.isAdministrator(user) && jira.directory.isLastAdministrator(user)) {
    return { active: 'You cannot deactivate the last system administrator.' };
  }
  return {};
}
