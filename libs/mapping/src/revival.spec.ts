import { describe, expect, it } from '@jest/globals';
import { mayRevive } from './revival.js';

describe('S60 D10 a Jira user that we deactivated comes back', () => {
  it.each([
    ['directory', undefined, true, false],
    ['directory', 'directory', false, true],
    ['directory', 'administrator', false, true],
    ['directory', 'sign-in', true, false],
    ['directory', 'sign-in-over-directory', true, true],
    ['directory', 'sign-in-over-directory', false, false],
    ['administrator', undefined, true, false],
    ['administrator', 'directory', true, false],
    ['administrator', 'administrator', false, true],
    ['administrator', 'sign-in', true, false],
    ['administrator', 'sign-in-over-directory', true, false],
    ['inactivity', undefined, true, false],
    ['inactivity', 'sign-in', true, true],
    ['inactivity', 'sign-in', false, false],
    ['inactivity', 'directory', false, true],
    ['inactivity', 'administrator', false, true],
  ] as const)('deactivated by %s, lifted by %s, autoActivate %s: %s', (by, lifted, mayActivate, expected) => {
    expect(mayRevive(by, { lifted, mayActivate })).toBe(expected);
  });

  it.each(['directory', 'inactivity'] as const)('not before the next sign-in, deactivated by %s', (by) => {
    const lift = { lifted: 'sign-in-over-directory', mayActivate: true } as const;
    expect(mayRevive(by, { ...lift, awaitsSignIn: true })).toBe(false);
  });
});
