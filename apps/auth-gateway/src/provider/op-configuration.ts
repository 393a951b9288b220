import { interactionPolicy } from 'oidc-provider';
import { entryParameter } from '../edge/index.js';
import type { AdapterFactory, Configuration, FindAccount, JWK, KoaContextWithOIDC } from 'oidc-provider';

export interface OpParts {
  readonly adapter: AdapterFactory;
  readonly signingKeys: readonly unknown[];
  readonly cookieKeys: readonly string[];
  readonly cookieNames: { session: string; interaction: string; resume: string };
  readonly cookiePath: string;
  readonly interactionUrl: (uid: string) => string;
  readonly admits: (ctx: KoaContextWithOIDC) => Promise<boolean>;
  readonly findAccount: FindAccount;
  readonly loadExistingGrant: NonNullable<Configuration['loadExistingGrant']>;
  readonly renderError: NonNullable<Configuration['renderError']>;
}

export const jiraClientId = 'jira';
export const grantedScope = 'openid profile email';

const codeSeconds = 60; // O74
const accessTokenSeconds = 300; // Jira uses it once, at userinfo, if at all.
const idTokenSeconds = 600;
const interactionSeconds = 3_600; // Longer than a sign-in and the longest wait for an account together.
export const opSessionSeconds = 86_400;

/** An OpenID Provider with exactly what Jira needs: one client, the code grant, RS256. Everything else is off. */
export function opConfiguration(parts: OpParts): Configuration {
  return {
    adapter: parts.adapter,
    jwks: { keys: parts.signingKeys as JWK[] },
    responseTypes: ['code'],
    scopes: ['openid', 'profile', 'email'],
    // In scope openid, because Jira asks for nothing else and reads the ID token only.
    claims: { openid: ['sub', 'preferred_username'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false,
    clientAuthMethods: ['client_secret_basic', 'client_secret_post'],
    clientDefaults: { grant_types: ['authorization_code'], response_types: ['code'] },
    enabledJWA: { idTokenSigningAlgValues: ['RS256'] },
    subjectTypes: ['public'],
    pkce: { required: () => false }, // Verified when sent, S256 only; Jira's app is not known to send it.
    clockTolerance: 15,
    clientBasedCORS: () => false,
    cookies: {
      names: parts.cookieNames,
      keys: [...parts.cookieKeys],
      long: { signed: true, httpOnly: true, sameSite: 'lax', path: parts.cookiePath },
      short: { signed: true, httpOnly: true, sameSite: 'lax' },
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: true }, // For discovery; op-logout.service.ts answers.
      resourceIndicators: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      dPoP: { enabled: false },
      introspection: { enabled: false },
      revocation: { enabled: false },
      registration: { enabled: false },
      userinfo: { enabled: true },
    },
    interactions: {
      policy: loginPolicy(parts.admits),
      url: (_ctx, interaction) => parts.interactionUrl(interaction.uid),
    },
    findAccount: parts.findAccount,
    loadExistingGrant: parts.loadExistingGrant,
    renderError: parts.renderError,
    // Codes and tokens are bound to our session by their grant; the OP's own session need not be asked as well.
    expiresWithSession: () => false,
    extraParams: [entryParameter],
    ttl: {
      AuthorizationCode: codeSeconds,
      AccessToken: accessTokenSeconds,
      IdToken: idTokenSeconds,
      Interaction: interactionSeconds,
      Session: opSessionSeconds,
      Grant: opSessionSeconds,
    },
  };
}

/** Login only, no consent; and "is there a session" is answered by ours. `prompt=login` and `max_age` stay as they are. */
function loginPolicy(admits: OpParts['admits']): interactionPolicy.Prompt[] {
  const login = interactionPolicy.base().get('login')!;
  login.checks.remove('no_session');
  login.checks.add(
    new interactionPolicy.Check('no_session', 'End-User authentication is required', 'login_required', async (ctx) =>
      (await admits(ctx)) ? interactionPolicy.Check.NO_NEED_TO_PROMPT : interactionPolicy.Check.REQUEST_PROMPT,
    ),
  );
  return [login];
}
