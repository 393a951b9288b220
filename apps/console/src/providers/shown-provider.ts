import { readPublicKeys, secretOfAuthentication } from '@gatehouse/contracts';
import type { ConfiguredProvider, ProviderAddresses, ProviderDetails } from '@gatehouse/contracts';

/** Renewing a certificate takes an identity team some weeks. */
const warnBeforeMs = 30 * 86_400_000;
const dayMs = 86_400_000;

interface Surroundings {
  readonly addresses: ProviderAddresses;
  /** When the secrets of this provider were stored, by member. */
  readonly storedAt: ReadonlyMap<string, Date>;
  readonly now: Date;
}

export function shownProvider(
  key: string,
  provider: ProviderDetails['configuration'],
  { addresses, storedAt, now }: Surroundings,
): ConfiguredProvider {
  const { name, enabled, protocol, issuer, clientId, clientAuthentication } = provider;
  const member = secretOfAuthentication(clientAuthentication);
  const stored = member && storedAt.get(member);
  const publicKeys = provider.publicKey === undefined ? [] : readPublicKeys(provider.publicKey);
  const expiries = publicKeys.map(({ expiresAt }) => expiresAt);
  return {
    key,
    name,
    enabled,
    protocol,
    preset: provider.preset ?? null,
    issuer,
    clientId,
    clientAuthentication,
    addresses,
    secret: member ? { member, stored: stored !== undefined, storedAt: stored?.toISOString() ?? null } : null,
    publicKeys: publicKeys.map(({ key: publicKey, expiresAt }) => ({
      kind: publicKey.asymmetricKeyType ?? 'unknown',
      expiresAt: expiresAt?.toISOString() ?? null,
    })),
    warnings: [
      ...expiries.flatMap((expiresAt) => expiryWarning(expiresAt, now)),
      ...(member && !stored ? [{ path: member, message: 'No secret is stored: nobody can sign in.' }] : []),
    ],
  };
}

/** P08: a pasted key says nothing when the provider changes its own; the date of its certificate is all there is. */
function expiryWarning(expiresAt: Date | undefined, now: Date): ConfiguredProvider['warnings'] {
  if (expiresAt === undefined) return [];
  const leftMs = expiresAt.getTime() - now.getTime();
  if (leftMs > warnBeforeMs) return [];
  const message =
    leftMs <= 0
      ? 'The certificate has expired. Paste the new one before the provider signs with it.'
      : `The certificate expires in ${Math.ceil(leftMs / dayMs)} days. Paste the next one beside it in time.`;
  return [{ path: 'publicKey', message }];
}
