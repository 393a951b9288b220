import type { FastifyInstance, FastifyRequest } from 'fastify';
import { administratorsGroup } from '../data/initial-data.js';
import type { GroupRow, UserRow } from '../data/rows.js';
import type { Instance } from '../instance.js';
import { sendJson, sendNothing } from '../server/respond.js';
import { requireAdministrator, requireUser } from '../server/viewer.js';
import { failure, pluginFailure } from './failures.js';
import { body, flag, integer, text } from './query.js';
import { AddGroupBean, UpdateUserToGroupBean } from './rest-shapes.js';
import type { MemberPage } from './rest-shapes.js';

const nameMax = 255;
/** Jira gives at most so many members a page, whatever was asked for. */
const pageMax = 50;

/** `/rest/api/2/group`: jira-facts 2.3. */
export function groupRoutes(app: FastifyInstance, jira: Instance): void {
  // Gone in Jira 10: the same 405 as for any method that a resource does not have.
  app.get('/group', (request, reply) => {
    requireUser(request);
    if (!jira.switches.now.hasGroupGet) {
      void reply.header('allow', 'POST,DELETE');
      throw pluginFailure(405, 'HTTP 405 Method Not Allowed');
    }
    return sendJson(reply, 200, jira.represent.group(addressed(request, jira)));
  });

  app.post('/group', (request, reply) => {
    requireAdministrator(request, jira);
    const name = body(request, AddGroupBean).name ?? '';
    if (!name.trim()) throw failure(400, 'The group name must not be empty.');
    if (name.length > nameMax) throw failure(400, `The group name must not exceed ${nameMax} characters in length.`);
    if (jira.directory.group(name)) throw failure(400, 'A group or user with this name already exists.');
    if (!jira.directory.takesGroups) throw readOnly(jira, 'Cannot add group, all the user directories are read-only.');
    return sendJson(reply, 201, jira.represent.group(jira.directory.createGroup(name)));
  });

  app.delete('/group', (request, reply) => {
    requireAdministrator(request, jira);
    const group = addressed(request, jira);
    if (isGroup(group, administratorsGroup)) {
      throw failure(400, 'You are trying to delete the last group with administration permission.');
    }
    const swapGroup = text(request, 'swapGroup');
    // It takes over what the group restricted, not its members; here nothing is restricted.
    if (swapGroup !== undefined && !jira.directory.group(swapGroup)) {
      throw failure(404, `The group named '${swapGroup}' does not exist.`);
    }
    jira.directory.removeGroup(group);
    return sendNothing(reply, 200);
  });

  app.post('/group/user', (request, reply) => {
    requireAdministrator(request, jira);
    const group = addressed(request, jira);
    const user = userNamed(body(request, UpdateUserToGroupBean).name, jira);
    addMember(user, group, jira);
    return sendJson(reply, 201, jira.represent.group(group));
  });

  app.delete('/group/user', (request, reply) => {
    const caller = requireAdministrator(request, jira);
    const group = addressed(request, jira);
    removeMember(userNamed(text(request, 'username'), jira), group, caller, jira);
    return sendNothing(reply, 200);
  });

  app.get('/group/member', (request, reply) => {
    requireAdministrator(request, jira);
    return sendJson(reply, 200, memberPage(request, addressed(request, jira), jira));
  });
}

export function addMember(user: UserRow, group: GroupRow, jira: Instance): void {
  if (jira.directory.isMember(user, group.name)) {
    throw failure(400, `Cannot add user '${user.name}', user is already a member of '${group.name}'`);
  }
  requireLocalGroups(user, jira);
  const application = jira.licence.openedBy(group.name);
  if (application && user.active && jira.licence.refusesOneMore(application)) {
    throw failure(400, `Cannot add user '${user.name}', the user limit of the licence has been reached.`);
  }
  jira.directory.addMember(user, group);
}

function removeMember(user: UserRow, group: GroupRow, caller: UserRow, jira: Instance): void {
  if (!jira.directory.isMember(user, group.name)) {
    throw failure(
      400,
      `Cannot remove user '${user.name}' from group '${group.name}' since user is not a member of '${group.name}'`,
    );
  }
  if (isGroup(group, administratorsGroup) && user.key === caller.key) {
    throw failure(400, 'You are trying to leave all of the administration groups.');
  }
  requireLocalGroups(user, jira);
  jira.directory.removeMember(user, group);
}

/** A directory that is read-only with local groups takes memberships, one that is read-only does not. */
function requireLocalGroups(user: UserRow, jira: Instance): void {
  if (jira.directory.modeOf(user) !== 'readOnly') return;
  throw readOnly(jira, "Cannot edit group memberships, as the user's directory is read-only.");
}

function readOnly(jira: Instance, message: string) {
  return failure(jira.switches.now.readOnlyStatus, message);
}

function memberPage(request: FastifyRequest, group: GroupRow, jira: Instance): MemberPage {
  const startAt = Math.max(0, integer(request, 'startAt', 0));
  const maxResults = Math.min(pageMax, Math.max(1, integer(request, 'maxResults', pageMax)));
  const withInactive = flag(request, 'includeInactiveUsers', false);
  const members = jira.directory.membersWithNested(group).filter(({ active }) => active || withInactive);
  const isLast = startAt + maxResults >= members.length;
  const link = (start: number) =>
    jira.represent.link(
      `/rest/api/2/group/member?groupname=${encodeURIComponent(group.name)}` +
        `&includeInactiveUsers=${withInactive}&maxResults=${maxResults}&startAt=${start}`,
    );
  return {
    self: link(startAt),
    ...(isLast ? {} : { nextPage: link(startAt + maxResults) }),
    maxResults,
    startAt,
    total: members.length,
    isLast,
    values: members.slice(startAt, startAt + maxResults).map((user) => jira.represent.member(user)),
  };
}

function addressed(request: FastifyRequest, jira: Instance): GroupRow {
  const name = text(request, 'groupname');
  if (!name) throw failure(400, 'The group name must not be empty.');
  const group = jira.directory.group(name);
  if (!group) throw failure(404, `The group named '${name}' does not exist.`);
  return group;
}

function userNamed(name: string | undefined, jira: Instance): UserRow {
  const user = jira.directory.byName(name ?? '');
  if (!user) throw failure(404, `The user named '${name ?? ''}' does not exist`);
  return user;
}

function isGroup(group: GroupRow, name: string): boolean {
  return group.name === name;
}
