import type { IncomingHttpHeaders } from 'node:http';
import { etagOf, matchesTag, ScimError, shownEtag, versionTags } from '@gatehouse/scim';
import type { Membership, ResourceType, Row } from '@gatehouse/scim';

/** RFC 7644 3.14. @throws ScimError 412 when the resource is not what the client has seen */
export function assertUnchanged(row: Row, ifMatch: string | undefined): void {
  if (ifMatch === undefined || matchesTag(versionTags(ifMatch), etagOf(row['version']))) return;
  throw new ScimError(412, undefined, 'It was changed meanwhile: read it again.');
}

/** The client has all that would be shown already. */
export function isKnown(type: ResourceType, row: Row, { 'if-none-match': tag }: IncomingHttpHeaders): boolean {
  return tag !== undefined && matchesTag(tag, tagOf(type, row));
}

/** Of a row as `Resources` finds it: a person's with the groups. */
export function tagOf(type: ResourceType, row: Row): string {
  return shownEtag(type, row, (row['memberships'] as Membership[] | null | undefined) ?? []);
}

export function notFound(): ScimError {
  return new ScimError(404, undefined, 'There is nothing of this id.');
}
