import { describe, expect, it } from '@jest/globals';
import { bearerToken } from './bearer-token.js';

describe('the bearer token of a request', () => {
  it.each(['Bearer abc.DEF-1_2~3+4/5==', 'bearer abc.DEF-1_2~3+4/5=='])('is read from %s', (header) => {
    expect(bearerToken(header)).toBe('abc.DEF-1_2~3+4/5==');
  });

  it.each([undefined, '', 'Bearer', 'Bearer ', 'Basic YWJj', 'Bearer a b', 'Bearer a,b', `Bearer ${'a'.repeat(600)}`])(
    'is none in %s',
    (header) => {
      expect(bearerToken(header)).toBeUndefined();
    },
  );
});
