import { describe, expect, it } from '@jest/globals';
import { Encryption } from '@gatehouse/database';
import { clientHeader, clientOf, signedClient } from './gateway-hop.js';

const ours = new Encryption(Buffer.alloc(32, 1));
const others = new Encryption(Buffer.alloc(32, 2));

describe('for whom the gateway forwards', () => {
  it.each(['203.0.113.7', '2001:db8::7', 'unknown'])('is believed of %s when it is signed', (address) => {
    expect(clientOf({ [clientHeader]: signedClient(address, ours) }, ours)).toBe(address);
  });

  it.each([
    ['no signature', '203.0.113.7'],
    ['an empty one', '203.0.113.7 '],
    ['that of another address', `203.0.113.8 ${signedClient('203.0.113.7', ours).split(' ')[1]}`],
    ['that of another installation', signedClient('203.0.113.7', others)],
    ['a fingerprint of a secret', `203.0.113.7 ${ours.fingerprint('203.0.113.7')}`],
    ['more than one', `${signedClient('203.0.113.7', ours)} x`],
  ])('is not believed with %s', (_what, header) => {
    expect(clientOf({ [clientHeader]: header }, ours)).toBeUndefined();
  });
});
