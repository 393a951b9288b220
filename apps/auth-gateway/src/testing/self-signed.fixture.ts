import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import type { KeyObject } from 'node:crypto';

interface SelfSigned {
  readonly key: string;
  readonly cert: string;
  /** As `x5c` and friends carry it. */
  readonly der: Buffer;
}

/** A certificate for `localhost` that nobody but its holder vouches for. Node reads certificates and makes none. */
export function selfSigned(keys = generateKeyPairSync('rsa', { modulusLength: 2048 })): SelfSigned {
  const der = certificate(keys.publicKey, keys.privateKey);
  const lines = der.toString('base64').match(/.{1,64}/g)!;
  return {
    key: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`,
    der,
  };
}

/** RFC 5280 4.1 */
function certificate(publicKey: KeyObject, privateKey: KeyObject): Buffer {
  const sha256WithRsa = sequence(oid('2a864886f70d01010b'), tag(0x05));
  const name = sequence(tag(0x31, sequence(oid('550403'), tag(0x0c, Buffer.from('localhost')))));
  const day = 86_400_000;
  const validity = sequence(time(Date.now() - day), time(Date.now() + 30 * day));
  const localhost = tag(0x82, Buffer.from('localhost'));
  const alternativeNames = sequence(oid('551d11'), tag(0x04, sequence(localhost)));
  const version3 = tag(0xa0, tag(0x02, Buffer.from([2])));
  const serial = tag(0x02, Buffer.concat([Buffer.from([1]), randomBytes(15)]));
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  const extensions = tag(0xa3, sequence(alternativeNames));
  const content = sequence(version3, serial, sha256WithRsa, name, validity, name, spki, extensions);
  const signature = tag(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  return sequence(content, sha256WithRsa, signature);
}

function time(at: number): Buffer {
  const text = new Date(at).toISOString().replace(/[-:T]/g, '').slice(2, 14);
  return tag(0x17, Buffer.from(`${text}Z`));
}

function oid(hex: string): Buffer {
  return tag(0x06, Buffer.from(hex, 'hex'));
}

function sequence(...parts: Buffer[]): Buffer {
  return tag(0x30, ...parts);
}

/** X.690 8.1: tag, length, content. */
function tag(number: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const bytes = content.length.toString(16);
  const length = Buffer.from(bytes.padStart(bytes.length + (bytes.length % 2), '0'), 'hex');
  const header = content.length < 128 ? length : Buffer.concat([Buffer.from([0x80 | length.length]), length]);
  return Buffer.concat([Buffer.from([number]), header, content]);
}
