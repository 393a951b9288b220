import type { MappingConfig, ProviderWithoutSecrets } from '@gatehouse/contracts';

/**
 * The part of a provider that decides whether people can sign in, and as whom (U08): when it changes, an earlier test
 * says nothing any more. As a text, so that equal parts are equal texts.
 * @param secret the fingerprint of its secret; undefined where it has none
 */
export function whatATestProves(
  provider: ProviderWithoutSecrets,
  { profile, match, requiredGroups, groups }: MappingConfig,
  secret: string | undefined,
): string {
  const { protocol, issuer, endpoints, jwksUrl, publicKey, algorithms, clientId, clientAuthentication } = provider;
  const { scopes, clientKeyId, appleTeamId, subjectClaim, responseMode, userinfo } = provider;
  const { requiredClaims, allowedEmailDomains, trustUnverifiedEmail, emailVerifiedAsText } = provider;
  return JSON.stringify(
    [
      ...[protocol, issuer, sorted(endpoints), jwksUrl, publicKey, algorithms, clientId, clientAuthentication],
      ...[scopes, clientKeyId, appleTeamId, subjectClaim, responseMode, userinfo],
      ...[sorted(requiredClaims), allowedEmailDomains, trustUnverifiedEmail, emailVerifiedAsText],
      ...[profile.username, profile.email, secret],
      ...(match === 'username' ? [] : [match]),
      ...(requiredGroups.length === 0 ? [] : [requiredGroups, groups.claim, groups.format, groups.names]),
    ].map((part) => part ?? null),
  );
}

/** jsonb gives the members of an object back in an order of its own. */
function sorted(members: object | undefined): unknown {
  return members && Object.entries(members).sort(([one], [other]) => (one < other ? -1 : 1));
}
