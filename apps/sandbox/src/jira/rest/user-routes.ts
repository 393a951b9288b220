import type { FastifyInstance, FastifyRequest } from 'fastify';
import { foldName } from '../data/fold-name.js';
import { software } from '../data/licence.js';
import type { Application } from '../data/licence.js';
import { sealPassword } from '../data/password.js';
import type { UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { sendJson, sendNothing } from '../server/respond.js';
import { requireAdministrator, requireUser } from '../server/viewer.js';
import { checkProfile } from './check-profile.js';
import { failure, fieldFailure } from './failures.js';
import { body, expands, flag, text } from './query.js';
import { PasswordBean, UserWriteBean } from './rest-shapes.js';

const takenName = { username: 'A user with that username already exists.' };

/** `/rest/api/2/user`: jira-facts 2.2. */
export function userRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/user', (request, reply) => {
    requireUser(request);
    const deleted = deletedUser(request, jira);
    if (deleted) return sendJson(reply, 200, { ...jira.represent.user(deleted), active: false, deleted: true });
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
    requireWritable(user, jira);
    requireNoTraces(user, jira);
    jira.directory.removeUser(user, ...jira.sessions.endingAllOf(user));
    return sendNothing(reply, 204);
  });

  app.put('/user/password', (request, reply) => {
    requireAdministrator(request, jira);
    const user = addressed(request, jira);
    if (jira.directory.modeOf(user) !== 'writable') throw failure(403, 'The directory is read-only.');
    jira.directory.updateUser({ ...user, password: sealPassword(body(request, PasswordBean).password) });
    return sendNothing(reply, 204);
  });

  app.delete<{ Params: { username: string } }>('/user/session/:username', (request, reply) => {
    requireAdministrator(request, jira);
    jira.sessions.endAllOf(existing(request.params.username, jira));
    return sendNothing(reply, 200);
  });
}

/** One that is asked for by name, by an administrator, and whose name nobody has since. */
function deletedUser(request: FastifyRequest, jira: Instance): UserRow | undefined {
  const username = text(request, 'username');
  if (username === undefined || !flag(request, 'includeDeleted', false)) return undefined;
  requireAdministrator(request, jira);
  return jira.directory.byName(username) ? undefined : jira.directory.deletedByName(username);
}

/** The user of `username` or `key`. */
export function addressed(request: FastifyRequest, jira: Instance, keyName = 'key'): UserRow {
  const [username, key] = [text(request, 'username'), text(request, keyName)];
  if (key !== undefined && username !== undefined) {
    throw failure(400, `Only one of the 'username' or the '${keyName}' query parameters can be provided`);
  }
  if (key !== undefined) {
    const user = jira.directory.byKey(key);
    if (!user) throw failure(404, `The user with the key '${key}' does not exist`);
    return user;
  }
  if (username === undefined) {
    throw failure(400, `Either the 'username' or the '${keyName}' query parameters need to be provided`);
  }
  return existing(username, jira);
}

export function existing(username: string, jira: Instance): UserRow {
  const user = jira.directory.byName(username);
  if (!user) throw failure(404, `The user named '${username}' does not exist`);
  return user;
}

function create(request: UserWriteBean, jira: Instance): UserRow {
  const { lowerCaseNames, readOnlyStatus } = jira.switches.now;
  const directory = jira.directory.writable;
  if (directory === 'none') throw failure(readOnlyStatus, 'Cannot add user, all the user directories are read-only.');
  const errors = checkProfile(request);
  if (Object.keys(errors).length > 0) throw fieldFailure(errors);
  const { name = '', emailAddress = '', displayName = '' } = request;
  if (jira.directory.byName(name)) throw fieldFailure(takenName);
  const user = {
    name: lowerCaseNames ? foldName(name) : name,
    emailAddress,
    displayName,
    active: request.active ?? true,
    // Without one Jira makes a random password that nobody is told.
    password: request.password === undefined ? null : sealPassword(request.password),
    groups: groupsOfApplications(request.applicationKeys ?? [software.key], jira),
    ...(directory.name === undefined ? {} : { directory: directory.name }),
  };
  return jira.directory.createUser(user);
}

/** Omitted means the default application, and so a seat; an empty list means none. */
function groupsOfApplications(keys: readonly string[], jira: Instance): string[] {
  return keys.map((key) => {
    const application = jira.licence.application(key);
    if (!application) throw fieldFailure({ applicationKeys: `The application '${key}' does not exist.` });
    if (jira.licence.refusesOneMore(application)) throw fieldFailure({ applicationKeys: noSeat(application) });
    return application.group;
  });
}

function noSeat({ name }: Application): string {
  return `You have reached the user limit of your ${name} licence.`;
}

/** What is omitted stays. A password in the body has no effect. */
function update(user: UserRow, request: UserWriteBean, caller: UserRow, jira: Instance): UserRow {
  requireWritable(user, jira);
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
  if (!user.active && next.active) Object.assign(errors, checkActivation(user, jira));
  if (Object.keys(errors).length > 0) throw fieldFailure(errors);
  const endings = next.active ? [] : jira.sessions.endingAllOf(user);
  const isRename = foldName(next.name) !== foldName(user.name);
  return isRename ? jira.directory.renameUser(user, next, ...endings) : jira.directory.updateUser(next, ...endings);
}

/** Whoever comes back takes the seats of the groups that were kept. */
function checkActivation(user: UserRow, jira: Instance): Record<string, string> {
  const full = jira.licence.applicationsOf(user).find((application) => jira.licence.refusesOneMore(application));
  return full ? { active: noSeat(full) } : {};
}

/** No field is named: nothing about the request is wrong. */
function requireWritable(user: UserRow, jira: Instance): void {
  if (jira.directory.modeOf(user) === 'writable') return;
  throw failure(jira.switches.now.readOnlyStatus, "Cannot edit user, as the user's directory is read-only.");
}

function isAmong(names: readonly string[], user: UserRow): boolean {
  return names.some((name) => foldName(name) === foldName(user.name));
}

function isLead(user: UserRow, jira: Instance): boolean {
  const { projectLeads, componentLeads } = jira.switches.now;
  return isAmong([...projectLeads, ...componentLeads], user);
}

function requireNoTraces(user: UserRow, jira: Instance): void {
  if (!isLead(user, jira) && !isAmong(jira.switches.now.authors, user)) return;
  throw failure(400, `Cannot delete user '${user.name}' because they have reported issues, comments or lead projects.`);
}

function checkDeactivation(user: UserRow, caller: UserRow, jira: Instance): Record<string, string> {
  if (user.key === caller.key) return { active: 'You cannot deactivate the currently logged in user.' };
  if (isLead(user, jira)) {
    return { active: `You cannot deactivate '${user.name}' because they are currently a project lead on: DEMO` };
  }
  if (jira.directory.isAdministrator(user) && jira.directory.isLastAdministrator(user)) {
    return { active: 'You cannot deactivate the last system administrator.' };
  }
  return {};
}
