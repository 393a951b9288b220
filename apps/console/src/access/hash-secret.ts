import { createHash } from 'node:crypto';

/** SHA-256 is enough for 256 random bits: there is nothing to guess that a slow hash would protect. */
export function hashSecret(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}
