import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { certificate, certificateExpiresAt } from '../test/certificate.js';
import { publicKeyProblem, readPublicKeys } from './public-key.js';

const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString();
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const privatePem = ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();

describe('S16 a pasted public key', () => {
  it('may be a key, a certificate whose end is known, or several of both', () => {
    const keys = readPublicKeys(`${pem(ec.publicKey)}\n${certificate}${pem(rsa(2048).publicKey)}`);
    expect(keys.map(({ key, expiresAt }) => [key.type, key.asymmetricKeyType, expiresAt])).toEqual([
      ['public', 'ec', undefined],
      ['public', 'ec', certificateExpiresAt],
      ['public', 'rsa', undefined],
    ]);
  });

  it.each<[string, string, string]>([
    ['nothing', '', 'not PEM'],
    ['words', 'hello', 'not PEM'],
    ['a certificate cut short', certificate.slice(0, 300), 'not PEM'],
    ['a certificate with a letter changed', certificate.replace('MIIBlD', 'MIIBlE'), 'not PEM'],
    ['another text around it', `key: ${pem(ec.publicKey)}`, 'not PEM'],
    ['Base64 without its lines', pem(ec.publicKey).split('\n').slice(1, -2).join(''), 'not PEM'],
    ['a private key, which would give its public half', privatePem, 'give the public one'],
    ['a private key behind a public one', pem(ec.publicKey) + privatePem, 'give the public one'],
    ['RSA of 1024 bits', pem(rsa(1024).publicKey), 'too short'],
    ['a key that signs nothing', pem(generateKeyPairSync('x25519').publicKey), 'RSA, EC or Ed25519'],
  ])('is refused: %s', (_, text, message) => {
    expect(publicKeyProblem(text)).toContain(message);
  });

  it('is read in time that grows with its length only', () => {
    const startedAt = performance.now();
    expect(publicKeyProblem('-----BEGIN PUBLIC KEY-----'.repeat(2_500))).toContain('not PEM');
    expect(publicKeyProblem(`-----BEGIN ${'A '.repeat(30_000)}`)).toContain('not PEM');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});
