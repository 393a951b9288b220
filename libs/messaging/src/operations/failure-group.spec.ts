import { describe, expect, it } from '@jest/globals';
import { failureGroupId, normaliseFailure } from './failure-group.js';

const normalised = (detail: string | null, message = 'Public words.') =>
  normaliseFailure({ code: 'jira.conflict', message, detail });

describe('Q06 equal failures are one', () => {
  it.each([
    ['user 9f1c2d3e-0000-4000-8000-0123456789ab is gone', 'user <id> is gone'],
    ['status 409 after 1,204 ms', 'status <n> after <n> ms'],
    ['group "jira-developers" is missing', 'group <name> is missing'],
    ["The group named 'ops' does not exist", 'The group named <name> does not exist'],
    ['no user \u201cada\u201d', 'no user <name>'],
    ['ada.lovelace+x@example.org is taken', '<address> is taken'],
    ['JIRAUSER10100 and GATE-12 differ', '<id> and <id> differ'],
    ['trace 4bf92f3577b34da6a3ce929d0e0e4736 lost', 'trace <id> lost'],
    ['the account is defaced', 'the account is defaced'],
    ['jira.conflict: a group   was\tnot found', 'a group was not found'],
  ])('%s', (detail, expected) => {
    expect(normalised(detail)).toBe(expected);
  });

  it('takes the first line of a stack, because lines below it differ from release to release', () => {
    expect(normalised('TypeError: x is not a function\n    at handle (a.js:1:2)')).toBe(
      'TypeError: x is not a function',
    );
  });

  it('takes the public message where nothing was recorded', () => {
    expect(normalised(null, 'The group 12 is missing.')).toBe('The group <n> is missing.');
    expect(normalised('', 'The group is missing.')).toBe('The group is missing.');
  });

  it('is bounded, whatever Jira wrote', () => {
    expect(normalised('x '.repeat(5_000)).length).toBeLessThanOrEqual(300);
  });

  it('gives people the same group, and other jobs, codes and sentences another', () => {
    const failure = { job: 'reconcile-account', code: 'jira.conflict', message: 'm', detail: 'user 1 is locked' };
    const id = failureGroupId(failure);
    expect(failureGroupId({ ...failure, detail: 'user 2 is locked' })).toBe(id);
    const others = [{ job: 'map-claims' }, { code: 'jira.request_refused' }, { detail: 'user 1 is read-only' }];
    expect(new Set([id, ...others.map((other) => failureGroupId({ ...failure, ...other }))]).size).toBe(4);
  });
});
