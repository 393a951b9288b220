import { createHmac, hash, randomBytes } from 'node:crypto';

/** 256 random bits that only the browser keeps. Whoever does not have them, we included, cannot finish the sign-in. */
export function newLoginSecret(): string {
  return randomBytes(32).toString('base64url');
}

export function hashSecret(secret: string): string {
  return sha256(secret);
}

export interface Derived {
  readonly nonce: string;
  /** 43 characters of the unreserved set, as RFC 7636 4.1 asks. */
  readonly codeVerifier: string;
}

/** Distinct labels: the nonce travels through the browser and must not tell the verifier. */
export function deriveFrom(secret: string): Derived {
  const derive = (label: string) => createHmac('sha256', secret).update(label).digest('base64url');
  return { nonce: derive('gatehouse nonce'), codeVerifier: derive('gatehouse code verifier') };
}

/** RFC 7636 4.2. At once, where openid-client's own sends every one through another thread. */
export function challengeOf(codeVerifier: string): string {
  return sha256(codeVerifier);
}

function sha256(text: string): string {
  return hash('sha256', text, 'base64url');
}
