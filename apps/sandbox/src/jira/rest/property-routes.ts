import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { PropertiesRow } from '../data/rows.js';
import { without } from '../data/without.js';
import type { Instance } from '../instance.js';
import { sendJson, sendNothing } from '../server/respond.js';
import { requireAdministrator } from '../server/viewer.js';
import { failure } from './failures.js';
import { addressed } from './user-routes.js';

const keyBytesMax = 255;
const valueCharactersMax = 32_768;
const route = '/user/properties/:property';

interface Named {
  Params: { property: string };
}

/** `/rest/api/2/user/properties`: entity properties (jira-facts 2.5), not the ones of the user management page. */
export function propertyRoutes(app: FastifyInstance, jira: Instance): void {
  app.get('/user/properties', (request, reply) => {
    requireAdministrator(request, jira);
    const user = addressed(request, jira, 'userKey');
    const self = (key: string) =>
      jira.represent.link(`/rest/api/2/user/properties/${encodeURIComponent(key)}?userKey=${user.key}`);
    const keys = Object.keys(jira.directory.propertiesOf(user)).map((key) => ({ self: self(key), key }));
    return sendJson(reply, 200, { keys });
  });

  app.get<Named>(route, (request, reply) => {
    requireAdministrator(request, jira);
    const properties = jira.directory.propertiesOf(addressed(request, jira, 'userKey'));
    const key = present(properties, request.params.property);
    return sendJson(reply, 200, { key, value: properties[key] });
  });

  app.put<Named>(route, (request, reply) => {
    requireAdministrator(request, jira);
    const user = addressed(request, jira, 'userKey');
    const key = request.params.property;
    const properties = jira.directory.propertiesOf(user);
    if (Buffer.byteLength(key) > keyBytesMax) throw failure(400, `The key must not exceed ${keyBytesMax} bytes.`);
    const value = valueIn(request.body);
    const isNew = !Object.hasOwn(properties, key);
    jira.directory.putProperties(user, { ...properties, [key]: value });
    return reply.code(isNew ? 201 : 200).send();
  });

  app.delete<Named>(route, (request, reply) => {
    requireAdministrator(request, jira);
    const user = addressed(request, jira, 'userKey');
    const properties = jira.directory.propertiesOf(user);
    jira.directory.putProperties(user, without(properties, present(properties, request.params.property)));
    return sendNothing(reply, 204);
  });
}

function present(properties: PropertiesRow, key: string): string {
  if (Object.hasOwn(properties, key)) return key;
  throw failure(404, `The property with key '${key}' does not exist.`);
}

function valueIn(body: unknown): z.core.util.JSONType {
  const value = z.json().safeParse(body);
  if (!value.success || value.data === null || value.data === '') throw failure(400, 'The value must not be empty.');
  if (JSON.stringify(value.data).length > valueCharactersMax) {
    throw failure(400, `The value must not exceed ${valueCharactersMax} characters.`);
  }
  return value.data;
}
