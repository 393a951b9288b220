import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto';

const version = 'v1';
const ivBytes = 12; // NIST SP 800-38D: 96 bits, random
const tagBytes = 16;

/**
 * Secrets at rest: AES-256-GCM with a fresh IV per value and the place as additional data,
 * so that a sealed value copied to another row or column does not open there.
 * A sealed value reads `v1.<key id>.<iv + ciphertext + tag, base64url>`; the key id allows rotation.
 */
export class Encryption {
  readonly keyId: string;
  private readonly key: Buffer;
  private readonly fingerprintKey: Buffer;

  /** @param masterKey 32 bytes */
  constructor(masterKey: Buffer) {
    if (masterKey.length !== 32) throw new RangeError('the encryption key must have 32 bytes');
    this.key = Buffer.from(hkdfSync('sha256', masterKey, '', 'gatehouse seal', 32));
    this.fingerprintKey = Buffer.from(hkdfSync('sha256', masterKey, '', 'gatehouse fingerprint', 32));
    this.keyId = createHash('sha256').update(this.key).digest('hex').slice(0, 8);
  }

  /** @param place where the value is kept, e.g. `console.secret/providers.cognito.clientSecret` */
  seal(plaintext: string, place: string): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.key, iv).setAAD(Buffer.from(place));
    const sealed = Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return `${version}.${this.keyId}.${sealed.toString('base64url')}`;
  }

  /** Throws when the value was sealed elsewhere, with another key, or was changed. */
  open(sealed: string, place: string): string {
    const [sealedVersion, keyId, body] = sealed.split('.');
    if (sealedVersion !== version || keyId !== this.keyId || body === undefined) {
      throw new Error(`the value at ${place} was sealed with another key`);
    }
    const bytes = Buffer.from(body, 'base64url');
    const decipher = createDecipheriv('aes-256-gcm', this.key, bytes.subarray(0, ivBytes))
      .setAAD(Buffer.from(place))
      .setAuthTag(bytes.subarray(-tagBytes));
    return decipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8') + decipher.final('utf8');
  }

  /** Equal secrets have equal fingerprints; without the key a fingerprint tells nothing. */
  fingerprint(value: string): string {
    return createHmac('sha256', this.fingerprintKey).update(value).digest('base64url');
  }
}
