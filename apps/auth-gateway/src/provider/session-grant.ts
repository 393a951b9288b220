import type { AdapterPayload } from 'oidc-provider';
import { grantedScope, jiraClientId, opSessionSeconds } from './op-configuration.js';

/** What the OP keeps as the grant of a session: everything Jira may ask, for this account. Its id is the session's. */
export function sessionGrant(accountId: string, nowSeconds: number): AdapterPayload {
  return {
    kind: 'Grant',
    iat: nowSeconds,
    exp: nowSeconds + opSessionSeconds,
    accountId,
    clientId: jiraClientId,
    openid: { scope: grantedScope },
  };
}
