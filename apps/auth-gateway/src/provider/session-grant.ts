import type { AdapterPayload } from 'oidc-provider';
import { grantedScope, jiraClientId, opSessionSeconds } from './op-configuration.js';

/** What the OP keeps as the grant of a session, but for the account: everything Jira may ask. Its id is the session's. */
export function sessionGrant(nowSeconds: number): AdapterPayload {
  return {
    kind: 'Grant',
    iat: nowSeconds,
    exp: nowSeconds + opSessionSeconds,
    clientId: jiraClientId,
    openid: { scope: grantedScope },
  };
}
