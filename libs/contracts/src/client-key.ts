import { createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

const rsaBitsMin = 2_048; // RFC 7518 3.3
const curves = ['prime256v1', 'secp384r1', 'secp521r1'];
const appleCurve = 'prime256v1'; // Apple accepts ES256 alone.

/**
 * Whether this can sign for a client. Said when it is saved: at a sign-in it would only be "the provider refused".
 * @returns undefined when it can; the reason never quotes the text
 */
export function clientKeyProblem(pem: string, authentication: 'private_key_jwt' | 'apple'): string | undefined {
  if (pem.includes('ENCRYPTED')) return 'the key is protected by a passphrase: store it without one';
  if (!pem.includes('PRIVATE KEY-----') || pem.includes('\\n'))
    return 'not PEM of a private key, with its first and last line and real line breaks';
  const key = readKey(pem);
  if (!key) return 'not a private key that can be read';
  return authentication === 'apple' ? appleProblem(key) : signingProblem(key);
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function appleProblem({ asymmetricKeyDetails }: KeyObject): string | undefined {
  return asymmetricKeyDetails?.namedCurve === appleCurve ? undefined : 'Apple takes a key on P-256, a .p8 file, only';
}

function signingProblem({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  const { modulusLength = 0, namedCurve = '' } = asymmetricKeyDetails ?? {};
  if (asymmetricKeyType === 'rsa')
    return modulusLength < rsaBitsMin ? `an RSA key of ${modulusLength} bits is too short` : undefined;
  if (asymmetricKeyType === 'ec')
    return curves.includes(namedCurve) ? undefined : 'the curve must be P-256, P-384 or P-521';
  return asymmetricKeyType === 'ed25519' ? undefined : 'the key must be RSA, EC or Ed25519';
}
