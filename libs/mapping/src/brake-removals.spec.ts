import { describe, expect, it } from '@jest/globals';
import { brakeRemovals, everyGroup } from './brake-removals.js';
import type { BrakeQuestion, Loss } from './brake-removals.js';

const brake = { perRunMax: 100, perGroupMax: 50, percentMax: 20 };
const removal = (group: string, because: 'managed' | 'swept' = 'managed') => ({ group, because });
const quiet = { people: 0, of: 1_000, isBraked: false };

function decide(change: Partial<BrakeQuestion>) {
  const decision = brakeRemovals({
    removals: [removal('Dev'), removal('ops')],
    brake,
    run: { ...quiet, includesThisOne: false },
    groups: new Map([
      ['dev', quiet],
      ['ops', quiet],
    ]),
    heldBefore: new Set(),
    decisions: new Map(),
    ...change,
  });
  return {
    admit: decision.admit.map(({ group }) => group),
    hold: decision.hold.map(({ group, scope }) => `${group} ${scope}`),
    dismissed: decision.dismissed.map(({ group }) => group),
  };
}

const all = { admit: ['Dev', 'ops'], hold: [], dismissed: [] };
const run = (people: number, change: Partial<BrakeQuestion['run']> = {}) => ({
  run: { ...quiet, includesThisOne: false, people, ...change },
});
const dev = (people: number, change = {}) => ({ groups: new Map([['dev', { ...quiet, people, ...change }]]) });

describe('P31 X51 X52 the brake', () => {
  it('lets one person lose everything', () => {
    const removals = Array.from({ length: 300 }, (_, index) => removal(`g${index}`));
    expect(decide({ removals }).admit).toHaveLength(300);
  });

  it.each<[string, Partial<BrakeQuestion>, object]>([
    ['nobody before', {}, all],
    ['the last one below the threshold of a run', run(99), all],
    ['one too many in a run', run(100), { admit: [], hold: ['Dev run', 'ops run'], dismissed: [] }],
    ['one who counts already', run(100, { includesThisOne: true }), all],
    ['more than a fifth of all people', run(20, { of: 100 }), { admit: [], hold: ['Dev run', 'ops run'] }],
    ['exactly a fifth of all people', run(19, { of: 100 }), all],
    ['a share among a handful of people', run(9, { of: 10 }), all],
    ['the last one below the threshold of a group', dev(49), all],
    ['one too many in a group', dev(50), { admit: ['ops'], hold: ['Dev group'] }],
    ['more than a fifth of a group', dev(10, { of: 50 }), { admit: ['ops'], hold: ['Dev group'] }],
    ['a run that waits for a word already', run(0, { isBraked: true }), { admit: [], hold: ['Dev run', 'ops run'] }],
    ['a group that waits for a word already', dev(0, { isBraked: true }), { admit: ['ops'], hold: ['Dev group'] }],
    ['one that was held before', { heldBefore: new Set(['dev']) }, { admit: ['ops'], hold: ['Dev group'] }],
  ])('I3 %s', (_, change, expected) => {
    expect(decide(change)).toMatchObject(expected);
  });

  it('S43 knows no share of a group that is only swept', () => {
    const question = { removals: [removal('Dev', 'swept')], ...dev(20, { of: 0 }) };
    expect(decide(question)).toMatchObject({ admit: ['Dev'] });
    expect(decide({ ...question, ...dev(50, { of: 0 }) })).toMatchObject({ hold: ['Dev group'] });
  });

  it('does what an administrator has said, of a group before that of the whole', () => {
    const over = run(500);
    expect(decide({ ...over, decisions: new Map([['', 'approve']]) })).toEqual(all);
    expect(decide({ ...over, decisions: new Map([['dev', 'approve']]) })).toMatchObject({
      admit: ['Dev'],
      hold: ['ops run'],
    });
    const decisions = new Map([
      ['', 'approve' as const],
      ['dev', 'dismiss' as const],
    ]);
    expect(decide({ ...over, decisions })).toEqual({ admit: ['ops'], hold: [], dismissed: ['Dev'] });
  });

  it('P31 holds what goes with a deactivation that it holds, and counts none of it as lost', () => {
    const removals = [{ group: everyGroup, because: 'deactivated' as const }, removal('ops')];
    const groups = new Map([[everyGroup, { ...quiet, people: 50 }]]);
    const decision = brakeRemovals<Loss>({
      ...{ removals, brake, groups, run: { ...quiet, includesThisOne: false } },
      ...{ heldBefore: new Set<string>(), decisions: new Map() },
    });
    expect(decision).toEqual({ admit: [], hold: [{ ...removals[0], scope: 'group' }], dismissed: [] });
  });

  it('can be set to hold every removal', () => {
    expect(decide({ brake: { ...brake, perRunMax: 0 } }).hold).toHaveLength(2);
  });
});
