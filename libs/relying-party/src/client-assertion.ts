import { createPrivateKey, randomUUID } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { algorithmsOf } from './key-algorithms.js';
import { ProviderTroubleError } from './provider-trouble.js';

export interface ClientKey {
  readonly key: KeyObject;
  readonly algorithm: string;
  readonly keyId: string | undefined;
}

/**
 * @param accepted algorithms that the provider advertises for assertions, if it does
 * @throws ProviderTroubleError that says what is wrong with the key
 */
export function readClientKey(
  pem: string | undefined,
  keyId: string | undefined,
  accepted: readonly string[] | undefined,
): ClientKey {
  if (pem === undefined) throw unusable('there is none');
  const key = privateKeyOf(pem);
  const possible = algorithmsOf(key);
  const algorithm = possible.find((name) => accepted?.includes(name)) ?? possible[0];
  if (algorithm === undefined) throw unusable('its type is not one that signs assertions');
  return { key, algorithm, keyId };
}

interface Assertion {
  readonly issuer: string;
  readonly subject: string;
  /** One value: an assertion for several could be passed on from one to the other. */
  readonly audience: string;
  readonly lifetimeSeconds: number;
}

/** Made fresh for each request (RFC 7523 3). */
export async function signAssertion(
  { key, algorithm, keyId }: ClientKey,
  { issuer, subject, audience, lifetimeSeconds }: Assertion,
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  return new SignJWT({
    iss: issuer,
    sub: subject,
    aud: audience,
    iat: now,
    exp: now + lifetimeSeconds,
    jti: randomUUID(),
  })
    .setProtectedHeader({ alg: algorithm, ...(keyId === undefined ? {} : { kid: keyId }) })
    .sign(key);
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw unusable('it is not PEM of an unencrypted private key'); // The cause would quote it.
  }
}

function unusable(reason: string): ProviderTroubleError {
  return new ProviderTroubleError('CLIENT_KEY_UNUSABLE', `the private key of the client cannot be used: ${reason}`);
}
