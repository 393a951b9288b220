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
    // The partner plays a provider like Entra ID, which sends no more than 200 groups.
    ...(key === 'partner' ? { overageAbove: 200 } : {}),
  }));
}

/** Without a slash at its end. */
export function base(publicUrl: URL): string {
  return publicUrl.href.replace(/\/+$/, '');
}
