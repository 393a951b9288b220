import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { Encryption } from './encryption.js';

const encryption = new Encryption(Buffer.alloc(32, 1));

describe('secrets at rest', () => {
  it('opens what it sealed, at the same place', () => {
    expect(encryption.open(encryption.seal('s3cret ✓', 'a/b'), 'a/b')).toBe('s3cret ✓');
  });

  it('opens a value sealed by an earlier release', () => {
    expect(encryption.open('v1.84195b23.AAECAwQFBgcICQoLpxY6ngAiFSUHOHqna3i6as1TU_jmpk305EOfwNs', 'a/b')).toBe(
      'sealed before',
    );
  });

  it('does not open a value that was copied to another place', () => {
    const sealed = encryption.seal('secret', 'console.secret/providers.a.clientSecret');

    expect(() => encryption.open(sealed, 'console.secret/providers.b.clientSecret')).toThrow();
  });

  it('does not open a changed value', () => {
    const [version, keyId, body] = encryption.seal('secret', 'a').split('.');
    const bytes = Buffer.from(body!, 'base64url');
    bytes[14]! ^= 1;

    expect(() => encryption.open([version, keyId, bytes.toString('base64url')].join('.'), 'a')).toThrow();
  });

  it('does not open a value sealed with another key', () => {
    expect(() => new Encryption(randomBytes(32)).open(encryption.seal('secret', 'a'), 'a')).toThrow(/another key/);
  });

  it('seals equal secrets differently, and tells by fingerprint that they are equal', () => {
    expect(encryption.seal('secret', 'a')).not.toBe(encryption.seal('secret', 'a'));
    expect(encryption.fingerprint('secret')).toBe(encryption.fingerprint('secret'));
    expect(encryption.fingerprint('secret')).not.toBe(new Encryption(randomBytes(32)).fingerprint('secret'));
  });
});
