import { everyDialect } from './dialects.js';
import { evaluate } from './filter/evaluate.js';
import { parseFilter } from './filter/parse-filter.js';
import type { Json } from './json.js';
import { userType } from './schema/resource-type.js';
import { ScimError } from './scim-error.js';

export const enterprise = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
export const coreUser = 'urn:ietf:params:scim:schemas:core:2.0:User';
export const coreGroup = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** The error that a piece of work ends with, as a client would see it. */
export function refusal(work: () => unknown): { status: number; scimType?: string; detail: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof ScimError) return { status: error.status, scimType: error.scimType, detail: error.detail };
    throw error;
  }
  throw new Error('it was not refused');
}

export function matches(filter: string, user: Json, dialects = everyDialect): boolean {
  return evaluate(parseFilter(userType, filter, dialects), user);
}
