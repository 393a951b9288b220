import { describe, expect, it } from '@jest/globals';
import { drainOf } from './lane-figures.js';

const over = (inPerMinute: number, outPerMinute: number) => [
  { minutes: 1 as const, inPerMinute: 0, outPerMinute: 9_999 },
  { minutes: 5 as const, inPerMinute, outPerMinute },
];

describe('Q04 how long the backlog will last', () => {
  it.each([
    ['shrinks', 600, 10, 70, { netPerMinute: 60, etaSeconds: 600 }],
    ['grows', 600, 70, 10, { netPerMinute: -60, etaSeconds: null }],
    ['stands still', 600, 10, 10, { netPerMinute: 0, etaSeconds: null }],
    ['is empty', 0, 10, 10, { netPerMinute: 0, etaSeconds: 0 }],
  ])('while it %s', (_, backlog, inPerMinute, outPerMinute, expected) => {
    expect(drainOf(backlog, over(inPerMinute, outPerMinute))).toEqual(expected);
  });
});
