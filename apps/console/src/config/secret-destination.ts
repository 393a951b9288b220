import type { ConfigExport } from '@gatehouse/contracts';

/** Where a provider's secret is sent, or whom a signature made with it convinces. */
export interface SecretDestination {
  readonly issuer: string;
  /** Undefined: what the issuer's discovery names. */
  readonly tokenEndpoint: string | undefined;
}

export function destinationOf({
  issuer,
  endpoints,
}: Pick<ConfigExport['providers'][string], 'issuer' | 'endpoints'>): SecretDestination {
  return { issuer, tokenEndpoint: endpoints?.token };
}

/** @param before undefined: nobody knows any more where it belonged */
export function movedPart(before: SecretDestination | undefined, now: SecretDestination): string | undefined {
  if (before?.issuer !== now.issuer) return 'issuer';
  return before.tokenEndpoint === now.tokenEndpoint ? undefined : 'token endpoint';
}
