import { createPublicKey, X509Certificate } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export interface PublicKey {
  readonly key: KeyObject;
  /** Of a certificate; a bare key has none. */
  readonly expiresAt: Date | undefined;
}

const block = /-----BEGIN ([A-Z0-9 ]+)-----[A-Za-z0-9+/=\s]+-----END \1-----/g;
const signing = new Set(['rsa', 'rsa-pss', 'ec', 'ed25519']);
const rsaBitsMin = 2_048; // RFC 7518 3.3

/** @throws Error that says which block is wrong */
export function readPublicKeys(pem: string): readonly PublicKey[] {
  const blocks = pem.match(block) ?? [];
  if (blocks.length === 0 || pem.replace(block, '').trim() !== '') throw new Error('not PEM');
  return blocks.map(readBlock);
}

/** @returns undefined when every block is a usable public key or certificate */
export function publicKeyProblem(pem: string): string | undefined {
  try {
    readPublicKeys(pem);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error && error.name === 'KeyRefusedError' ? `: ${error.message}` : '';
    return `not PEM of a public key or a certificate${reason}`;
  }
}

class KeyRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'KeyRefusedError';
  }
}

function readBlock(text: string): PublicKey {
  // createPublicKey would take the public half of a private key, and the key would lie in a document for everybody.
  if (text.includes('PRIVATE KEY')) throw new KeyRefusedError('this is a private key, give the public one');
  const certificate = text.includes('CERTIFICATE') ? new X509Certificate(text) : undefined;
  const key = certificate?.publicKey ?? createPublicKey(text);
  if (!signing.has(key.asymmetricKeyType ?? '')) throw new KeyRefusedError('the key must be RSA, EC or Ed25519');
  const bits = key.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < rsaBitsMin) throw new KeyRefusedError(`an RSA key of ${bits} bits is too short`);
  return { key, expiresAt: certificate && new Date(certificate.validTo) };
}
