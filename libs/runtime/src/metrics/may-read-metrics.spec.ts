import { describe, expect, it } from '@jest/globals';
import { mayReadWithoutToken } from './may-read-metrics.js';

const near = { production: false, facesBrowsers: true, remoteAddress: '127.0.0.1', forwarded: false };

describe('/metrics without a token', () => {
  it.each([
    ['a person at the machine', near, true],
    [
      'a neighbour of a worker in production',
      { ...near, production: true, facesBrowsers: false, remoteAddress: '10.1.2.3' },
      true,
    ],
    ['an IPv4 neighbour on an IPv6 socket', { ...near, remoteAddress: '::ffff:192.168.0.7' }, true],
    ['a unique local address', { ...near, remoteAddress: 'fd00::7' }, true],
    ['whoever comes through a proxy', { ...near, forwarded: true }, false],
    ['a proxy that does not say so, in production', { ...near, production: true }, false],
    ['a public address', { ...near, remoteAddress: '203.0.113.9' }, false],
    ['a public address that looks private', { ...near, remoteAddress: '172.32.0.1' }, false],
    ['a public IPv6 address', { ...near, remoteAddress: '2001:db8::1' }, false],
    ['an unknown address', { ...near, remoteAddress: undefined }, false],
  ])('%s', (_, request, allowed) => {
    expect(mayReadWithoutToken(request)).toBe(allowed);
  });
});
