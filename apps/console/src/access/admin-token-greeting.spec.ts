import { describe, expect, it } from '@jest/globals';
import { adminTokenGreeting } from './admin-token-greeting.js';

describe('what the person at the terminal reads of the admin token', () => {
  it('is the token at the first start only, and where it is kept', () => {
    expect(
      adminTokenGreeting({ created: 'the-token', configured: false, file: '/data/admin-token' }).join('\n'),
    ).toMatch(/the-token[\s\S]*\/data\/admin-token/);
    expect(
      adminTokenGreeting({ created: undefined, configured: false, file: '/data/admin-token' }).join('\n'),
    ).toContain('/data/admin-token');
    expect(adminTokenGreeting({ created: 'the-token', configured: false, file: undefined }).join('\n')).toMatch(
      /the-token[\s\S]*once/,
    );
  });

  it('is never a configured one', () => {
    expect(adminTokenGreeting({ created: undefined, configured: true, file: undefined })).toEqual([
      'Admin token: the one you set in ADMIN_TOKEN',
    ]);
  });
});
