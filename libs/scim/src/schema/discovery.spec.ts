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

function attributesOf(document: JsonObject): Map<string, JsonObject> {
  const list = document['attributes'];
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

  it('describes its own documents: every attribute that they have is in a schema, of the type that is said', () => {
    const documents = schemaDocuments(base);
    for (const document of [serviceProviderConfig(limits, base), ...resourceTypeDocuments(base), ...documents]) {
      const [urn] = document['schemas'] as readonly string[];
      const described = attributesOf(findDocument(documents, urn!));
      for (const [name, value] of Object.entries(document)) {
        if (name === 'schemas' || name === 'meta') continue;
        expect([name, typeOf(value!)]).toEqual([name, described.get(name)?.['type']]);
      }
    }
  });
});

function typeOf(value: Json): string {
  const one = isList(value) ? (value[0] ?? {}) : value;
  if (isObject(one)) return 'complex';
  return typeof one === 'number' ? 'integer' : typeof one;
}
