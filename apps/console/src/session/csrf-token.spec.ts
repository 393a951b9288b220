import { describe, expect, it } from '@jest/globals';
import { csrfTokenOf, isCsrfTokenOf } from './csrf-token.js';

describe('the token of a form', () => {
  it('belongs to one session and says nothing of its secret', () => {
    const token = csrfTokenOf('secret-a');

    expect(token).not.toContain('secret-a');
    expect(isCsrfTokenOf('secret-a', token)).toBe(true);
    for (const wrong of [csrfTokenOf('secret-b'), '', undefined, `${token}x`, token.slice(1)])
      expect(isCsrfTokenOf('secret-a', wrong)).toBe(false);
  });
});
