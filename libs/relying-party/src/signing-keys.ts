import { compactVerify, errors } from 'jose';
import type { CryptoKey, createLocalJWKSet, KeyObject } from 'jose';
import type { Sender } from './jwks-cache.js';

/** Finds the key for a token's header; imported keys are kept. */
export type ProviderKeys = ReturnType<typeof createLocalJWKSet>;

/** By which a provider's signatures are verified. */
export interface SigningKeys {
  /** @throws when none of them made this signature, or there are none */
  verify(token: string, algorithms: readonly string[], sender?: Sender): Promise<void>;
  /** Reads them again ahead of need. It never throws. */
  refresh(): Promise<void>;
}

/** What is worth a line in the log (P08). Keys are named by their thumbprints: a kid is the provider's text. */
export type KeyNotice =
  | { kind: 'keys-changed'; added: readonly string[]; removed: readonly string[] }
  | { kind: 'keys-unreadable'; reason: string }
  | { kind: 'certificate-expired' | 'certificate-expires'; expiresAt: Date };
export type TakeNotice = (notice: KeyNotice) => void;

const triesMax = 10;

/** With each of the keys that fit when the token does not say which one it is (O06). */
export async function verifyWithKeys(token: string, keys: ProviderKeys, algorithms: readonly string[]): Promise<void> {
  try {
    await compactVerify(token, keys, { algorithms: [...algorithms] });
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    let tries = 0;
    for await (const key of error) {
      if (tries === triesMax) break;
      tries += 1;
      if (await isSignedBy(token, key, algorithms)) return;
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

export async function isSignedBy(
  token: string,
  key: CryptoKey | KeyObject,
  algorithms: readonly string[],
): Promise<boolean> {
  try {
    await compactVerify(token, key, { algorithms: [...algorithms] });
    return true;
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed) return false;
    throw error;
  }
}
