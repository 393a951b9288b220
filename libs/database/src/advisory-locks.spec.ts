import { expect, it } from '@jest/globals';
import { advisoryLocks } from './advisory-locks.js';

it('no two advisory locks share a number', () => {
  const numbers = Object.values(advisoryLocks);
  expect(new Set<number>(numbers).size).toBe(numbers.length);
});
