import type { ProviderConfig } from '@gatehouse/contracts';
import { issuerDifference } from './issuer-difference.js';
import { askProvider } from './provider.client.js';
import { discoveryUrl, metadataOf, readDiscoveryDocument } from './provider-metadata.js';
import type { ProviderMetadata } from './provider-metadata.js';
import { ProviderTroubleError } from './provider-trouble.js';
import type { Reach } from './reach.js';

const withinMs = 2_500;
export const discoveryRequest = { method: 'GET', headers: { accept: 'application/json' }, body: null };

/**
 * What is known of a provider: written down, or discovered.
 * @throws ProviderUnreachableError, ProviderTroubleError
 */
export async function metadataFor(provider: ProviderConfig, reach: Reach): Promise<ProviderMetadata> {
  const { issuer, endpoints, jwksUrl } = provider;
  if (endpoints) return metadataOf({ issuer, endpoints, jwksUrl });
  const answer = await askProvider(discoveryUrl(issuer), discoveryRequest, withinMs, reach);
  if (answer.status !== 200)
    throw new ProviderTroubleError('PROVIDER_METADATA_UNUSABLE', `discovery was answered with status ${answer.status}`);
  const metadata = readDiscoveryDocument(answer.text);
  // As text, as the `iss` of tokens will be compared (O13, O26).
  const difference = issuerDifference(issuer, metadata.issuer);
  if (difference !== undefined) throw new ProviderTroubleError('PROVIDER_METADATA_UNUSABLE', difference);
  return jwksUrl === undefined ? metadata : { ...metadata, jwks_uri: jwksUrl };
}
