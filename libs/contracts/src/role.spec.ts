import { describe, expect, it } from '@jest/globals';
import { mayDo, roles } from './role.js';
import type { Role } from './role.js';

describe('U36 roles', () => {
  it.each<[Role, readonly Role[]]>([
    ['viewer', ['viewer', 'operator', 'admin', 'auditor']],
    ['operator', ['operator', 'admin']],
    ['admin', ['admin']],
    ['auditor', ['admin', 'auditor']],
  ])('what needs %s is for %j', (needed, allowed) => {
    expect(roles.filter((role) => mayDo(role, needed))).toEqual(allowed);
  });
});
