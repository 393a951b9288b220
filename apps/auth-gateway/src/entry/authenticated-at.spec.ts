import { describe, expect, it } from '@jest/globals';
import { authenticatedAt } from './authenticated-at.js';

const now = 1_800_000_000_000;

describe('O68 when a person proved who they are', () => {
  it('is what the provider says, however long ago', () => {
    expect(authenticatedAt(1_799_900_000, now).getTime()).toBe(1_799_900_000_000);
  });

  it.each([undefined, null, 0, -5, 1.5, Number.MAX_VALUE, '1799900000', 1_800_000_060])(
    'is now where it says %s',
    (authTime) => {
      expect(authenticatedAt(authTime, now).getTime()).toBe(now);
    },
  );
});
