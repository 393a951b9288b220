import { describe, expect, it } from '@jest/globals';
import { OutageError } from '@gatehouse/errors';
import { describeError } from './describe-error.js';

describe('what an operator reads of an error', () => {
  it('follows the causes', () => {
    const error = new OutageError('jira.unreachable', 'Jira did not answer', { cause: new TypeError('fetch failed') });
    expect(describeError(error)).toMatch(
      /^jira\.unreachable: Jira did not answer\ncaused by: TypeError: fetch failed\n/,
    );
  });

  it('leaves out what else an error carries', () => {
    const error = Object.assign(new Error('insert failed'), { parameters: ['ada@example.test'], query: 'insert' });
    expect(describeError(error)).not.toContain('ada');
    expect(describeError({ token: 'secret' })).toBe('not an error was thrown but: object');
  });

  it('is bounded, whatever is thrown', () => {
    const endless = new Error('x'.repeat(10_000));
    endless.cause = endless;
    expect(describeError(endless)).toHaveLength(4_000);
    expect(describeError(undefined)).toBe('not an error was thrown but: undefined');
  });
});
