import { generateKeyPairSync } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { clientKeyProblem } from './client-key.js';

const pem = (key: KeyObject) => key.export({ type: 'pkcs8', format: 'pem' }).toString();
const ec = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve });
const rsa = (modulusLength: number) => generateKeyPairSync('rsa', { modulusLength });
const p256 = pem(ec('P-256').privateKey);

describe('the private key of a client', () => {
  it.each<[string, string]>([
    ['RSA of 2048 bits', pem(rsa(2048).privateKey)],
    ['RSA in its older form', rsa(2048).privateKey.export({ type: 'pkcs1', format: 'pem' }).toString()],
    ['P-256', p256],
    ['P-521', pem(ec('P-521').privateKey)],
    ['Ed25519', pem(generateKeyPairSync('ed25519').privateKey)],
  ])('signs with %s', (_, key) => expect(clientKeyProblem(key, 'private_key_jwt')).toBeUndefined());

  it.each<[string, string, string]>([
    ['no PEM', 'secret', 'not PEM of a private key'],
    ['the text of a variable with \\n for its line breaks', p256.replaceAll('\n', '\\n'), 'real line breaks'],
    ['a key cut short', p256.slice(0, 80), 'can be read'],
    [
      'a key with its middle missing',
      p256.replace(/^.{60}/m, (line) => line.slice(0, 4)).replace(/\n[^-\n]{30,}\n/, '\n'),
      'can be read',
    ],
    ['a public key', ec('P-256').publicKey.export({ type: 'spki', format: 'pem' }).toString(), 'not PEM of a private'],
    ['RSA of 1024 bits', pem(rsa(1024).privateKey), 'too short'],
    ['a curve that no JWT algorithm has', pem(ec('secp224r1').privateKey), 'P-256, P-384 or P-521'],
    ['a key that signs nothing', pem(generateKeyPairSync('x25519').privateKey), 'RSA, EC or Ed25519'],
    [
      'a key behind a passphrase',
      ec('P-256')
        .privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' })
        .toString(),
      'passphrase',
    ],
  ])('is refused when it is %s, without being quoted', (_, key, message) => {
    const problem = clientKeyProblem(key, 'private_key_jwt');
    expect(problem).toMatch(new RegExp(message));
    for (const line of key.split('\n').filter((part) => part.length > 5)) expect(problem).not.toContain(line);
  });

  it('of Apple is on P-256', () => {
    expect(clientKeyProblem(p256, 'apple')).toBeUndefined();
    expect(clientKeyProblem(pem(ec('P-384').privateKey), 'apple')).toContain('P-256');
    expect(clientKeyProblem(pem(rsa(2048).privateKey), 'apple')).toContain('P-256');
  });
});
