import { describe, expect, it } from '@jest/globals';
import { judgeCleanup } from './judge-cleanup.js';

describe('X51 X52 how many people a list may lack', () => {
  it.each([
    ['nobody is missing', { listed: 5, compared: 5, known: 5, people: 0 }, null],
    ['the directory is empty', { listed: 0, compared: 0, known: 0, people: 0 }, null],
    ['a few of a small directory', { listed: 2, compared: 4, known: 2, people: 2 }, null],
    ['ten of eleven, of which a share says nothing', { listed: 1, compared: 11, known: 1, people: 10 }, null],
    ['eleven of twelve', { listed: 1, compared: 12, known: 1, people: 11 }, 'share'],
    ['a fifth', { listed: 80, compared: 100, known: 80, people: 20 }, null],
    ['more than a fifth', { listed: 79, compared: 100, known: 79, people: 21 }, 'share'],
    ['too many of very many', { listed: 90_000, compared: 100_000, known: 90_000, people: 1_001 }, 'number'],
    ['an empty list', { listed: 0, compared: 4, known: 0, people: 4 }, 'unusable'],
    ['a list of others', { listed: 4, compared: 4, known: 0, people: 4 }, 'unusable'],
    ['an empty list, all of whom it lacks are exceptions', { listed: 0, compared: 4, known: 0, people: 0 }, null],
  ])('%s', (_, counts, held) => expect(judgeCleanup(counts, { perRunMax: 1_000, percentMax: 20 })).toBe(held));
});
