import { describe, expect, it } from '@jest/globals';
import { decideDeactivation } from './decide-deactivation.js';
import type { AccountOrder } from './decide-deactivation.js';
import { readWords } from './read-words.js';
import type { DirectoryRow } from './read-words.js';

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, hour));

function row(change: Partial<DirectoryRow> = {}): DirectoryRow {
  const said = { active: true, removedAt: undefined, version: 1, changedAt: at(1) };
  return { directoryUserId: 'd1', provider: 'x', ...said, ...change };
}

const removed = (hour: number, change: Partial<DirectoryRow> = {}) =>
  row({ removedAt: at(hour), changedAt: at(hour), version: 3, ...change });
const off = removed(5, { active: false });
const elsewhere = row({ directoryUserId: 'd9', provider: 'y' });
const anew = row({ directoryUserId: 'd2' });

describe('I4 X32 what a removal takes back', () => {
  const reactivate = (version: number): AccountOrder => ({
    kind: 'reactivate',
    orderedAt: at(4),
    lifts: { d1: version },
  });

  interface Policy {
    readonly keeps?: boolean;
    readonly removes?: boolean;
    readonly order?: AccountOrder;
  }

  it.each<[string, readonly DirectoryRow[], Policy, object | undefined]>([
    ['nothing: whoever was inactive stays so, though another directory has them', [off, elsewhere], {}, {}],
    ['nothing where removals are kept', [off], { keeps: true }, {}],
    ['nothing, and the Jira user goes where it is to go', [off], { removes: true }, { removesUser: true }],
    ['and no Jira user whom another directory has', [off, elsewhere], { removes: true }, {}],
    ['of somebody active is taken back by another directory', [removed(5), elsewhere], {}, undefined],
    ['of somebody active is kept where removals are', [removed(5)], { keeps: true }, undefined],
    ['until the same directory has them again', [off, anew], {}, undefined],
    ['also as somebody inactive, who speaks alone then', [off, { ...anew, active: false }], {}, {}],
    ['and not again when that one is removed', [off, removed(8, { directoryUserId: 'd2' }), elsewhere], {}, undefined],
    [
      'but when that one was inactive too',
      [off, removed(8, { directoryUserId: 'd2', active: false }), elsewhere],
      {},
      {},
    ],
    [
      'of somebody who was removed before them it says nothing',
      [off, removed(4, { directoryUserId: 'd0' })],
      { keeps: true },
      {},
    ],
    [
      'an administrator had lifted it: only the removal is said later',
      [off, elsewhere],
      { order: reactivate(2) },
      undefined,
    ],
    ['the same, and nobody has the person', [off], { order: reactivate(2) }, {}],
    ['an administrator lifts it afterwards', [off], { order: reactivate(3) }, undefined],
    ['an administrator had lifted what was said before it', [off, elsewhere], { order: reactivate(1) }, {}],
  ])('%s', (_, rows, { keeps = false, removes = false, order }, expected) => {
    for (const known of [rows, rows.toReversed()]) {
      const directory = readWords(known).map((word) => ({
        ...word,
        isUnheeded: keeps && word.standing === 'removed',
        removesUser: removes,
      }));
      const decided = decideDeactivation({ directory, order, signIns: [], overruling: new Set() });
      expect(decided).toEqual(expected && { by: 'directory', provider: 'x', ...expected });
    }
  });
});
