import type { OutgoingHttpHeaders } from 'node:http';
import { ScimError } from '@gatehouse/scim';

/** An error that HTTP wants a header with. */
export class HttpError extends ScimError {
  constructor(
    status: number,
    detail: string,
    readonly headers: OutgoingHttpHeaders,
  ) {
    super(status, undefined, detail);
  }
}

/** RFC 9110 15.5.6. */
export function methodNotAllowed(allow: string): HttpError {
  return new HttpError(405, `Not with this method here. Allowed: ${allow}`, { Allow: allow });
}
