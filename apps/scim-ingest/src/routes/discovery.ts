import {
  findDocument,
  resourceTypeDocuments,
  schemaDocuments,
  ScimError,
  serviceProviderConfig,
} from '@gatehouse/scim';
import type { Answer } from '../http/answer.js';
import { methodNotAllowed } from '../http/http-error.js';
import type { ScimRequest } from '../http/scim-request.js';
import { limits } from './limits.js';

/** `/ServiceProviderConfig`, `/ResourceTypes`, `/Schemas` (RFC 7644 section 4); undefined for anything else. */
export function discovery(request: ScimRequest): Answer | undefined {
  const [endpoint = '', id, ...rest] = request.segments;
  const body = bodyOf(endpoint, id, request.baseUrl);
  if (body === undefined || rest.length > 0) return undefined;
  if (request.method !== 'GET') throw methodNotAllowed('GET, HEAD');
  // A client that filters here does not know what it has to expect; the standard wants it to be told.
  if ([...request.query.keys()].some((name) => name.toLowerCase() === 'filter'))
    throw new ScimError(403, undefined, 'These are not filtered.');
  return { status: 200, body };
}

function bodyOf(endpoint: string, id: string | undefined, baseUrl: string): unknown {
  switch (endpoint) {
    case 'ServiceProviderConfig':
    case 'ServiceProviderConfigs': // SCIM 1.1's name, which test suites of vendors still ask for.
      return id === undefined ? serviceProviderConfig(limits, baseUrl) : undefined;
    case 'ResourceTypes':
      return oneOrAll(resourceTypeDocuments(baseUrl), id);
    case 'Schemas':
      return oneOrAll(schemaDocuments(baseUrl), id);
    default:
      return undefined;
  }
}

function oneOrAll(documents: ReturnType<typeof schemaDocuments>, id: string | undefined): unknown {
  if (id !== undefined) return findDocument(documents, id);
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: documents.length,
    itemsPerPage: documents.length,
    startIndex: 1,
    Resources: documents,
  };
}
