import { describe, expect, it } from '@jest/globals';
import { Settings } from '@gatehouse/contracts';
import { isForAgentsOnly } from './agents-only.js';

describe('D7 a sign-in for agents only', () => {
  it.each([
    ['everybody', '/servicedesk/customer/portals', false],
    ['agents', '/servicedesk/customer', true],
    ['agents', '/servicedesk/customer/portal/1/DEMO-1', true],
    ['agents', '/servicedesk/customers', false],
    ['agents', '/browse/DEMO-1', false],
    ['agents', '/', false],
    ['agents', undefined, false],
  ] as const)('for %s, from %s: %s', (singleSignOn, entry, expected) => {
    expect(isForAgentsOnly(Settings.parse({ customerPortal: { singleSignOn } }), entry)).toBe(expected);
  });
});
