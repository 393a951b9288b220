import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IdpRow } from '../data/rows.js';
import { without } from '../data/without.js';
import type { Instance } from '../instance.js';
import { loginMethods } from '../web/decide-login.js';
import { sendJson } from '../server/respond.js';
import { challenge, viewerOf } from '../server/viewer.js';
import { pluginFailure, RestFailure } from './failures.js';
import { mergeIdp, newIdp } from './idp-configuration.js';
import { integer } from './query.js';
import { IdpConfigWrite, SsoConfigWrite } from './sso-shapes.js';
import type { IdpConfigEntity, LoginOptionEntity, SsoPage } from './sso-shapes.js';

/** The bundled SSO app's REST: jira-facts 1.4. */
export function authconfigRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/sso', (request, reply) => {
    requireSystemAdministrator(request, jira);
    return sendJson(reply, 200, jira.sso.get());
  });

  app.patch('/sso', (request, reply) => {
    requireSystemAdministrator(request, jira);
    return sendJson(reply, 200, jira.sso.update(without(parse(request, SsoConfigWrite), 'last-updated')));
  });

  app.get('/idps', (request, reply) => {
    requireSystemAdministrator(request, jira);
    return sendJson(reply, 200, page(request, jira.sso.idps().map(representIdp)));
  });

  app.post('/idps', (request, reply) => {
    requireSystemAdministrator(request, jira);
    const idp = newIdp(parse(request, IdpConfigWrite), jira.sso.idps());
    return sendJson(reply, 200, representIdp(jira.sso.addIdp(accepted(idp))));
  });

  app.get<IdpParams>('/idps/:id', (request, reply) => {
    requireSystemAdministrator(request, jira);
    return sendJson(reply, 200, representIdp(addressed(request.params.id, jira)));
  });

  app.patch<IdpParams>('/idps/:id', (request, reply) => {
    requireSystemAdministrator(request, jira);
    const current = addressed(request.params.id, jira);
    const idp = mergeIdp(current, parse(request, IdpConfigWrite), jira.sso.idps());
    return sendJson(reply, 200, representIdp(jira.sso.updateIdp(accepted(idp))));
  });

  app.delete<IdpParams>('/idps/:id', (request, reply) => {
    requireSystemAdministrator(request, jira);
    const idp = addressed(request.params.id, jira);
    jira.sso.removeIdp(idp);
    return sendJson(reply, 200, representIdp(idp));
  });

  // Public: it tells a login page, also one of another product, what it may offer.
  app.get('/login-options', (request, reply) => sendJson(reply, 200, page(request, loginOptions(jira))));
}

interface IdpParams {
  Params: { id: string };
}

function loginOptions(jira: Instance): LoginOptionEntity[] {
  const { form, idps } = loginMethods({ surface: 'jira', sso: jira.sso.get(), idps: jira.sso.enabledIdps() });
  return [
    ...(form ? [{ type: 'LOGIN_FORM' as const }] : []),
    ...idps.map((idp) => ({
      type: 'IDP' as const,
      id: idp.id,
      buttonText: idp.buttonText,
      loginLink: `${jira.contextPath}/plugins/servlet/external-login/${idp.id}`,
    })),
  ];
}

/** The secret can be written and never read. */
function representIdp(idp: IdpRow): IdpConfigEntity {
  return { ...without(idp, 'client-secret'), 'jit-configuration': { 'user-provisioning-enabled': false } };
}

function page<Item>(request: FastifyRequest, items: readonly Item[]): SsoPage<Item> {
  const start = Math.max(0, integer(request, 'start', 0));
  const limit = integer(request, 'limit', 50);
  const results = items.slice(start, limit === -1 ? undefined : start + Math.max(0, limit));
  return { results, size: results.length, start, limit, isLastPage: start + results.length >= items.length };
}

function addressed(id: string, jira: Instance): IdpRow {
  const idp = jira.sso.idp(id);
  if (!idp) throw new RestFailure(404, { message: `The IdP with the ID ${id} does not exist.` });
  return idp;
}

function accepted<Value>(outcome: { ok: true; value: Value } | { ok: false; message: string }): Value {
  if (outcome.ok) return outcome.value;
  throw new RestFailure(400, { message: outcome.message });
}

function requireSystemAdministrator(request: FastifyRequest, jira: Instance): void {
  const { user } = viewerOf(request);
  if (!user) throw pluginFailure(401, 'Client must be authenticated to access this resource.', challenge);
  if (!jira.directory.isAdministrator(user)) {
    throw pluginFailure(403, 'Client must be authenticated as a system administrator to access this resource.');
  }
}

function parse<Shape>(
  request: FastifyRequest,
  shape: { safeParse(value: unknown): { success: true; data: Shape } | { success: false; error: { message: string } } },
): Shape {
  const parsed = shape.safeParse(request.body);
  if (parsed.success) return parsed.data;
  throw new RestFailure(400, { message: 'The request body is not a valid configuration.' });
}
