import type { ProviderSubject, ProviderWithoutSecrets } from '@gatehouse/contracts';
import { withoutCredentials } from '../audit/without-credentials.js';

/** For the audit: at which server whoever asks for a check or a test makes this one call, and with whose client. */
export interface TriedProvider {
  readonly source: 'saved' | 'draft';
  readonly issuer: string;
  readonly clientId: string;
  /** Of addresses that are written down; discovery may name others. */
  readonly hosts: readonly string[];
}

export function whatIsTried(subject: ProviderSubject, provider: ProviderWithoutSecrets): TriedProvider {
  const { issuer, clientId, endpoints, jwksUrl } = provider;
  const written = [...Object.values(endpoints ?? {}), jwksUrl].filter((url) => url !== undefined);
  return {
    source: 'provider' in subject ? 'saved' : 'draft',
    issuer: withoutCredentials(issuer),
    clientId,
    hosts: [...new Set(written.map((url) => new URL(url).host))],
  };
}
