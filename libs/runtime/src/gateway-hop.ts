import { timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { Encryption } from '@gatehouse/database';

/** By which the gateway says for whom it forwards a request to another process of ours. */
export const clientHeader = 'x-gatehouse-client';

type Signer = Pick<Encryption, 'fingerprint'>;

/**
 * Signed with the key that only processes of this installation hold. A trusted address would not do: whoever can reach
 * the console past the gateway, from the same machine or pod network, could otherwise name a new address for each
 * guess at a token and never be slowed down.
 */
export function signedClient(address: string, signer: Signer): string {
  return `${address} ${signatureOf(address, signer)}`;
}

/** The address of the person's client if the gateway vouches for it; otherwise only the peer itself is known. */
export function clientOf(headers: IncomingHttpHeaders, signer: Signer): string | undefined {
  const header = headers[clientHeader];
  const [address, signature, ...rest] = typeof header === 'string' ? header.split(' ') : [];
  if (!address || !signature || rest.length > 0) return undefined;
  const [given, expected] = [Buffer.from(signature), Buffer.from(signatureOf(address, signer))];
  return given.length === expected.length && timingSafeEqual(given, expected) ? address : undefined;
}

/** The words in front keep it apart from the fingerprints of secrets, which are stored. */
function signatureOf(address: string, signer: Signer): string {
  return signer.fingerprint(`client of the gateway: ${address}`);
}
