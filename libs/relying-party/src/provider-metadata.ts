import { z } from 'zod';
import { signatureAlgorithms } from '@gatehouse/contracts';
import type { ProviderConfig } from '@gatehouse/contracts';
import { parseJson } from './parse-json.js';
import { ProviderTroubleError } from './provider-trouble.js';

const Endpoint = z.url({ protocol: /^https?$/ }).max(2048);
const names = z.array(z.string().max(255)).max(200).optional().catch(undefined);

/** Of OpenID Connect Discovery 1.0, 3, what we use. The rest is never read, so it cannot matter what it says. */
const DiscoveryDocument = z.object({
  issuer: z.string().min(1).max(2048),
  authorization_endpoint: Endpoint,
  token_endpoint: Endpoint,
  userinfo_endpoint: Endpoint.optional(),
  jwks_uri: Endpoint.optional(),
  end_session_endpoint: Endpoint.optional().catch(undefined),
  id_token_signing_alg_values_supported: names,
  scopes_supported: names,
  token_endpoint_auth_methods_supported: names,
  token_endpoint_auth_signing_alg_values_supported: names,
  authorization_response_iss_parameter_supported: z.boolean().optional().catch(undefined),
});
export type ProviderMetadata = z.output<typeof DiscoveryDocument>;

/** @throws ProviderTroubleError that names the first member which is missing or impossible */
export function readDiscoveryDocument(text: string): ProviderMetadata {
  const read = DiscoveryDocument.safeParse(parseJson(text));
  if (read.success) return read.data;
  const [member] = read.error.issues[0]!.path;
  const fault = typeof member === 'string' ? `${member} is missing or not usable` : 'it is not a JSON object';
  throw new ProviderTroubleError('PROVIDER_METADATA_UNUSABLE', `the discovery document cannot be used: ${fault}`);
}

/** Core 4.1: the path is added to the issuer's own. */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
}

/** What an administrator wrote down; nothing is discovered then. */
export function metadataOf({
  issuer,
  endpoints,
  jwksUrl,
}: Pick<ProviderConfig, 'issuer' | 'jwksUrl'> & Pick<Required<ProviderConfig>, 'endpoints'>): ProviderMetadata {
  return {
    issuer,
    authorization_endpoint: endpoints.authorization,
    token_endpoint: endpoints.token,
    ...(endpoints.userinfo === undefined ? {} : { userinfo_endpoint: endpoints.userinfo }),
    ...(endpoints.endSession === undefined ? {} : { end_session_endpoint: endpoints.endSession }),
    ...(jwksUrl === undefined ? {} : { jwks_uri: jwksUrl }),
  };
}

/**
 * The signatures that are accepted: what is pinned, else what is advertised and made with a key pair, else what the
 * pasted keys are for, else RS256 (Core 3.1.3.7).
 */
export function acceptedAlgorithms(
  pinned: readonly string[] | undefined,
  advertised: readonly string[] | undefined,
  ofPastedKeys: readonly string[] | undefined,
): readonly string[] {
  if (pinned) return pinned;
  if (advertised) return signatureAlgorithms.filter((algorithm) => advertised.includes(algorithm));
  return ofPastedKeys ?? ['RS256'];
}
