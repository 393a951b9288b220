import { describe, expect, it } from '@jest/globals';
import { dashboard, localDestination, loginAddress } from './destination.js';

describe('where a login may end', () => {
  it.each(['/browse/DEMO-1', '/browse/DEMO-1?focused=1&x=%2F', '/', '/secure/MyPage', '/browse/Z%C3%BC'])(
    'stays at %s',
    (destination) => {
      expect(localDestination(destination)).toBe(destination);
    },
  );

  it.each([
    undefined,
    '',
    'https://evil.example/',
    '//evil.example/',
    '/\\evil.example/',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'javascript:alert(1)',
    '/x/..//evil.example',
    '/./ /evil.example',
    'browse/DEMO-1',
    `/${'x'.repeat(3000)}`,
  ])('never leaves Jira: %j', (destination) => {
    expect(localDestination(destination)).toBe(dashboard);
  });

  it('goes through the login page with its query intact', () => {
    const url = new URL(loginAddress('/browse/A-1?a=b&c=d', { permissionViolation: 'true' }), 'http://x');
    expect(url.searchParams.get('os_destination')).toBe('/browse/A-1?a=b&c=d');
    expect(url.searchParams.get('permissionViolation')).toBe('true');
  });
});
