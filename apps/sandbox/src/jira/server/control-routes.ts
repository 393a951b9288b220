import type { FastifyInstance, FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Instance } from '../instance.js';
import { Switches } from '../switches.js';
import { RenameGroup, SyncedUser, syncUser } from './directory-sync.js';
import { FaultRequest } from './faults.js';
import { sendJson } from './respond.js';
import { stateOf } from './state.js';

const ResetRequest = z.strictObject({ keepSso: z.boolean().optional(), keepSwitches: z.boolean().optional() });
// Without the defaults: what a request does not name must stay as it is.
const SwitchRequest = z.strictObject(
  Object.fromEntries(Object.entries(Switches.shape).map(([name, value]) => [name, bare(value).optional()])),
);

/** What tests and people trying things out use; at the root, whatever the context path. Never counted as calls. */
export function controlRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/__test/state', (_request, reply) => sendJson(reply, 200, stateOf(jira)));

  app.post('/__test/reset', (request, reply) =>
    given(ResetRequest, request.body ?? {}, reply, (what) => {
      reset(jira, what);
      return stateOf(jira);
    }),
  );

  app.get('/__test/faults', (_request, reply) => sendJson(reply, 200, jira.faults.list()));
  app.post('/__test/faults', (request, reply) =>
    given(FaultRequest, request.body, reply, (faults) => {
      jira.faults.set(faultsOf(faults));
      return jira.faults.list();
    }),
  );

  app.get('/__test/switches', (_request, reply) => sendJson(reply, 200, jira.switches.now));
  app.post('/__test/switches', (request, reply) =>
    given(SwitchRequest, request.body, reply, (settings) => {
      jira.switches.turn(settings);
      return jira.switches.now;
    }),
  );

  app.post('/__test/users', (request, reply) =>
    given(SyncedUser, request.body, reply, (user) => jira.represent.user(syncUser(user, jira))),
  );
  app.post('/__test/groups/rename', (request, reply) =>
    given(RenameGroup, request.body, reply, (r) => rename(r, jira)),
  );
}

function given<Shape extends z.ZodType>(
  shape: Shape,
  body: unknown,
  reply: FastifyReply,
  answer: (parsed: z.output<Shape>) => unknown,
): FastifyReply {
  const parsed = shape.safeParse(body);
  if (!parsed.success) return sendJson(reply, 400, { message: z.prettifyError(parsed.error) });
  return sendJson(reply, 200, answer(parsed.data));
}

function bare(shape: z.ZodType): z.ZodType {
  return shape instanceof z.ZodDefault ? (shape.unwrap() as z.ZodType) : shape;
}

function faultsOf(request: FaultRequest) {
  if (Array.isArray(request)) return request;
  return 'faults' in request ? request.faults : [];
}

function rename({ from, to }: RenameGroup, jira: Instance) {
  const group = jira.directory.group(from);
  if (group) jira.directory.renameGroup(group, to);
  return { groups: jira.directory.groupNames };
}

function reset(jira: Instance, { keepSso = false, keepSwitches = false }: z.output<typeof ResetRequest>): void {
  if (!keepSwitches) jira.switches.reset();
  jira.store.reset(
    ({ table, key }) => keepSso && (table === 'sso' || table === 'idps' || (table === 'sequences' && key === 'idp')),
  );
  jira.calls.clear();
  jira.faults.set([]);
  jira.rateLimits.clear();
  jira.captcha.clearAll();
  jira.oidc.reset();
}
