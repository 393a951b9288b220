import { describe, expect, it } from '@jest/globals';
import { assertIfMatch, requireIfMatch } from './entity-tag.js';

describe('If-Match', () => {
  it.each(['"3"', '*', '"1", "3"', '"1",*'])('U17 lets a change of version 3 pass with %s', (header) => {
    expect(() => assertIfMatch(header, 3)).not.toThrow();
  });

  it.each(['"2"', 'W/"3"', '3', '"33"', 'null'])('U17 stops a change of version 3 with %s', (header) => {
    expect(() => assertIfMatch(header, 3)).toThrow('version 3 holds now');
  });

  it.each([undefined, '', ' '])('is required (%j)', (header) => {
    expect(() => requireIfMatch(header)).toThrow('If-Match');
  });
});
