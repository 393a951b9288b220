import { expect, it } from '@jest/globals';
import { sameName } from './jira-names.js';

it.each([
  ['Ada', 'ada', true],
  ['JIRA-Developers', 'jira-developers', true],
  ['zo\u00eb', 'ZOE\u0308', true],
  ['I', '\u0131', false],
  ['ada', 'ada ', false],
  ['zoe', 'zo\u00eb', false],
])('%p and %p: %p', (one, other, same) => {
  expect(sameName(one, other)).toBe(same);
});
