import { describe, expect, it } from '@jest/globals';
import { mayWait } from './may-wait.js';

describe('whether an answer of SCIM may wait a moment for people who sign in', () => {
  it.each([
    ['GET', 'Users', false],
    ['GET', 'Users/2819c223', false],
    ['POST', 'Users', true],
    ['POST', 'Users/.search', false],
    ['POST', '.search', false],
    ['PATCH', 'Groups/e9e30dba', true],
    ['GET', 'Groups', true],
    ['PATCH', 'Users/2819c223', false],
    ['PUT', 'Users/2819c223', false],
    ['DELETE', 'Users/2819c223', false],
    ['POST', 'Bulk', false],
    ['POST', '', false],
  ])('%s %s: %s', (method, path, may) => {
    expect(mayWait(method, path === '' ? [] : path.split('/'))).toBe(may);
  });
});
