import type { ProviderConfig } from '@gatehouse/contracts';
import type { ClientSecrets } from './client-authentication.js';
import { metadataFor } from './discovery.client.js';
import { PinnedKeys } from './pinned.signing-keys.js';
import { ProviderConnection } from './provider-connection.js';
import { acceptedAlgorithms } from './provider-metadata.js';
import type { ProviderMetadata } from './provider-metadata.js';
import { PublishedKeys } from './published.signing-keys.js';
import { reachOf } from './reach.js';
import type { Reach } from './reach.js';
import type { SigningKeys, TakeNotice } from './signing-keys.js';

export interface ProviderToConnect {
  readonly provider: ProviderConfig;
  readonly secrets: ClientSecrets;
  readonly redirectUri: string;
  readonly production: boolean;
  readonly takeNotice: TakeNotice;
}

/**
 * Learns where a provider is and how it signs. Its keys are read when the first token needs them.
 * @param former its keys are kept, as long as they come from the same place
 * @throws ProviderUnreachableError, ProviderTroubleError
 */
export async function connectProvider(
  { provider, secrets, redirectUri, production, takeNotice }: ProviderToConnect,
  former?: ProviderConnection,
): Promise<ProviderConnection> {
  const reach = reachOf(provider, production);
  const metadata = await metadataFor(provider, reach);
  const keys = signingKeysOf(provider, metadata, reach, takeNotice, former?.keys);
  const algorithms = acceptedAlgorithms(
    provider.algorithms,
    metadata.id_token_signing_alg_values_supported,
    keys instanceof PinnedKeys ? keys.algorithms : undefined,
  );
  return new ProviderConnection({ metadata, provider, secrets, redirectUri, reach, algorithms, keys });
}

function signingKeysOf(
  { protocol, publicKey }: ProviderConfig,
  { jwks_uri: url }: ProviderMetadata,
  reach: Reach,
  takeNotice: TakeNotice,
  former: SigningKeys | undefined,
): SigningKeys | undefined {
  if (protocol === 'oauth2') return undefined;
  if (publicKey !== undefined)
    return former instanceof PinnedKeys && former.pem === publicKey ? former : new PinnedKeys(publicKey, takeNotice);
  if (url === undefined) return undefined;
  return former instanceof PublishedKeys && former.url === url ? former : new PublishedKeys(url, reach, takeNotice);
}
