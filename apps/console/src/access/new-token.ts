import { randomBytes } from 'node:crypto';

const tokenBytes = 32;

/** The prefix lets secret scanners know it for what it is. */
export function newToken(): string {
  return `gatehouse_${randomBytes(tokenBytes).toString('base64url')}`;
}
