import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';
import { sendJson } from '../server/respond.js';
import { challenge, requireAdministrator, requireUser, viewerOf } from '../server/viewer.js';
import { RestFailure, failure, notAuthenticated } from './failures.js';
import type { Switches } from '../switches.js';
import { expands } from './query.js';
import type { PermissionBean, ServerInfoBean } from './rest-shapes.js';

/** The instance itself: who am I, what are you, what may be used. */
export function instanceRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/myself', (request, reply) => {
    return sendJson(reply, 200, jira.represent.user(requireUser(request), expands(request)));
  });

  app.get('/serverInfo', (request, reply) => {
    refuseBadCredential(request);
    return sendJson(reply, 200, serverInfo(jira, new Date()));
  });

  app.get('/mypermissions', (request, reply) => {
    // Up to 9 visitors are told that they have none; since 10 they have to say who they are.
    const isOpen = Number.parseInt(jira.switches.now.jiraVersion, 10) < 10;
    const user = isOpen ? viewerOf(request).user : requireUser(request);
    const havePermission = user !== undefined && jira.directory.isAdministrator(user);
    return sendJson(reply, 200, { permissions: globalPermissions(havePermission) });
  });

  app.get('/cluster/nodes', (request, reply) => {
    requireAdministrator(request, jira);
    return sendJson(reply, 200, clusterNodes(jira));
  });

  app.get('/applicationrole', (request, reply) => {
    requireAdministrator(request, jira);
    return sendJson(
      reply,
      200,
      jira.licence.applications.map((application) => jira.represent.applicationRole(application)),
    );
  });
}

/** The nodes of a cluster; 405 is what Jira says when there is none. */
function clusterNodes(jira: Instance): unknown[] {
  const { nodes } = jira.switches.now;
  if (nodes === 1) throw failure(405, 'This Jira instance is not clustered');
  return Array.from({ length: nodes }, (_, node) => ({ nodeId: `sandbox${node + 1}`, state: 'ACTIVE', alive: true }));
}

/** Anonymous visitors may read it; a token that opens nothing is told so here, unlike on most resources. */
function refuseBadCredential(request: FastifyRequest): void {
  if (viewerOf(request).credential !== 'refused') return;
  throw new RestFailure(401, { errorMessages: [notAuthenticated], errors: {} }, challenge);
}

/** The two that decide whether somebody may manage users; an administrator of this Jira has both. */
function globalPermissions(havePermission: boolean): Record<string, PermissionBean> {
  const permission = (id: string, key: string, name: string) => {
    return { id, key, name, type: 'GLOBAL' as const, description: name, havePermission };
  };
  return {
    ADMINISTER: permission('0', 'ADMINISTER', 'Jira Administrators'),
    SYSTEM_ADMIN: permission('44', 'SYSTEM_ADMIN', 'Jira System Administrators'),
  };
}

const builds = {
  '9.12': { version: '9.12.27', versionNumbers: [9, 12, 27], buildNumber: 9120027 },
  '10.3': { version: '10.3.24', versionNumbers: [10, 3, 24], buildNumber: 10030024 },
  '11.3': { version: '11.3.5', versionNumbers: [11, 3, 5], buildNumber: 11030005 },
} as const satisfies Record<Switches['jiraVersion'], unknown>;

function serverInfo(jira: Instance, now: Date): ServerInfoBean {
  const { versionNumbers, ...build } = builds[jira.switches.now.jiraVersion];
  return {
    baseUrl: jira.baseUrl(),
    ...build,
    versionNumbers: [...versionNumbers],
    deploymentType: 'Server',
    buildDate: '2026-01-22T00:00:00.000+0000',
    databaseBuildNumber: build.buildNumber,
    serverTime: jiraTime(now),
    scmInfo: '0'.repeat(40),
    serverTitle: 'Sandbox Jira',
  };
}

/** Jira writes the offset without a colon. */
export function jiraTime(at: Date): string {
  return at.toISOString().replace('Z', '+0000');
}
