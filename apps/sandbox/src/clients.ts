import { sandboxClients } from '@gatehouse/sandbox-seed';
import type { IdpClient } from './idp/index.js';

/** What the sandbox identity provider knows of us. */
export function idpClients(publicUrl: URL): IdpClient[] {
  return (['cognito', 'partner'] as const).map((key) => ({
    key,
    name: key === 'cognito' ? 'Jira' : 'Jira, as a partner',
    ...sandboxClients[key],
    redirectUris: [`${base(publicUrl)}/callback/${key}`],
    logoutUris: [`${base(publicUrl)}/logged-out`, `${publicUrl.origin}/`],
  }));
}

function base(publicUrl: URL): string {
  return publicUrl.href.replace(/\/+$/, '');
}
