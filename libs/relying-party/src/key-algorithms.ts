import type { KeyObject } from 'node:crypto';

const ofType: Readonly<Record<string, readonly string[]>> = {
  rsa: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  'rsa-pss': ['PS256', 'PS384', 'PS512'],
  ed25519: ['EdDSA', 'Ed25519'],
};
const ofCurve: Readonly<Record<string, readonly string[]>> = {
  prime256v1: ['ES256'],
  secp384r1: ['ES384'],
  secp521r1: ['ES512'],
};

/** What a key signs or verifies (RFC 7518 3.1), the usual one first; nothing for a key that does neither. */
export function algorithmsOf({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject): readonly string[] {
  if (type === 'ec') return ofCurve[asymmetricKeyDetails?.namedCurve ?? ''] ?? [];
  return ofType[type ?? ''] ?? [];
}
