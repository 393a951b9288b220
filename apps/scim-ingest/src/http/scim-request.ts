import type { IncomingHttpHeaders } from 'node:http';
import type { Tenant } from '../access/tenants.store.js';

/** A request whose sender is known. Nothing of it has been believed yet but that. */
export interface ScimRequest {
  readonly method: string;
  /** Below `/scim/v2`, decoded: `['Users', '<id>']`. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly tenant: Tenant;
  /** Our address as clients see it, without a slash at the end: what `meta.location` begins with. */
  readonly baseUrl: string;
  readonly traceId: string;
  /** Parsed once. @throws ScimError when there is none, or none that is JSON */
  readonly json: () => unknown;
}
