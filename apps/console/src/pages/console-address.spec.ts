import { describe, expect, it } from '@jest/globals';
import { ConsoleAddress } from './console-address.js';

const publicUrl = new URL('https://jira.example/_sso');
const beside = new ConsoleAddress({ publicUrl, consolePublicUrl: undefined });
const apart = new ConsoleAddress({ publicUrl, consolePublicUrl: new URL('https://console.example') });

describe('where the console lives', () => {
  it('is below PUBLIC_URL, or on an origin of its own', () => {
    expect(beside.href).toBe('https://jira.example/_sso/console');
    expect(apart.href).toBe('https://console.example/console');
  });

  it('is one host only when it has an origin of its own', () => {
    for (const host of ['jira.example', 'console.example.evil.example', 'console.example:8443', undefined])
      expect(apart.livesAt(host)).toBe(false);
    expect(apart.livesAt('Console.Example')).toBe(true);
    expect(beside.livesAt('anything')).toBe(true);
  });

  it.each([
    ['/_sso/console/queues?x=1', '/_sso/console/queues?x=1'],
    ['/_sso/console', '/_sso/console'],
    [undefined, '/_sso/console'],
    ['https://evil.example/_sso/console', '/_sso/console'],
    ['//evil.example/_sso/console', '/_sso/console'],
    ['/\\evil.example/_sso/console', '/_sso/console'],
    ['/_sso/console/../../browse/X-1', '/_sso/console'],
    ['/_sso/consolexyz', '/_sso/console'],
    ['javascript:alert(1)', '/_sso/console'],
    ['http://[', '/_sso/console'],
  ])('after a sign-in %s leads to %s', (wanted, leads) => {
    expect(beside.within(wanted)).toBe(leads);
  });
});
