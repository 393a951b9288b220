import { createHmac, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

export type Claims = Record<string, unknown>;

export interface SigningKey {
  readonly kid: string;
  readonly alg: 'RS256' | 'ES256';
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
  /** As a key set publishes it. */
  readonly jwk: Record<string, unknown>;
}

/** What the provider would have answered, for whoever makes something else of it. */
export interface RightToken {
  readonly header: Readonly<Record<string, unknown>>;
  readonly claims: Readonly<Claims>;
  readonly key: SigningKey;
  readonly accessToken: string;
  readonly clientSecret: string;
}

/** What stands in the answer where the ID token belongs; undefined: nothing. */
export type Forgery = (right: RightToken) => unknown;

export function newSigningKey(alg: SigningKey['alg'] = 'RS256', kid: string = randomUUID()): SigningKey {
  const { publicKey, privateKey } =
    alg === 'RS256'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return { kid, alg, privateKey, publicKey, jwk: { ...publicKey.export({ format: 'jwk' }), kid, alg, use: 'sig' } };
}

interface Change {
  /** Members whose value is undefined are left out. */
  readonly header?: Record<string, unknown>;
  readonly claims?: Claims;
  /** The payload as text, for what JSON.stringify cannot write. */
  readonly payload?: string;
  readonly key?: SigningKey;
}

/** The right token but for these, and signed for what it says. */
export function signed(right: RightToken, { header, claims, payload, key = right.key }: Change = {}): string {
  const input = unsigned({ ...right.header, ...header }, payload ?? JSON.stringify({ ...right.claims, ...claims }));
  return `${input}.${signatureBy(key, input)}`;
}

/** Header and payload, joined, without any signature. */
export function unsigned(header: object, payload: string): string {
  return `${encoded(JSON.stringify(header))}.${encoded(payload)}`;
}

export function signatureBy({ alg, privateKey }: SigningKey, input: string): string {
  const key = alg === 'ES256' ? { key: privateKey, dsaEncoding: 'ieee-p1363' as const } : privateKey;
  return sign('sha256', Buffer.from(input), key).toString('base64url');
}

/** HS256 with whatever the attacker hopes the verifier takes for a shared secret. */
export function hmacSigned(right: RightToken, secret: string): string {
  const input = unsigned({ ...right.header, alg: 'HS256' }, JSON.stringify(right.claims));
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

/** The right token in its three parts. */
export function partsOf(right: RightToken): [header: string, payload: string, signature: string] {
  return signed(right).split('.') as [string, string, string];
}

/** The payload as text with more members in front, which JSON.parse sees before the right ones. */
export function payloadAfter(members: string, { claims }: RightToken): string {
  return `{${members},${JSON.stringify(claims).slice(1)}`;
}

function encoded(text: string): string {
  return Buffer.from(text).toString('base64url');
}
