import { describe, expect, it } from '@jest/globals';
import { isList, isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { ScimError } from '../scim-error.js';
import { findDocument, resourceTypeDocuments, schemaDocuments, serviceProviderConfig } from './discovery.js';

const base = 'https://gatehouse.example.com/_sso/scim/v2';
const user = 'urn:ietf:params:scim:schemas:core:2.0:User';
const limits = {
  bulkOperationsMax: 1000,
  bodyBytesMax: 1_048_576,
  pageSizeDefault: 100,
  pageSizeMax: 200,
  cursorTimeoutSeconds: 3600,
};

function attributesOf(of: JsonObject, name = 'attributes'): Map<string, JsonObject> {
  const list = of[name];
  const attributes = isList(list) ? list.filter(isObject) : [];
  return new Map(attributes.map((attribute) => [JSON.stringify(attribute['name']).slice(1, -1), attribute]));
}

describe('discovery', () => {
  it('C01 says what is supported, the paging of RFC 9865 included, and one way to authenticate', () => {
    expect(serviceProviderConfig(limits, base)).toMatchObject({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'],
      patch: { supported: true },
      filter: { supported: true, maxResults: 200 },
      bulk: { supported: true, maxOperations: 1000, maxPayloadSize: 1_048_576 },
      pagination: {
        cursor: true,
        index: true,
        defaultPaginationMethod: 'index',
        maxPageSize: 200,
        cursorTimeout: 3600,
      },
      authenticationSchemes: [{ type: 'oauthbearertoken', primary: true }],
    });
  });

  it('C02 has the schemas of people, groups and the enterprise, each by its URN, and no other', () => {
    const documents = schemaDocuments(base);
    expect(documents.map(({ name }) => name)).toEqual(expect.arrayContaining(['User', 'Group', 'EnterpriseUser']));
    expect(findDocument(documents, user.toUpperCase())['id']).toBe(user);
    expect(() => findDocument(documents, 'urn:nope')).toThrow(ScimError);
  });

  it('C03 lists the enterprise extension for people', () => {
    const found = findDocument(resourceTypeDocuments(base), 'User');
    expect(found).toMatchObject({
      endpoint: '/Users',
      schema: user,
      schemaExtensions: [{ schema: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', required: false }],
    });
  });

  it('has the characteristics of RFC 7643 8.7.1', () => {
    const attributes = attributesOf(findDocument(schemaDocuments(base), user));
    expect(attributes.get('userName')).toMatchObject({ required: true, caseExact: false, uniqueness: 'server' });
    expect(attributes.get('password')).toMatchObject({ mutability: 'writeOnly', returned: 'never' });
    expect(attributes.get('groups')).toMatchObject({ mutability: 'readOnly', multiValued: true });
    expect(attributes.has('id')).toBe(false);
  });

  it('C02 has the name that the provider has for somebody among what can be written of people and of groups', () => {
    const documents = schemaDocuments(base);
    const listed = documents.filter((one) => attributesOf(one).has('externalId')).map(({ name }) => name);
    expect(listed).toEqual(['User', 'Group']);
    expect(attributesOf(findDocument(documents, user)).get('externalId')).toMatchObject({ mutability: 'readWrite', caseExact: true, required: false }); // prettier-ignore
  });

  it('C02 says of the parts of a member that they are given with it and not changed', () => {
    const group = findDocument(schemaDocuments(base), 'urn:ietf:params:scim:schemas:core:2.0:Group');
    const members = attributesOf(attributesOf(group).get('members')!, 'subAttributes');
    for (const name of ['value', '$ref', 'type']) expect(members.get(name)).toMatchObject({ mutability: 'immutable' });
  });

  it('C02 says of its own addresses what they lead to', () => {
    const documents = schemaDocuments(base);
    const config = attributesOf(findDocument(documents, 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig'));
    const type = attributesOf(findDocument(documents, 'urn:ietf:params:scim:schemas:core:2.0:ResourceType'));
    const scheme = attributesOf(config.get('authenticationSchemes')!, 'subAttributes');
    const outside = [config.get('documentationUri'), scheme.get('specUri'), scheme.get('documentationUri')];
    const here = [type.get('endpoint'), type.get('schema'), attributesOf(type.get('schemaExtensions')!, 'subAttributes').get('schema')]; // prettier-ignore
    for (const one of outside) expect(one).toMatchObject({ type: 'reference', referenceTypes: ['external'] });
    for (const one of here) expect(one).toMatchObject({ type: 'reference', referenceTypes: ['uri'] });
  });

  it('C02 describes its own documents: at every level what is there is in a schema, and what is required is there', () => {
    const documents = schemaDocuments(base);
    for (const document of [serviceProviderConfig(limits, base), ...resourceTypeDocuments(base), ...documents]) {
      const { schemas, meta, ...own } = document;
      expect([isList(schemas), isObject(meta)]).toEqual([true, true]);
      const [urn] = schemas as readonly string[];
      expectDescribed(own, attributesOf(findDocument(documents, urn!)));
    }
  });
});

function expectDescribed(holder: JsonObject, described: ReadonlyMap<string, JsonObject>): void {
  for (const [name, value] of Object.entries(holder)) {
    const attribute = described.get(name);
    const type = attribute?.['type'] === 'reference' ? 'string' : attribute?.['type']; // In JSON a text.
    expect([name, typeOf(value!), isList(value)]).toEqual([name, type, attribute?.['multiValued']]);
    const inside = attributesOf(attribute!, 'subAttributes');
    // RFC 7643 7: they are described as attributes are, and so are theirs.
    if (name === 'subAttributes') inside.set(name, attribute!);
    for (const inner of isList(value) ? value : [value]) if (isObject(inner)) expectDescribed(inner, inside);
  }
  const required = [...described].filter(([, attribute]) => attribute['required'] === true).map(([name]) => name);
  expect(Object.keys(holder)).toEqual(expect.arrayContaining(required));
}

function typeOf(value: Json): string {
  const one = isList(value) ? (value[0] ?? {}) : value;
  if (isObject(one)) return 'complex';
  return typeof one === 'number' ? 'integer' : typeof one;
}
