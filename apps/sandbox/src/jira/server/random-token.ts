import { randomBytes } from 'node:crypto';

export function randomToken(): string {
  return randomBytes(24).toString('base64url');
}
