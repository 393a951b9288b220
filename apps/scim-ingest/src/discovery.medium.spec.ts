import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { RunningScim, schemas } from '../test/running-scim.js';

describe('what the service says of itself', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
  });
  afterAll(() => scim.stop());

  it('C01 E12 ServiceProviderConfig says what holds', async () => {
    const { status, headers, body } = await scim.get('/ServiceProviderConfig');
    expect([status, headers.get('content-type')]).toEqual([200, 'application/scim+json; charset=utf-8']);
    expect(body).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      filter: { supported: true, maxResults: 1_000 },
      bulk: { supported: true, maxOperations: 1_000, maxPayloadSize: 10_485_760 },
      sort: { supported: true },
      etag: { supported: true },
      changePassword: { supported: false },
      pagination: { cursor: true, index: true, maxPageSize: 1_000 },
      meta: { resourceType: 'ServiceProviderConfig' },
    });
    expect(body['authenticationSchemes']).toEqual([expect.objectContaining({ type: 'oauthbearertoken' })]);
  });

  it('C02 the schemas are a list, and each has an address, whatever the case of its URN', async () => {
    const { status, body } = await scim.get('/Schemas');
    const ids = body.Resources.map(({ id }) => id);
    expect([status, body.totalResults, body.itemsPerPage]).toEqual([200, ids.length, ids.length]);
    expect(ids).toEqual(expect.arrayContaining([schemas.user, schemas.group, schemas.enterprise]));
    for (const schema of body.Resources) {
      const one = await scim.get(`/Schemas/${schema.id}`);
      expect([one.status, one.body]).toEqual([200, schema]);
      expect(schema.meta.location).toMatch(new RegExp(`/scim/v2/Schemas/${schema.id}$`));
    }
    expect((await scim.get(`/Schemas/${schemas.user.toUpperCase()}`)).body.id).toBe(schemas.user);
    const unknown = await scim.get('/Schemas/urn:nope');
    expect([unknown.status, unknown.body.schemas, unknown.body.status]).toEqual([404, [schemas.error], '404']);
  });

  it('C02 every attribute has all characteristics that RFC 7643 7 asks for', async () => {
    const { body } = await scim.get('/Schemas');
    const attributesOf = (list: Described[]): Described[] =>
      list.flatMap((one) => [one, ...attributesOf(one.subAttributes ?? [])]);
    for (const attribute of body.Resources.flatMap((one) => attributesOf(one['attributes'] as Described[])))
      expect(attribute).toMatchObject({
        name: expect.stringMatching(/^[$A-Za-z][\w$-]*$/),
        type: expect.stringMatching(/^(string|boolean|decimal|integer|dateTime|reference|binary|complex)$/),
        multiValued: expect.any(Boolean),
        required: expect.any(Boolean),
        mutability: expect.stringMatching(/^(readOnly|readWrite|immutable|writeOnly)$/),
        returned: expect.stringMatching(/^(always|never|default|request)$/),
      });
  });

  it('C03 the resource types; a person has the enterprise extension', async () => {
    const all = await scim.get('/ResourceTypes');
    expect([all.status, all.body.totalResults]).toEqual([200, 2]);
    const user = await scim.get('/ResourceTypes/User');
    expect(user.body).toMatchObject({
      id: 'User',
      endpoint: '/Users',
      schema: schemas.user,
      schemaExtensions: [{ schema: schemas.enterprise, required: false }],
    });
    expect((await scim.get('/ResourceTypes/Group')).body.schema).toBe(schemas.group);
    expect((await scim.get('/ResourceTypes/Nothing')).status).toBe(404);
  });

  it.each(['/ServiceProviderConfig', '/Schemas', '/ResourceTypes'])(
    'C04 %s takes no writes and no filter',
    async (path) => {
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
        const { status, body, headers } = await scim.send(method, path, {});
        expect([method, status, body.status, headers.get('allow')]).toEqual([method, 405, '405', 'GET, HEAD']);
      }
      const filtered = await scim.get(`${path}?filter=${encodeURIComponent('id pr')}`);
      expect([filtered.status, filtered.body.schemas]).toEqual([403, [schemas.error]]);
    },
  );

  it('C80 /Me is not there for a provider', async () => {
    for (const method of ['GET', 'PATCH', 'DELETE']) {
      const { status, body } = await scim.send(method, '/Me');
      expect([status, body.schemas, body.status]).toEqual([501, [schemas.error], '501']);
    }
  });

  it.each([
    ['GET', '/Nothing', 404],
    ['GET', '/users', 404],
    ['GET', '/Users/1/emails', 404],
    ['GET', '/Bulk/1', 404],
    ['DELETE', '/Users', 405],
    ['PUT', '/Groups', 405],
    ['PATCH', '/Users', 405],
    ['POST', '/Users/2819c223-7f76-453a-919d-413861904646', 405],
    ['OPTIONS', '/Users', 405],
    ['GET', '/Bulk', 405],
    ['GET', '/Users/.search', 405],
    ['GET', '/.search', 405],
    ['DELETE', '/', 405],
    ['GET', '/Users/%E0%A4%A', 400],
  ])('C81 %s %s is answered with an error of SCIM', async (method, path, expected) => {
    const { status, body, headers } = await scim.send(method, path);
    expect([status, body.schemas, body.status]).toEqual([expected, [schemas.error], String(expected)]);
    expect(headers.get('content-type')).toBe('application/scim+json; charset=utf-8');
    expect(headers.has('allow')).toBe(expected === 405);
  });

  it('C81 HEAD is a GET without its body, and a slash at the end means nothing', async () => {
    const get = await scim.get('/Users?count=0');
    const head = await scim.send('HEAD', '/Users?count=0');
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
      200,
      '',
      get.headers.get('content-length'),
    ]);
    for (const path of ['/Users/?count=0', '/ServiceProviderConfig/', '/Groups/?count=0', '/', ''])
      expect([path, (await scim.get(path)).status]).toEqual([path, 200]);
  });

  it('C81 a query parameter that nobody knows and any Accept header are let through', async () => {
    for (const accept of ['application/json', 'application/scim+json', 'text/html', '*/*', 'application/xml;q=0.9'])
      expect((await scim.get('/Users?debug=1&count=1', { headers: { accept } })).status).toBe(200);
  });
});

interface Described {
  readonly subAttributes?: Described[];
}
