import { describe, expect, it } from '@jest/globals';
import { retryAfterMs } from './retry-after.js';

const nowMs = Date.parse('2026-03-01T12:00:00Z');

describe('retryAfterMs', () => {
  it.each<[string | null, number | undefined]>([
    [null, undefined],
    ['7', 7_000],
    [' 7 ', 7_000],
    ['Sun, 01 Mar 2026 12:00:30 GMT', 30_000],
    ['Sun, 01 Mar 2026 11:59:00 GMT', undefined],
    ['0', undefined],
    ['-5', undefined],
    ['soon', undefined],
    ['', undefined],
    ['301', 300_000],
    ['9223372036854775807', 300_000],
    ['Sun, 01 Mar 2099 12:00:00 GMT', 300_000],
  ])('%p is %p ms', (header, expected) => {
    expect(retryAfterMs(header, nowMs)).toBe(expected);
  });
});
