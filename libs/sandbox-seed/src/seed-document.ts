import type { Config } from '@gatehouse/config';
import type { ConfigDocumentInput } from '@gatehouse/contracts';
import { sandboxClients, sandboxPoolId } from './sandbox-credentials.js';
import type { SandboxProvider } from './sandbox-credentials.js';

/**
 * The document a new installation with the sandbox starts with; without the sandbox an empty one. The console applies
 * it, the sandbox answers to it, and the two may be separate processes: so it belongs to neither.
 */
export function seedDocument(config: Config): ConfigDocumentInput {
  if (!config.sandbox) return { version: 1 };
  const issuer = `http://127.0.0.1:${config.sandbox.idpPort}/${sandboxPoolId}`;
  const domain = `http://localhost:${config.sandbox.idpPort}`;
  return {
    version: 1,
    providers: {
      cognito: provider('cognito', 'Company sign-in (sandbox)', { issuer, domain }),
      partner: provider('partner', 'Partner sign-in (sandbox)', { issuer, domain }),
    },
    mappings: { cognito: mapping, partner: mapping },
  };
}

function provider(key: SandboxProvider, name: string, { issuer, domain }: { issuer: string; domain: string }) {
  return {
    name,
    issuer,
    ...sandboxClients[key],
    scopes: ['openid', 'email', 'profile'],
    // Cognito's own form of signing out, whatever its discovery says.
    logoutUrl: `${domain}/logout?client_id={clientId}&logout_uri={logoutUri}`,
  };
}

const mapping: NonNullable<ConfigDocumentInput['mappings']>[string] = {
  profile: {
    // Not preferred_username: at Cognito people may change that themselves.
    username: { claim: 'cognito:username' },
    email: { claim: 'email' },
    displayName: { givenNameClaim: 'given_name', familyNameClaim: 'family_name' },
  },
  groups: {
    claim: 'cognito:groups',
    mode: 'manual',
    keepExisting: false,
    rules: [
      { from: 'dev', to: 'jira-developers' },
      { from: 'ops', to: 'jira-developers' },
      { from: 'support', to: 'jira-support' },
    ],
    defaultGroups: ['jira-software-users'],
  },
};
