import { describe, expect, it } from '@jest/globals';
import { groupHints } from './group-hints.js';

const rules = (...from: string[]) => from.map((name) => ({ from: name, to: 'jira-developers' }));

describe('P13 a rule that missed by little', () => {
  it.each([
    ['a full path of Keycloak', 'Dev', '/dev'],
    ['the last part of a path', 'developers', '/company/Developers'],
    ['the path in the rule', '/dev', 'dev'],
    ['a distinguished name', 'jira devs', 'CN=Jira Devs,OU=Groups,DC=corp,DC=example'],
    ['a domain before it', 'dev', 'CORP\\dev'],
    ['another case', 'DEV', 'dev'],
  ])('is told with what was claimed: %s', (_, mapped, claimed) => {
    expect(groupHints(rules(mapped), ['other', claimed])).toEqual([{ mapped, claimed }]);
  });

  it('is not told when the rule met, nothing is alike, or nothing was claimed', () => {
    expect(groupHints(rules('dev'), ['dev', '/dev'])).toEqual([]);
    expect(groupHints(rules('dev'), ['developers'])).toEqual([]);
    expect(groupHints(rules('dev'), [])).toEqual([]);
  });

  it('is told once, and not without end', () => {
    expect(groupHints(rules('Dev', 'Dev'), ['/dev'])).toHaveLength(1);
    const names = Array.from({ length: 500 }, (_, index) => `g${index}`);
    expect(groupHints(rules(...names.map((name) => name.toUpperCase())), names)).toHaveLength(20);
  });
});
