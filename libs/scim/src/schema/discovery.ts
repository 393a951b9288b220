import type { Json, JsonObject } from '../json.js';
import { ScimError } from '../scim-error.js';
import type { Attribute, Schema } from './attribute.js';
import { externalId } from './common.js';
import { resourceTypes } from './resource-type.js';
import { resourceTypeSchema, schemaSchema, serviceProviderConfigSchema } from './service-schemas.js';

export interface ServiceLimits {
  readonly bulkOperationsMax: number;
  readonly bodyBytesMax: number;
  readonly pageSizeDefault: number;
  readonly pageSizeMax: number;
  readonly cursorTimeoutSeconds: number;
}

const schemas: readonly Schema[] = [
  ...resourceTypes.flatMap(({ schema, extensions }) => [schema, ...extensions]),
  serviceProviderConfigSchema,
  resourceTypeSchema,
  schemaSchema,
];

/** RFC 7643 5 with the `pagination` of RFC 9865. */
export function serviceProviderConfig(limits: ServiceLimits, baseUrl: string): JsonObject {
  return {
    schemas: [serviceProviderConfigSchema.id],
    patch: { supported: true },
    bulk: { supported: true, maxOperations: limits.bulkOperationsMax, maxPayloadSize: limits.bodyBytesMax },
    filter: { supported: true, maxResults: limits.pageSizeMax },
    changePassword: { supported: false },
    sort: { supported: true },
    etag: { supported: true },
    pagination: {
      cursor: true,
      index: true,
      defaultPaginationMethod: 'index',
      defaultPageSize: limits.pageSizeDefault,
      maxPageSize: limits.pageSizeMax,
      cursorTimeout: limits.cursorTimeoutSeconds,
    },
    authenticationSchemes: [
      {
        type: 'oauthbearertoken',
        name: 'Bearer token',
        description: 'A token made in the console for one provider, in the header Authorization.',
        specUri: 'https://www.rfc-editor.org/info/rfc6750',
        primary: true,
      },
    ],
    meta: { resourceType: 'ServiceProviderConfig', location: `${baseUrl}/ServiceProviderConfig` },
  };
}

export function resourceTypeDocuments(baseUrl: string): readonly JsonObject[] {
  return resourceTypes.map(({ name, endpoint, description, schema, extensions }) => ({
    schemas: [resourceTypeSchema.id],
    id: name,
    name,
    endpoint,
    description,
    schema: schema.id,
    schemaExtensions: extensions.map(({ id }) => ({ schema: id, required: false })),
    meta: { resourceType: 'ResourceType', location: `${baseUrl}/ResourceTypes/${name}` },
  }));
}

export function schemaDocuments(baseUrl: string): readonly JsonObject[] {
  return schemas.map(({ id, name, description, attributes }) => ({
    schemas: [schemaSchema.id],
    id,
    name,
    description,
    attributes: [...writableCommon(id), ...attributes].map(describe),
    meta: { resourceType: 'Schema', location: `${baseUrl}/Schemas/${id}` },
  }));
}

/** RFC 7643 3.1 has it in all resources and 8.7.1 in no schema: whoever learns from the schemas what can be mapped looks there. */
function writableCommon(id: string): readonly Attribute[] {
  return resourceTypes.some(({ schema }) => schema.id === id) ? [externalId] : [];
}

/** URNs are not case-exact; names of resource types are compared the same way. */
export function findDocument(documents: readonly JsonObject[], id: string): JsonObject {
  const found = documents.find((document) => {
    const own = document['id'];
    return typeof own === 'string' && own.toLowerCase() === id.toLowerCase();
  });
  if (!found) throw new ScimError(404, undefined, 'There is nothing of that name');
  return found;
}

/** RFC 7643 7: what does not apply to a type is left out. */
function describe(attribute: Attribute): Json {
  const { name, type, multiValued, description, required, caseExact, mutability, returned, uniqueness } = attribute;
  const isText = type === 'string' || type === 'reference' || type === 'binary';
  return {
    name,
    type,
    multiValued,
    description,
    required,
    ...(isText && { caseExact }),
    mutability,
    returned,
    ...(type !== 'complex' && { uniqueness }),
    ...(attribute.canonicalValues && { canonicalValues: attribute.canonicalValues }),
    ...(attribute.referenceTypes && { referenceTypes: attribute.referenceTypes }),
    ...(attribute.sub.length > 0 && { subAttributes: attribute.sub.map(describe) }),
  };
}
