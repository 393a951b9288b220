import { describe, expect, it } from '@jest/globals';
import { adviceByClass, failureClasses, failureClassOf } from './failure-class.js';

describe('Q12 the class of a failure', () => {
  it.each([
    ['jira.unavailable', 'transient'],
    ['jira.rate_limited', 'overload'],
    ['jira.request_refused', 'contract'],
    ['jira.group_missing', 'business'],
    ['match.administrator', 'business'],
    ['job.failed', 'bug'],
    ['area.of_a_newer_version', 'bug'],
  ])('of %s is %s', (code, expected) => {
    expect(failureClassOf(code)).toBe(expected);
  });

  it('says what a retry can do about it', () => {
    expect(Object.keys(adviceByClass)).toEqual([...failureClasses]);
  });
});
