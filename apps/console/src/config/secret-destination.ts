import { pullSyncAddress } from '@gatehouse/contracts';
import type { ConfigExport, PullSyncWithoutSecret } from '@gatehouse/contracts';

/** Where a provider's secret is sent, or whom a signature made with it convinces. */
export interface SecretDestination {
  readonly issuer: string;
  /** Undefined: what the issuer's discovery names. */
  readonly tokenEndpoint: string | undefined;
  /** How messages call the two, where they are something else. */
  readonly called?: { readonly issuer: string; readonly tokenEndpoint: string };
}

export function destinationOf({
  issuer,
  endpoints,
}: Pick<ConfigExport['providers'][string], 'issuer' | 'endpoints'>): SecretDestination {
  return { issuer, tokenEndpoint: endpoints?.token };
}

/** The secret itself stays here; what it signs convinces this address, for this access key. */
export function pullSyncDestination(pullSync: PullSyncWithoutSecret): SecretDestination {
  const called = { issuer: 'address of the pool', tokenEndpoint: 'access key' };
  return { issuer: pullSyncAddress(pullSync), tokenEndpoint: pullSync.accessKeyId, called };
}

/** @param before undefined: nobody knows any more where it belonged */
export function movedPart(before: SecretDestination | undefined, now: SecretDestination): string | undefined {
  if (before?.issuer !== now.issuer) return now.called?.issuer ?? 'issuer';
  return before.tokenEndpoint === now.tokenEndpoint ? undefined : (now.called?.tokenEndpoint ?? 'token endpoint');
}
