import type { Config } from '@gatehouse/config';
import type { ConfigDocumentInput } from '@gatehouse/contracts';
import { defaultPoolId } from './idp/index.js';
import type { IdpClient } from './idp/index.js';

/** The two providers are two clients of the one sandbox pool. */
const credentials = {
  cognito: { clientId: 'sandbox-cognito-client', clientSecret: 'sandbox-cognito-secret' },
  partner: { clientId: 'sandbox-partner-client', clientSecret: 'sandbox-partner-secret' },
} as const;
type ProviderKey = keyof typeof credentials;

/** What the sandbox identity provider knows of us. */
export function idpClients(publicUrl: URL): IdpClient[] {
  return (['cognito', 'partner'] as const).map((key) => ({
    key,
    name: key === 'cognito' ? 'Jira' : 'Jira, as a partner',
    ...credentials[key],
    redirectUris: [`${base(publicUrl)}/callback/${key}`],
    logoutUris: [`${base(publicUrl)}/logged-out`, `${publicUrl.origin}/`],
  }));
}

/** The document a new installation with the sandbox starts with; without the sandbox an empty one. */
export function seedDocument(config: Config): ConfigDocumentInput {
  if (!config.sandbox) return { version: 1 };
  const issuer = `http://127.0.0.1:${config.sandbox.idpPort}/${defaultPoolId}`;
  return {
    version: 1,
    providers: {
      cognito: provider('cognito', 'Company sign-in (sandbox)', issuer),
      partner: provider('partner', 'Partner sign-in (sandbox)', issuer),
    },
    mappings: { cognito: mapping, partner: mapping },
  };
}

function provider(key: ProviderKey, name: string, issuer: string) {
  return { name, issuer, ...credentials[key], scopes: ['openid', 'email', 'profile'] };
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

function base(publicUrl: URL): string {
  return publicUrl.href.replace(/\/+$/, '');
}
