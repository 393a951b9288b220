import type { ProviderConfig } from '@gatehouse/contracts';
import type { ClientSecrets } from './client-authentication.js';
import type { ProviderMetadata } from './provider-metadata.js';
import type { Reach } from './reach.js';

/** One line of what can be found out about a provider without signing in. */
export interface ProviderCheck {
  readonly check: 'discovery' | 'issuer' | 'keys' | 'clock' | 'tls' | 'endpoints' | 'scopes';
  readonly outcome: 'ok' | 'warning' | 'failed';
  /** Hosts, numbers and our own words; of what the provider sent nothing that is not one of these. */
  readonly text: string;
  readonly fix?: string;
}

/** For each request of a check; there are never more than two of them one after the other. */
export const checkMs = 5_000;

export interface CheckedProvider {
  readonly provider: ProviderConfig;
  readonly secrets: ClientSecrets;
  readonly reach: Reach;
  readonly metadata: ProviderMetadata;
}

export const fixUnreachable =
  'Check the address, the name service and the firewall between this server and the provider.';

export function daysUntil(date: Date): number {
  return Math.floor((date.getTime() - Date.now()) / 86_400_000);
}
