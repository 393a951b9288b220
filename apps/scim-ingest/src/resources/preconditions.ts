import type { IncomingHttpHeaders } from 'node:http';
import { etagOf, matchesTag, ScimError, shownEtag, versionTags } from '@gatehouse/scim';
import type { Membership, Projection, ResourceType, Row } from '@gatehouse/scim';

/** On what something is done (RFC 9110 13.1.1, 13.1.2). */
export interface Conditions {
  /** `If-Match`, or the `version` of a bulk operation. */
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
}

export function isConditional({ ifMatch, ifNoneMatch }: Conditions): boolean {
  return ifMatch !== undefined || ifNoneMatch !== undefined;
}

/** RFC 7644 3.14. @throws ScimError 412 when the resource is not what the client has seen, or is what it must not be */
export function assertConditions(row: Row, { ifMatch, ifNoneMatch }: Conditions): void {
  const isNamedBy = (tags: string) => matchesTag(versionTags(tags), etagOf(row['version']));
  if (ifMatch !== undefined && !isNamedBy(ifMatch))
    throw new ScimError(412, undefined, 'It was changed meanwhile: read it again.');
  if (ifNoneMatch !== undefined && isNamedBy(ifNoneMatch))
    throw new ScimError(412, undefined, 'It is there, and If-None-Match names it.');
}

/** The client has all that would be shown already. */
export function isKnown(
  type: ResourceType,
  row: Row,
  { 'if-none-match': tag }: IncomingHttpHeaders,
  projection: Projection,
): boolean {
  return tag !== undefined && matchesTag(tag, tagOf(type, row, projection));
}

/** Of a row as `Resources` finds it: a person's with the groups, unless those are not shown. */
export function tagOf(type: ResourceType, row: Row, projection?: Projection): string {
  const isWithout = projection?.needsMemberships === false;
  return shownEtag(type, row, isWithout ? [] : ((row['memberships'] as Membership[] | null | undefined) ?? []));
}

export function notFound(): ScimError {
  return new ScimError(404, undefined, 'There is nothing of this id.');
}
