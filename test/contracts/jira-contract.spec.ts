import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { z } from 'zod';
import { startSandboxJira } from '../../apps/sandbox/src/jira/index.js';
import type { RunningSandboxJira } from '../../apps/sandbox/src/jira/index.js';
import * as rest from '../../apps/sandbox/src/jira/rest/rest-shapes.js';
import * as sso from '../../apps/sandbox/src/jira/rest/sso-shapes.js';
import { outline, shapeDifferences } from './support/compare-shapes.js';
import { contractsAreHere, contractsFolder, openApi, recorded } from './support/contract-files.js';
import type { Interaction, JsonSchema, OpenApi } from './support/contract-files.js';
import { shapeDeviations, statusDeviations, unusableSchemas } from './support/known-deviations.js';

const authconfig = '/rest/authconfig/1.0';

if (contractsAreHere) {
  describe('our shapes and the sandbox Jira against the contract files', againstTheFiles);
} else {
  process.stderr.write(
    `\n*** The Jira contract test did NOT run: there are no contract files at ${contractsFolder}. ***\n\n`,
  );
  it('did NOT hold the sandbox Jira against the contract files, because they are not on this machine', () => {
    expect(contractsAreHere).toBe(false);
  });
}

function againstTheFiles(): void {
  const platform = openApi('jira-software-dc-10.3-provisioning-extract.json');
  const app = openApi('atlassian-sso-app-authconfig-extract.json');
  let jira: RunningSandboxJira;
  beforeAll(async () => {
    jira = await startSandboxJira();
  });
  afterAll(() => jira.close());

  describe('names and types of our shapes', () => {
    it.each<[string, z.ZodType, string, OpenApi]>([
      ['UserBean', rest.UserBean, 'UserBean', platform],
      ['FoundUserBean', rest.FoundUserBean, 'UserBean', platform],
      ['MemberBean', rest.MemberBean, 'UserJsonBean', platform],
      ['UserWriteBean', rest.UserWriteBean, 'UserWriteBean', platform],
      ['GroupBean', rest.GroupBean, 'GroupBean', platform],
      ['AddGroupBean', rest.AddGroupBean, 'AddGroupBean', platform],
      ['UpdateUserToGroupBean', rest.UpdateUserToGroupBean, 'UpdateUserToGroupBean', platform],
      ['ApplicationRoleBean', rest.ApplicationRoleBean, 'ApplicationRoleBean', platform],
      ['PermissionBean', rest.PermissionBean, 'PermissionJsonBean', platform],
      ['ErrorCollection', rest.ErrorCollection, 'ErrorCollection', platform],
      ['IdpConfigEntity', sso.IdpConfigEntity, 'IdpConfigEntity', app],
      ['SsoConfigEntity', sso.SsoConfigEntity, 'SsoConfigEntity', app],
      ['LoginOptionEntity', sso.LoginOptionEntity, 'LoginOptionEntity', app],
    ])('%s differs only where a deviation is named', (name, shape, schema, document) => {
      const found = shapeDifferences(jsonSchema(shape), document.components.schemas[schema]!, document);
      expect(found.sort()).toEqual(Object.keys(shapeDeviations[name] ?? {}).sort());
    });

    it('IdpConfigWrite takes exactly the properties Atlassian names', () => {
      const ours = Object.keys(sso.IdpConfigWrite.shape).sort();
      expect(ours).toEqual(Object.keys(app.components.schemas['IdpConfigEntity']!.properties!).sort());
    });

    it('the defects of the document are still there', () => {
      const answered = (path: string, method: string) => {
        const ok = platform.paths[path]![method]!.responses!['200'] as {
          content: Record<string, { schema: JsonSchema }>;
        };
        return ok.content['application/json']!.schema.$ref?.split('/').at(-1);
      };
      expect(answered('/api/2/user/search', 'get')).toBe('UserBean');
      expect(answered('/api/2/applicationrole', 'get')).toBe('ApplicationRoleBean');
      expect(answered('/api/2/group/member', 'get')).toBe('UserJsonBean');
      expect(answered('/api/2/user', 'put')).toBe('UserWriteBean');
      expect(platform.components.schemas['ServerInfoBean']!.properties).toBeUndefined();
      expect(Object.keys(unusableSchemas)).toHaveLength(5);
    });
  });

  describe('live answers', () => {
    const seen = new Set<string>();

    it('are the documented ones by status, but for the named deviations', async () => {
      for (const [method, path, documented, status, body] of exchanges) {
        const answer = await call(method, `/rest${path}`, body);
        expect([method, path, answer.status]).toEqual([method, path, status]);
        const responses = platform.paths[documented]![method.toLowerCase()]!.responses!;
        if (!(String(status) in responses)) seen.add(`${method} ${documented} ${status}`);
      }
      const anonymous = await fetch(`${jira.url}/rest/api/2/serverInfo`, { headers: { authorization: 'Bearer no' } });
      seen.add(`GET /api/2/serverInfo ${anonymous.status}`);
      expect([...seen].sort()).toEqual(Object.keys(statusDeviations).sort());
    });

    it.each<[string, string, string]>([
      ['GET', '/api/2/user?username=admin&expand=groups,applicationRoles', 'UserBean'],
      ['GET', '/api/2/myself', 'UserBean'],
      ['GET', '/api/2/user/search?username=admin', 'UserBean'],
      ['GET', '/api/2/group/member?groupname=jira-administrators', 'UserJsonBean'],
      ['GET', '/api/2/applicationrole', 'ApplicationRoleBean'],
      ['GET', '/api/2/user?username=nobody', 'ErrorCollection'],
    ])('%s %s validates as %s', async (method, path, schema) => {
      const body: unknown = await (await call(method, `/rest${path}`)).json();
      const validate = validator(platform, schema);
      for (const element of elementsOf(body)) expect(validate(element)).toEqual([]);
    });

    it('of the SSO app validate against the schemas of the app', async () => {
      const idp = {
        name: 'c',
        'sso-type': 'OIDC',
        'issuer-url': 'https://c.example',
        'client-id': 'c',
        'client-secret': 's',
        enabled: true,
      };
      const created: unknown = await (await call('POST', `${authconfig}/idps`, idp)).json();
      const options = (await (await call('GET', `${authconfig}/login-options`)).json()) as { results: unknown[] };
      const page: unknown = await (await call('GET', `${authconfig}/idps`)).json();
      expect(validator(app, 'IdpConfigEntity')(created)).toEqual([]);
      expect(validator(app, 'SsoConfigEntity')(await (await call('GET', `${authconfig}/sso`)).json())).toEqual([]);
      for (const option of options.results) expect(validator(app, 'LoginOptionEntity')(option)).toEqual([]);
      expect(validator(app, 'ErrorEntity')(await (await call('POST', `${authconfig}/idps`, idp)).json())).toEqual([]);
      expect(Object.keys(page as object).sort()).toEqual(['isLastPage', 'limit', 'results', 'size', 'start']);
    });
  });

  describe('recorded exchanges', () => {
    const same = [
      ...recorded('me-recorded.datacenter.json'),
      ...recorded('serverinfo.datacenter.json'),
      ...recorded('users-recorded.datacenter.json'),
    ].filter(({ request }) => /\/(myself|serverInfo|user\/search)$/.test(request.path));

    it.each(same.map((interaction) => [interaction.request.path, interaction] as const))(
      '%s looks the same here, to the last property',
      async (_path, { request, response }) => {
        const live = await call(request.method, `${request.path}${request.query ? `?${request.query}` : ''}`);
        expect(live.status).toBe(response.status);
        expect(live.headers.get('content-type')).toBe(response.contentType);
        expect(outline(await live.json())).toEqual(outline(response.body));
      },
    );

    it('our shapes take the recorded bodies', () => {
      const body = (path: RegExp) => same.find(({ request }) => path.test(request.path))!.response.body;
      rest.UserBean.parse(body(/myself$/));
      rest.ServerInfoBean.parse(body(/serverInfo$/));
      z.array(rest.FoundUserBean).parse(body(/search$/));
      for (const { response } of failures()) rest.ErrorCollection.parse(response.body);
      expect(failures()).toHaveLength(3);
    });

    it('HTTP Basic is refused here as recorded on 11.3', async () => {
      const [refusal] = recorded('basic-refused.datacenter.json');
      const strict = await startSandboxJira({ basicAuth: 'blocked' });
      const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
      const live = await fetch(strict.url + refusal!.request.path, { headers });
      const body: unknown = await live.json();
      await strict.close();
      expect(live.status).toBe(refusal!.response.status);
      expect(live.headers.get('content-type')).toBe(refusal!.response.contentType);
      expect(body).toEqual(refusal!.response.body);
    });
  });

  function call(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(jira.url + path, {
      method,
      headers: { authorization: 'Bearer sandbox-admin-token', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

const contractUser = { name: 'contract', emailAddress: 'c@example.com', displayName: 'Contract' };

/** Method, path, path in the document, the status to get, body; in an order in which they work. */
const exchanges: readonly (readonly [string, string, string, number, unknown?])[] = [
  ['POST', '/api/2/user', '/api/2/user', 201, contractUser],
  ['POST', '/api/2/user', '/api/2/user', 400, contractUser],
  ['GET', '/api/2/user?username=contract', '/api/2/user', 200],
  ['GET', '/api/2/user?username=nobody', '/api/2/user', 404],
  ['GET', '/api/2/user', '/api/2/user', 400],
  ['PUT', '/api/2/user?username=contract', '/api/2/user', 200, { displayName: 'Changed' }],
  ['PUT', '/api/2/user?username=contract', '/api/2/user', 400, { name: 'admin' }],
  ['PUT', '/api/2/user?username=nobody', '/api/2/user', 404, {}],
  ['GET', '/api/2/user/search?username=contract', '/api/2/user/search', 200],
  ['GET', '/api/2/user/search', '/api/2/user/search', 400],
  ['POST', '/api/2/group', '/api/2/group', 201, { name: 'contract-group' }],
  ['POST', '/api/2/group', '/api/2/group', 400, { name: 'contract-group' }],
  ['POST', '/api/2/group/user?groupname=contract-group', '/api/2/group/user', 201, { name: 'contract' }],
  ['POST', '/api/2/group/user?groupname=contract-group', '/api/2/group/user', 400, { name: 'contract' }],
  ['POST', '/api/2/group/user?groupname=nothing', '/api/2/group/user', 404, { name: 'contract' }],
  ['GET', '/api/2/group/member?groupname=contract-group', '/api/2/group/member', 200],
  ['GET', '/api/2/group/member?groupname=', '/api/2/group/member', 400],
  ['GET', '/api/2/group/member?groupname=nothing', '/api/2/group/member', 404],
  ['DELETE', '/api/2/group/user?groupname=contract-group&username=contract', '/api/2/group/user', 200],
  ['DELETE', '/api/2/group/user?groupname=contract-group&username=contract', '/api/2/group/user', 400],
  ['DELETE', '/api/2/group?groupname=contract-group', '/api/2/group', 200],
  ['DELETE', '/api/2/group?groupname=contract-group', '/api/2/group', 404],
  ['DELETE', '/api/2/user/session/contract', '/api/2/user/session/{username}', 200],
  ['DELETE', '/api/2/user/session/nobody', '/api/2/user/session/{username}', 404],
  ['DELETE', '/api/2/user?username=contract', '/api/2/user', 204],
  ['DELETE', '/api/2/user?username=contract', '/api/2/user', 404],
  ['GET', '/api/2/applicationrole', '/api/2/applicationrole', 200],
  ['GET', '/api/2/myself', '/api/2/myself', 200],
  ['GET', '/api/2/serverInfo', '/api/2/serverInfo', 200],
];

function failures(): Interaction[] {
  return [...recorded('serverinfo.datacenter.json'), ...recorded('invalid-recorded.datacenter.json')].filter(
    ({ response }) => response.status >= 400,
  );
}

function jsonSchema(shape: z.ZodType): JsonSchema {
  return z.toJSONSchema(shape) as JsonSchema;
}

/** A list is checked by its elements, because the document declares none as a list (`unusableSchemas`). */
function elementsOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body;
  const isPage = typeof body === 'object' && body !== null && 'values' in body && Array.isArray(body.values);
  return isPage ? (body.values as unknown[]) : [body];
}

/** What Atlassian's schema finds wrong with a value. Not strict: it holds keywords of XML, and formats of Java. */
function validator(document: OpenApi, schema: string): (value: unknown) => unknown[] {
  const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
  ajv.addSchema({ ...document }, 'document');
  const validate = ajv.compile({ $ref: `document#/components/schemas/${schema}` });
  return (value) => (validate(value) ? [] : (validate.errors ?? []));
}
