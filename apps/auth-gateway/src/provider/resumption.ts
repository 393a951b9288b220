import type { AdapterPayload } from 'oidc-provider';
import type { Admitted } from './admission.service.js';

/**
 * An authorization request of Jira whose sign-in this very request has finished: what the OP would otherwise have to
 * read again, as the commit that opened the session left it.
 */
export interface Resumption {
  /** Of the interaction. */
  readonly uid: string;
  readonly interaction: AdapterPayload;
  readonly admitted: Admitted;
}
