import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv } from 'ajv';
import { z } from 'zod';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

const Content = z.record(z.string(), z.looseObject({ schema: z.looseObject({}) }));
const Operation = z.looseObject({
  responses: z.record(z.string(), z.looseObject({ description: z.string(), content: Content.optional() })),
  requestBody: z.looseObject({ content: Content }).optional(),
  parameters: z
    .array(
      z.looseObject({ name: z.string(), in: z.string(), schema: z.looseObject({}), required: z.boolean().optional() }),
    )
    .default([]),
  security: z.array(z.record(z.string(), z.array(z.string()))).default([]),
});
const Description = z.looseObject({
  openapi: z.string().regex(/^3\.\d+\.\d+$/),
  info: z.looseObject({ title: z.string(), version: z.string() }),
  servers: z.array(z.looseObject({ url: z.url() })),
  paths: z.record(z.string(), z.record(z.string(), Operation)),
  components: z.looseObject({
    securitySchemes: z.record(z.string(), z.unknown()),
    schemas: z.record(z.string(), z.unknown()).default({}),
  }),
});

describe('the description of the admin API', () => {
  let surroundings: Surroundings;
  let description: z.output<typeof Description>;
  let text: string;
  let running: RunningConsole;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
    text = await (await running.request('openapi.json')).text();
    description = Description.parse(JSON.parse(text));
  });
  afterAll(() => surroundings.close());

  it('lists every route, with its answers and with the token it needs', () => {
    const routes = Object.entries(description.paths).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method} ${path}`),
    );

    expect(routes.sort()).toEqual([
      'delete /api/v1/scim-tokens/{id}',
      'delete /api/v1/sessions/{id}',
      'delete /api/v1/tokens/{id}',
      'get /api/v1/attempts',
      'get /api/v1/audit',
      'get /api/v1/config',
      'get /api/v1/config/versions',
      'get /api/v1/config/versions/{version}',
      'get /api/v1/config/versions/{version}/changes',
      'get /api/v1/directory-links',
      'get /api/v1/drift-sweeps',
      'get /api/v1/explain',
      'get /api/v1/failures',
      'get /api/v1/failures/{group}',
      'get /api/v1/held-removals',
      'get /api/v1/held-removals/{configVersion}',
      'get /api/v1/jira/groups',
      'get /api/v1/jira/registration',
      'get /api/v1/lanes',
      'get /api/v1/logins',
      'get /api/v1/op-keys',
      'get /api/v1/openapi.json',
      'get /api/v1/operations',
      'get /api/v1/parked',
      'get /api/v1/parked/actions',
      'get /api/v1/parked/actions/{id}',
      'get /api/v1/people/duplicates',
      'get /api/v1/people/{person}/claims',
      'get /api/v1/people/{person}/timeline',
      'get /api/v1/provider-presets',
      'get /api/v1/provider-tests/{id}',
      'get /api/v1/providers',
      'get /api/v1/providers/{key}',
      'get /api/v1/providers/{key}/cleanup/{id}',
      'get /api/v1/providers/{key}/directory-syncs',
      'get /api/v1/providers/{key}/directory-syncs/{id}',
      'get /api/v1/providers/{key}/mapped-groups',
      'get /api/v1/providers/{key}/provisioning',
      'get /api/v1/providers/{key}/review',
      'get /api/v1/providers/{key}/review/groups',
      'get /api/v1/providers/{key}/review/people',
      'get /api/v1/renames',
      'get /api/v1/resyncs',
      'get /api/v1/resyncs/{id}',
      'get /api/v1/resyncs/{id}/items',
      'get /api/v1/schedules',
      'get /api/v1/scim-tokens',
      'get /api/v1/sessions',
      'get /api/v1/tokens',
      'get /api/v1/workers',
      'post /api/v1/config/versions/{version}/restore',
      'post /api/v1/directory-links/{person}/decide',
      'post /api/v1/held-removals/{configVersion}/approve',
      'post /api/v1/held-removals/{configVersion}/dismiss',
      'post /api/v1/lanes/{queue}/pause',
      'post /api/v1/lanes/{queue}/resume',
      'post /api/v1/op-keys/rotate',
      'post /api/v1/parked/actions',
      'post /api/v1/parked/actions/preview',
      'post /api/v1/parked/actions/{id}/cancel',
      'post /api/v1/parked/actions/{id}/resume',
      'post /api/v1/parked/{id}/discard',
      'post /api/v1/parked/{id}/retry',
      'post /api/v1/people/{person}/deactivate',
      'post /api/v1/people/{person}/provision',
      'post /api/v1/people/{person}/reactivate',
      'post /api/v1/plans',
      'post /api/v1/provider-checks',
      'post /api/v1/provider-presets/{preset}/draft',
      'post /api/v1/provider-tests',
      'post /api/v1/providers/{key}/cleanup',
      'post /api/v1/providers/{key}/directory-syncs',
      'post /api/v1/providers/{key}/directory-syncs/{id}/cancel',
      'post /api/v1/providers/{key}/directory-syncs/{id}/release',
      'post /api/v1/providers/{key}/dry-run',
      'post /api/v1/providers/{key}/review/apply',
      'post /api/v1/queues/recover',
      'post /api/v1/renames/{account}/apply',
      'post /api/v1/resyncs',
      'post /api/v1/resyncs/{id}/cancel',
      'post /api/v1/resyncs/{id}/pause',
      'post /api/v1/resyncs/{id}/resume',
      'post /api/v1/schedules/{name}/pause',
      'post /api/v1/schedules/{name}/resume',
      'post /api/v1/schedules/{name}/run',
      'post /api/v1/scim-tokens',
      'post /api/v1/scim-tokens/{id}/rotate',
      'post /api/v1/sessions/end',
      'post /api/v1/simulations',
      'post /api/v1/tokens',
      'put /api/v1/config',
      'put /api/v1/providers/{key}/review/groups/{group}',
    ]);
    for (const operations of Object.values(description.paths)) {
      for (const { responses, security } of Object.values(operations)) {
        expect(Object.keys(responses)).toEqual([expect.stringMatching(/^20[014]$/), 'default']);
        expect(security).toEqual([{ bearer: [] }]);
      }
    }
    expect(Object.keys(description.components.securitySchemes)).toEqual(['bearer']);
  });

  it('says where the API is: below PUBLIC_URL', () => {
    expect(description.servers.map(({ url }) => url)).toEqual(['http://localhost:3000/_sso']);
  });

  it('declares every part of a path and every query parameter', () => {
    const names = (path: string, method: string) =>
      description.paths[path]![method]!.parameters.map((parameter) => `${parameter.in} ${parameter.name}`);

    expect(names('/api/v1/parked', 'get').sort()).toEqual(
      ['after', 'code', 'group', 'job', 'key', 'limit', 'queue'].map((name) => `query ${name}`),
    );
    expect(names('/api/v1/parked/{id}/retry', 'post')).toEqual(['path id']);
    expect(names('/api/v1/config', 'put').sort()).toEqual([
      'header If-Match',
      'query dryRun',
      'query note',
      'query plan',
    ]);
  });

  it('has no reference that leads nowhere, and no keyword that OpenAPI 3.0 does not know', () => {
    const references = [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, name]) => name!);
    expect(references.length).toBeGreaterThan(0);
    for (const name of references) {
      expect(name).toMatch(/^#\/components\/schemas\//);
      expect(description.components.schemas).toHaveProperty([name.replace('#/components/schemas/', '')]);
    }
    expect(text).not.toMatch(/"(\$schema|\$defs|definitions|\$id|const|propertyNames|prefixItems)":/);
  });

  it.each([
    ['config', 'ConfigExport', 200],
    ['config/versions', 'ConfigVersionPage', 200],
    ['parked', 'ParkedPage', 200],
    ['operations', 'OperationsView', 200],
    ['lanes', 'LaneList', 200],
    ['failures', 'FailureGroups', 200],
    ['workers', 'WorkerList', 200],
    ['schedules', 'ScheduleList', 200],
    ['tokens', 'ApiTokenPage', 200],
    ['provider-presets', 'ProviderPresetList', 200],
    ['providers', 'ConfiguredProviderList', 200],
    ['logins', 'LoginPage', 200],
    ['audit', 'AuditPage', 200],
    ['jira/registration', 'JiraRegistrationStatus', 200],
    ['nothing', 'Problem', 404],
  ])('holds for a live answer of %s', async (path, schema, status) => {
    const answer = await running.request(path);
    expect(answer.status).toBe(status);

    const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
    const validate = ajv.compile({ $ref: `#/components/schemas/${schema}`, components: description.components });
    validate(await answer.json());
    expect(validate.errors).toBeNull();
  });

  it('describes the document in both forms, and the errors in theirs', () => {
    const put = description.paths['/api/v1/config']!['put']!;
    expect(Object.keys(put.requestBody!.content)).toEqual(['application/json', 'application/yaml']);
    for (const name of ['authoritativeForUsernames', 'clientSecret', 'defaultGroups']) {
      expect(JSON.stringify(put.requestBody)).toContain(name);
    }
    expect(put.responses['default']!.content).toEqual({
      'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
    });
  });

  it('S08 knows a client secret only as something that is sent', () => {
    expect(JSON.stringify(description.components)).not.toMatch(/clientSecret|clientKey"/);
    expect(JSON.stringify(description.paths['/api/v1/config']!['get'])).not.toContain('clientSecret');
  });
});
