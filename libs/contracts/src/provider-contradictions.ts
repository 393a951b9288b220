import type { ProviderValues } from './provider.js';

export interface Contradiction {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

interface Rule {
  readonly reads: readonly (keyof ProviderValues)[];
  readonly contradictions: (provider: ProviderValues) => readonly Contradiction[];
}

/** What they are made of is ours to say; a repeated one would be an attack on ourselves (RFC 6749 3.1). */
const ownParameters = new Set([
  ...['client_id', 'redirect_uri', 'response_type', 'response_mode', 'scope', 'state', 'nonce'],
  ...[
    'code_challenge',
    'code_challenge_method',
    'prompt',
    'max_age',
    'login_hint',
    'acr_values',
    'request',
    'request_uri',
  ],
]);

/**
 * What is right by itself and wrong together. Each rule names what it reads, so that it can be asked of a provider of
 * which something else is wrong.
 */
const rules: readonly Rule[] = [
  rule(['protocol', 'scopes'], ({ protocol, scopes }) =>
    protocol === 'oidc' && scopes.length > 0 && !scopes.includes('openid')
      ? fault('scopes', 'must contain openid: add it')
      : [],
  ),
  rule(['protocol', 'endpoints'], ({ protocol, endpoints }) => {
    if (protocol === 'oidc') return endpoints?.emails ? fault('endpoints.emails', 'only for oauth2: leave it out') : [];
    if (!endpoints) return fault('endpoints', 'required: OAuth 2.0 alone has no discovery');
    return endpoints.userinfo
      ? []
      : fault('endpoints.userinfo', 'required: without an ID token the profile comes from there');
  }),
  rule(['protocol', 'userinfo'], ({ protocol, userinfo }) =>
    protocol === 'oauth2' && userinfo === 'off'
      ? fault('userinfo', 'cannot be off: without an ID token the profile comes from there')
      : [],
  ),
  rule(['protocol', 'endpoints', 'userinfo'], ({ protocol, endpoints, userinfo }) =>
    protocol === 'oidc' && endpoints && !endpoints.userinfo && userinfo === 'required'
      ? fault('endpoints.userinfo', 'required, because userinfo is')
      : [],
  ),
  rule(['protocol', 'endpoints', 'jwksUrl', 'publicKey'], ({ protocol, endpoints, jwksUrl, publicKey }) =>
    protocol === 'oidc' && endpoints && jwksUrl === undefined && publicKey === undefined
      ? fault('jwksUrl', 'required with endpoints, or give a publicKey: something must verify the signature')
      : [],
  ),
  rule(['protocol', 'jwksUrl', 'publicKey'], ({ protocol, jwksUrl, publicKey }) =>
    protocol === 'oauth2' && (jwksUrl !== undefined || publicKey !== undefined)
      ? fault(
          jwksUrl === undefined ? 'publicKey' : 'jwksUrl',
          'only for oidc: OAuth 2.0 alone has no ID token to verify, leave it out',
        )
      : [],
  ),
  rule(['protocol', 'subjectClaim'], ({ protocol, subjectClaim }) =>
    protocol === 'oidc' && subjectClaim !== 'sub'
      ? fault('subjectClaim', 'only for oauth2: an ID token names the person with sub, leave it out')
      : [],
  ),
  rule(['jwksUrl', 'publicKey'], ({ jwksUrl, publicKey }) =>
    jwksUrl !== undefined && publicKey !== undefined ? fault('publicKey', 'give either this or jwksUrl') : [],
  ),
  rule(['clientAuthentication', 'appleTeamId', 'clientKeyId'], (provider) =>
    provider.clientAuthentication === 'apple' && (!provider.appleTeamId || !provider.clientKeyId)
      ? fault('clientAuthentication', 'apple needs appleTeamId and clientKeyId: add them')
      : [],
  ),
  rule(['pullSync'], ({ pullSync }) =>
    pullSync && pullSync.endpoint === undefined && !pullSync.userPoolId.startsWith(`${pullSync.region}_`)
      ? fault('pullSync.region', 'must be what the id of the user pool begins with')
      : [],
  ),
  rule(['pullSync'], ({ pullSync }) =>
    pullSync?.secretAccessKey !== undefined && pullSync.accessKeyId === undefined
      ? fault('pullSync.accessKeyId', 'required with secretAccessKey: add it, or leave both out')
      : [],
  ),
  rule(['authorizationParameters'], ({ authorizationParameters }) =>
    Object.keys(authorizationParameters)
      .filter((name) => ownParameters.has(name))
      .map((name) => ({
        path: ['authorizationParameters', name],
        message: 'set by Gatehouse itself: leave it out',
      })),
  ),
];

/** @param wrong members whose value is not known, because what is written there is wrong by itself */
export function contradictionsIn(
  provider: ProviderValues,
  wrong: ReadonlySet<string> = new Set(),
): readonly Contradiction[] {
  return rules.flatMap(({ reads, contradictions }) =>
    reads.some((member) => wrong.has(member)) ? [] : contradictions(provider),
  );
}

function rule<Member extends keyof ProviderValues>(
  reads: readonly Member[],
  contradictions: (provider: Pick<ProviderValues, Member>) => readonly Contradiction[],
): Rule {
  return { reads, contradictions };
}

function fault(path: string, message: string): readonly Contradiction[] {
  return [{ path: path.split('.'), message }];
}
