import type { IncomingHttpHeaders } from 'node:http';
import { etagOf, matchesTag, ScimError } from '@gatehouse/scim';
import type { Row } from '@gatehouse/scim';

/** RFC 7644 3.14. @throws ScimError 412 when the resource is not what the client has seen */
export function assertUnchanged(row: Row, ifMatch: string | undefined): void {
  if (ifMatch === undefined || matchesTag(ifMatch, etagOf(row['version']))) return;
  throw new ScimError(412, undefined, 'It was changed meanwhile: read it again.');
}

/** The client has this very version already. */
export function isKnown(row: Row, { 'if-none-match': tag }: IncomingHttpHeaders): boolean {
  return tag !== undefined && matchesTag(tag, etagOf(row['version']));
}

export function notFound(): ScimError {
  return new ScimError(404, undefined, 'There is nothing of this id.');
}
