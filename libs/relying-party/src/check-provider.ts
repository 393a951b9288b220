import type { ProviderConfig } from '@gatehouse/contracts';
import { checkClock } from './check-clock.js';
import { checkClientKey, checkKeys } from './check-keys.js';
import { checkCertificates } from './check-certificates.js';
import { checkEndpoints } from './check-endpoints.js';
import { checkScopes } from './check-scopes.js';
import type { ClientSecrets } from './client-authentication.js';
import { discoveryRequest } from './discovery.client.js';
import { issuerDifference } from './issuer-difference.js';
import { checkMs, fixUnreachable } from './provider-check.js';
import type { ProviderCheck } from './provider-check.js';
import { discoveryUrl, metadataOf, readDiscoveryDocument } from './provider-metadata.js';
import type { ProviderMetadata } from './provider-metadata.js';
import { ProviderTroubleError } from './provider-trouble.js';
import { askProvider, ProviderUnreachableError } from './provider.client.js';
import { reachOf } from './reach.js';
import type { Reach } from './reach.js';

export type { ProviderCheck } from './provider-check.js';

/**
 * Everything about a provider that needs nobody to sign in (S17). It goes through the same guard as a sign-in, so it
 * can look at nothing that a sign-in could not reach. It never throws.
 */
export async function checkProvider(
  provider: ProviderConfig,
  secrets: ClientSecrets,
  { production }: { production: boolean },
): Promise<readonly ProviderCheck[]> {
  const reach = reachOf(provider, production);
  const { metadata, lines } = await discovered(provider, reach);
  if (!metadata)
    return [...lines, ...(await checkCertificates([provider.issuer], reach)), ...checkClientKey(provider, secrets)];
  const checked = { provider, secrets, reach, metadata };
  const more = await Promise.all([
    checkKeys(checked),
    checkClock(checked),
    checkCertificates(addressesOf(checked), reach),
  ]);
  return [
    ...lines,
    ...more.flat(),
    ...checkEndpoints(checked),
    ...checkScopes(checked),
    ...checkClientKey(provider, secrets),
  ];
}

interface Discovered {
  readonly metadata: ProviderMetadata | undefined;
  readonly lines: readonly ProviderCheck[];
}

async function discovered({ issuer, endpoints, jwksUrl }: ProviderConfig, reach: Reach): Promise<Discovered> {
  if (endpoints) {
    const text = 'Nothing is discovered: the endpoints are written down.';
    return {
      metadata: metadataOf({ issuer, endpoints, jwksUrl }),
      lines: [{ check: 'discovery', outcome: 'ok', text }],
    };
  }
  try {
    const { status, text } = await askProvider(discoveryUrl(issuer), discoveryRequest, checkMs, reach);
    if (status !== 200) return { metadata: undefined, lines: [refusedDiscovery(issuer, status)] };
    const metadata = readDiscoveryDocument(text);
    const found: ProviderCheck = { check: 'discovery', outcome: 'ok', text: 'The discovery document was read.' };
    return {
      metadata: jwksUrl === undefined ? metadata : { ...metadata, jwks_uri: jwksUrl },
      lines: [found, checkIssuer(issuer, metadata.issuer)],
    };
  } catch (error) {
    return { metadata: undefined, lines: [failedDiscovery(error)] };
  }
}

function checkIssuer(configured: string, found: string): ProviderCheck {
  const difference = issuerDifference(configured, found);
  if (difference === undefined)
    return { check: 'issuer', outcome: 'ok', text: 'The issuer is exactly the configured one.' };
  // Shown, because it is what has to be written down; only if it is an address and nothing else.
  const isShowable = /^https?:\/\/[\w.~:/@!$&'()*+,;=%[\]-]{1,300}$/.test(found);
  return {
    check: 'issuer',
    outcome: 'failed',
    text: `${difference.charAt(0).toUpperCase()}${difference.slice(1)}.`,
    ...(isShowable ? { fix: `If this is your provider, set issuer to ${found} exactly.` } : {}),
  };
}

function refusedDiscovery(issuer: string, status: number): ProviderCheck {
  const fix = issuer.includes('/.well-known/')
    ? 'Leave /.well-known/openid-configuration out of the issuer: it is added here.'
    : 'Check the issuer: the discovery document is looked for below it. Without one, write the endpoints down.';
  return { check: 'discovery', outcome: 'failed', text: `Discovery was answered with status ${status}.`, fix };
}

function failedDiscovery(error: unknown): ProviderCheck {
  if (error instanceof ProviderUnreachableError)
    return {
      check: 'discovery',
      outcome: 'failed',
      text: `The discovery document was not read: ${error.reason}.`,
      fix: fixUnreachable,
    };
  const reason = error instanceof ProviderTroubleError ? error.reason : 'the discovery document cannot be read';
  return {
    check: 'discovery',
    outcome: 'failed',
    text: `${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`,
    fix: 'Check the issuer, or write the endpoints down.',
  };
}

/** Where secrets, codes and keys go over. */
function addressesOf({ metadata }: { metadata: ProviderMetadata }): string[] {
  const { authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri } = metadata;
  return [authorization_endpoint, token_endpoint, userinfo_endpoint, jwks_uri].filter((url) => url !== undefined);
}
