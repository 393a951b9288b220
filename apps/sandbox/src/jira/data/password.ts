import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';

// A low cost: these passwords are demo passwords, and every reset of a test makes one.
const cost = { N: 1024 };

export function sealPassword(password: string): string {
  const salt = randomBytes(16);
  return `${salt.toString('base64url')}.${scryptSync(password, salt, 32, cost).toString('base64url')}`;
}

export function passwordMatches(sealed: string | null, password: string): boolean {
  const [salt, hash] = (sealed ?? '').split('.');
  if (!salt || !hash) return false;
  const expected = Buffer.from(hash, 'base64url');
  return timingSafeEqual(scryptSync(password, Buffer.from(salt, 'base64url'), expected.length, cost), expected);
}
