import { describe, expect, it } from '@jest/globals';
import { matchesPattern } from './matches-pattern.js';

describe('S44 matchesPattern', () => {
  it.each([
    ['jira-users', 'jira-users', true],
    ['Jira-Users', 'jira-USERS', true],
    ['jira-users-2', 'jira-users', false],
    ['jira-users', 'jira-*', true],
    ['jira-', 'jira-*', true],
    ['my-jira-users', 'jira-*', false],
    ['team-local', '*-local', true],
    ['team-local-2', '*-local', false],
    ['a-middle-b', 'a*middle*b', true],
    ['a-b', 'a*middle*b', false],
    ['anything', '*', true],
    ['', '*', true],
    ['aa', 'a*a*a', false],
    ['aba', 'ab*ba', false],
    ['group.name', 'group?name', false],
    ['group.name', 'group.name', true],
    ['a+b(c)', 'a+b(*)', true],
    ['ÉQUIPE', 'équ*', true],
  ])('%s fits %s: %s', (name, pattern, expected) => {
    expect(matchesPattern(name, pattern)).toBe(expected);
  });

  it('is as quick with a hundred stars as with one', () => {
    const startedMs = performance.now();
    expect(matchesPattern('a'.repeat(255), `${'a*'.repeat(120)}b`)).toBe(false);
    expect(matchesPattern(`${'ab'.repeat(127)}c`, `${'*ab'.repeat(80)}*d*`)).toBe(false);
    expect(performance.now() - startedMs).toBeLessThan(50);
  });
});
