import { describe, expect, it } from '@jest/globals';
import { poolSizesOf } from './connection-budget.js';

describe('the pools of a process', () => {
  it.each([
    [['auth-gateway'], 6, 7],
    [['group-sync'], 3, 6],
    [['sandbox', 'console'], 6, 2],
    [['sandbox', 'console', 'auth-gateway', 'claim-mapping', 'group-sync'], 12, 12],
  ] as const)(
    'of %j have %i connections for transactions and %i for statements',
    (services, transactions, statements) => expect(poolSizesOf(services)).toEqual({ transactions, statements }),
  );
});
