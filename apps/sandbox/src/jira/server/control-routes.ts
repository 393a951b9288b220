import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { without } from '../data/without.js';
import type { Instance } from '../instance.js';
import { FaultRequest } from './faults.js';
import { sendJson } from './respond.js';

const ResetRequest = z.strictObject({ keepSso: z.boolean().optional() });

/** What tests and people trying things out use; at the root, whatever the context path. Never counted as calls. */
export function controlRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/__test/state', (_request, reply) => sendJson(reply, 200, state(jira)));

  app.post('/__test/reset', (request, reply) => {
    const parsed = ResetRequest.safeParse(request.body ?? {});
    if (!parsed.success) return sendJson(reply, 400, { message: z.prettifyError(parsed.error) });
    reset(jira, parsed.data.keepSso ?? false);
    return sendJson(reply, 200, state(jira));
  });

  app.get('/__test/faults', (_request, reply) => sendJson(reply, 200, jira.faults.list()));
  app.post('/__test/faults', (request, reply) => {
    const parsed = FaultRequest.safeParse(request.body);
    if (!parsed.success) return sendJson(reply, 400, { message: z.prettifyError(parsed.error) });
    jira.faults.set(faultsOf(parsed.data));
    return sendJson(reply, 200, jira.faults.list());
  });
}

function faultsOf(request: FaultRequest) {
  if (Array.isArray(request)) return request;
  return 'faults' in request ? request.faults : [];
}

function reset(jira: Instance, keepSso: boolean): void {
  jira.store.reset(
    ({ table, key }) => keepSso && (table === 'sso' || table === 'idps' || (table === 'sequences' && key === 'idp')),
  );
  jira.calls.clear();
  jira.faults.set([]);
  jira.oidc.reset();
}

function state(jira: Instance) {
  return {
    users: [...jira.directory.users].map((user) => ({
      ...without(user, 'password'),
      groups: jira.directory.groupsOf(user).map(({ name }) => name),
    })),
    groups: jira.directory.groupNames,
    sessions: jira.sessions.count(),
    calls: jira.calls.report(),
    writes: jira.calls.writeCount,
    sso: jira.sso.get(),
    idps: jira.sso.idps().map((idp) => without(idp, 'client-secret')),
  };
}
