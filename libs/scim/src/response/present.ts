import { createHash } from 'node:crypto';
import { isObject } from '../json.js';
import type { Json, JsonObject } from '../json.js';
import { etagOf, resourceOf } from '../resource/row.js';
import type { Row } from '../resource/row.js';
import type { ResourceType } from '../schema/resource-type.js';
import type { Projection } from './projection.js';

/** A membership as it was read: of a group its member, of a person the group. */
export interface Membership {
  readonly id: string;
  readonly kind: 'user' | 'group';
  readonly display?: string;
}

export interface Presentation {
  readonly projection: Projection;
  /** Of the service, without a slash at the end. */
  readonly baseUrl: string;
  /** Not read where the projection does not need them. */
  readonly memberships?: readonly Membership[];
}

/** A resource as clients see it (RFC 7643 3.1). */
export function present(type: ResourceType, row: Row, { projection, baseUrl, memberships }: Presentation): JsonObject {
  const resource = resourceOf(type, row);
  const used = type.extensions.filter(({ id }) => isObject(resource[id]));
  const whole: JsonObject = {
    ...resource,
    ...withMemberships(type, baseUrl, memberships ?? []),
    schemas: [type.schema, ...used].map(({ id }) => id),
    meta: {
      ...(isObject(resource['meta']) && resource['meta']),
      location: locationOf(type, row, baseUrl),
      version: shownEtag(type, row, memberships),
    },
  };
  return projection.apply(whole);
}

/**
 * `meta.version` and `ETag`, alike in a list and alone. A person's groups come and go without a new version of the person, and a tag is of all that is shown (RFC 9110 8.8.3):
 * without them a 304 would hide a change of groups. A condition on a change asks for the version alone (`versionTags`).
 */
export function shownEtag(type: ResourceType, row: Row, memberships: readonly Membership[] = []): string {
  if (type.name !== 'User' || memberships.length === 0) return etagOf(row['version']);
  const groups = JSON.stringify(memberships.map(({ id, display }) => [id, display]));
  return etagOf(`${String(row['version'])}.${createHash('sha256').update(groups).digest('hex').slice(0, 12)}`);
}

export function locationOf(type: ResourceType, row: Row, baseUrl: string): string {
  return `${baseUrl}${type.endpoint}/${String(row['id'])}`;
}

function withMemberships(type: ResourceType, baseUrl: string, memberships: readonly Membership[]): JsonObject {
  if (memberships.length === 0) return {};
  const name = type.name === 'User' ? 'groups' : 'members';
  return { [name]: memberships.map((membership) => presentMembership(type, baseUrl, membership)) };
}

function presentMembership(type: ResourceType, baseUrl: string, { id, kind, display }: Membership): Json {
  const endpoint = kind === 'user' ? '/Users' : '/Groups';
  const kindName = kind === 'user' ? 'User' : 'Group';
  return {
    value: id,
    $ref: `${baseUrl}${endpoint}/${id}`,
    type: type.name === 'User' ? 'direct' : kindName,
    ...(display !== undefined && { display }),
  };
}

export interface ListPage {
  readonly total: number;
  readonly resources: readonly Json[];
  readonly startIndex?: number;
  readonly nextCursor?: string;
}

/** RFC 7644 3.4.2, RFC 9865: numbers are numbers, and `nextCursor` is missing on the last page only. */
export function listResponse({ total, resources, startIndex, nextCursor }: ListPage): JsonObject {
  return {
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: total,
    itemsPerPage: resources.length,
    ...(startIndex !== undefined && { startIndex }),
    ...(nextCursor !== undefined && { nextCursor }),
    Resources: resources,
  };
}
