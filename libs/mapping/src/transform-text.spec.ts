import { describe, expect, it } from '@jest/globals';
import { transformText } from './transform-text.js';

describe('X15 transforms', () => {
  it.each([
    ['the domain taken off', 'ada@example.com', [{ match: '@.*$', replace: '' }], 'ada'],
    ['a group', 'EX\\ada', [{ match: '^[^\\\\]+\\\\(.*)$', replace: '$1' }], 'ada'],
    ['groups merged', 'ada@example', [{ match: '(.*)@(.*)', replace: '$1$2' }], 'adaexample'],
    ['a digit after a group', 'a', [{ match: '(a)', replace: '$10' }], 'a0'],
    ['no match', 'ada', [{ match: '^x', replace: 'y' }], 'ada'],
    ['every match', 'a.b.c', [{ match: '\\.', replace: '-' }], 'a-b-c'],
    ['a dollar sign', 'a', [{ match: 'a', replace: '$$1' }], '$1'],
    [
      'one after the other',
      'a',
      [
        { match: 'a', replace: 'b' },
        { match: 'b', replace: 'c' },
      ],
      'c',
    ],
  ])('%s', (_, text, transforms, expected) => expect(transformText(text, transforms)).toBe(expected));

  it('never grow a text without end', () => {
    const growing = Array.from({ length: 20 }, () => ({ match: '.', replace: 'xxxxxxxxxx' }));
    expect(transformText('a', growing)).toBeUndefined();
    expect(transformText('a'.repeat(2_000), [])).toBeUndefined();
  });

  it('take linear time, whatever the expression and the text', () => {
    const from = process.cpuUsage(); // Not the clock: other work of the machine says nothing.
    transformText('a'.repeat(1_000), [
      { match: '(a*)*b', replace: '' },
      { match: '(a|aa)+$', replace: '$1' },
    ]);
    expect(process.cpuUsage(from).user / 1_000).toBeLessThan(1_000);
  });
});
