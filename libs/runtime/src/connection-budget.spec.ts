import { describe, expect, it } from '@jest/globals';
import { poolSizeOf } from './connection-budget.js';

describe('the pool of a process', () => {
  it.each([
    [['auth-gateway'], 10],
    [['group-sync'], 6],
    [['sandbox', 'console'], 6],
    [['sandbox', 'console', 'auth-gateway', 'claim-mapping', 'group-sync'], 20],
  ] as const)('of %j has %i connections', (services, size) => expect(poolSizeOf(services)).toBe(size));
});
