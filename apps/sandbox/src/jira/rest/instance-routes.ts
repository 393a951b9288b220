import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Instance } from '../instance.js';
import { sendJson } from '../server/respond.js';
import { challenge, requireAdministrator, requireUser, viewerOf } from '../server/viewer.js';
import { RestFailure, notAuthenticated } from './failures.js';
import { expands } from './query.js';
import type { PermissionBean, ServerInfoBean } from './rest-shapes.js';

/** The instance itself: who am I, what are you, what may be used. */
export function instanceRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/myself', (request, reply) => {
    return sendJson(reply, 200, jira.represent.user(requireUser(request), expands(request)));
  });

  app.get('/serverInfo', (request, reply) => {
    refuseBadCredential(request);
    return sendJson(reply, 200, serverInfo(jira.baseUrl(), new Date()));
  });

  app.get('/mypermissions', (request, reply) => {
    const havePermission = jira.directory.isAdministrator(requireUser(request));
    return sendJson(reply, 200, { permissions: globalPermissions(havePermission) });
  });

  app.get('/applicationrole', (request, reply) => {
    requireAdministrator(request, jira);
    return sendJson(reply, 200, [jira.represent.applicationRole()]);
  });
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

function serverInfo(baseUrl: string, now: Date): ServerInfoBean {
  return {
    baseUrl,
    version: '10.3.24',
    versionNumbers: [10, 3, 24],
    deploymentType: 'Server',
    buildNumber: 10030024,
    buildDate: '2026-01-22T00:00:00.000+0000',
    databaseBuildNumber: 10030024,
    serverTime: jiraTime(now),
    scmInfo: '0'.repeat(40),
    serverTitle: 'Sandbox Jira',
  };
}

/** Jira writes the offset without a colon. */
export function jiraTime(at: Date): string {
  return at.toISOString().replace('Z', '+0000');
}
