import { describe, expect, it } from '@jest/globals';
import { classifyAddress } from './classify-address.js';
import { destinationOf, mayConnectTo, reachOf, refusalOf } from './reach.js';

describe('an address', () => {
  it.each([
    ...[
      '8.8.8.8',
      '172.15.0.1',
      '172.32.0.1',
      '100.128.0.1',
      '2606:4700::1111',
      '2a00::1',
      '::ffff:8.8.8.8',
      '64:ff9b::808:808',
    ].map((address) => ({ address, is: 'public' })),
    ...['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::7f00:1', '64:ff9b::127.0.0.1'].map(
      (address) => ({ address, is: 'loopback' }),
    ),
    ...[
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '198.18.0.1',
      'fc00::1',
      'fd12::1',
    ].map((address) => ({ address, is: 'private' })),
    ...['::ffff:10.0.0.1', '::ffff:a00:1', '64:ff9b::a00:1', '64:ff9b:1::808:808'].map((address) => ({
      address,
      is: 'private',
    })),
    ...[
      '169.254.169.254',
      '::ffff:169.254.169.254',
      '64:ff9b::a9fe:a9fe',
      'fd00:ec2::254',
      '100.100.100.200',
      '168.63.129.16',
    ].map((address) => ({ address, is: 'never' })),
    ...[
      '0.0.0.0',
      '::',
      '224.0.0.1',
      'ff02::1',
      'fe80::1',
      'fe80::1%eth0',
      '255.255.255.255',
      '2002:7f00:1::',
      '2001::1',
      '4000::1',
      'x',
    ].map((address) => ({ address, is: 'never' })),
  ])('O77 $address is $is', ({ address, is }) => {
    expect(classifyAddress(address)).toBe(is);
  });
});

describe('what is called for a provider', () => {
  const outside = { issuer: 'https://idp.example', allowedHosts: [] };
  const listing = {
    issuer: 'https://idp.example',
    allowedHosts: ['IdP.internal', '[fd12::1]', '10.0.0.7', '169.254.169.254'],
  };
  const here = { issuer: 'http://localhost:9000/pool', allowedHosts: [] };

  it.each([
    { url: 'https://idp.example/x', of: outside, production: true, fine: true },
    { url: 'http://idp.example/x', of: outside, production: true, fine: false },
    { url: 'http://idp.example/x', of: outside, production: false, fine: false },
    { url: 'ftp://idp.example/x', of: outside, production: false, fine: false },
    { url: 'https://user:secret@idp.example/', of: outside, production: false, fine: false },
    { url: 'https://10.0.0.7/', of: outside, production: false, fine: false },
    { url: 'https://10.0.0.7/', of: listing, production: true, fine: true },
    { url: 'https://[fd12::1]/', of: listing, production: true, fine: true },
    { url: 'https://10.0.0.8/', of: listing, production: true, fine: false },
    { url: 'https://169.254.169.254/', of: listing, production: true, fine: false },
    { url: 'https://0x7f.1/', of: outside, production: false, fine: false },
    { url: 'https://2130706433/', of: outside, production: false, fine: false },
    { url: 'https://[::ffff:127.0.0.1]/', of: outside, production: false, fine: false },
    { url: 'http://127.0.0.1:1/', of: outside, production: false, fine: false },
    { url: 'http://127.0.0.1:1/', of: here, production: false, fine: true },
    { url: 'http://[::1]:1/', of: here, production: false, fine: true },
    { url: 'http://127.0.0.1:1/', of: here, production: true, fine: false },
    { url: 'https://127.0.0.1:1/', of: here, production: true, fine: false },
    { url: 'https://10.0.0.7/', of: here, production: false, fine: false },
  ])('O77 O29 $url (production: $production): $fine', ({ url, of, production, fine }) => {
    expect(refusalOf(new URL(url), reachOf(of, production)) === undefined).toBe(fine);
  });

  it.each([
    { host: 'idp.internal', address: '10.0.0.1', fine: true },
    { host: 'IDP.internal.', address: 'fd12::1', fine: true },
    { host: 'idp.internal', address: '169.254.169.254', fine: false },
    { host: 'sub.idp.internal', address: '10.0.0.1', fine: false },
    { host: 'public.example', address: '10.0.0.1', fine: false },
    { host: 'public.example', address: '127.0.0.1', fine: false },
    { host: 'public.example', address: '8.8.8.8', fine: true },
  ])('O77 a name counts by what it resolves to: $host at $address: $fine', ({ host, address, fine }) => {
    expect(mayConnectTo(address, destinationOf(new URL(`https://${host}/`), reachOf(listing, true)))).toBe(fine);
  });
});
