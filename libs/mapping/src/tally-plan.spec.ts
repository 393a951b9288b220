import { noWords } from './decide-deactivation.js';
import { describe, expect, it } from '@jest/globals';
import { compareSides } from './foresee-difference.js';
import type { Comparison } from './foresee-difference.js';
import type { PersonOnRecord } from './foresee-person.js';
import { ada, configOf } from './mapping.fixture.js';
import { tallyPlan } from './tally-plan.js';

const software = { name: 'Jira Software', groups: ['devs', 'wiki'], remainingSeats: 3 };
const brake = { perRunMax: 1000, perGroupMax: 500, percentMax: 20 };

const rules = (...pairs: readonly (readonly [string, string])[]) => ({
  groups: { keepExisting: false, rules: pairs.map(([from, to]) => ({ from, to })) },
});

function compared(present: string[], saved: object, edited: object, key: string | undefined = 'K'): Comparison {
  const person: PersonOnRecord = {
    nameFolded: 'ada',
    decided: undefined,
    jira: {
      ...{ key, username: 'Ada', active: true, state: 'ready', code: undefined },
      ...{ isNewcomer: false, unansweredIntent: undefined, deactivatedBy: undefined, isCreatedByUs: false },
    },
    ledger: present.map((group) => ({ group, provider: 'p', reason: 'rule dev', how: 'added' })),
    met: [],
    words: noWords,
  };
  const identities = [ada('p', ['dev'])];
  return compareSides(
    person,
    { config: configOf({ p: saved }), identities },
    { config: configOf({ p: edited }), identities },
  );
}

const loses = () => compared(['devs'], rules(['dev', 'devs']), rules());
const gains = () => compared([], rules(), rules(['dev', 'devs']));
function deactivated(): Comparison {
  const comparison = stays();
  const refusal = { from: null, to: 'account.deactivated' as const };
  return { ...comparison, isAffected: true, difference: { ...comparison.difference, refusal } };
}
const stays = () => compared(['devs'], rules(['dev', 'devs']), rules(['dev', 'devs']));

function sumsOf(comparisons: readonly Comparison[], measures = brake) {
  const tally = tallyPlan({ brake: measures, applications: [software] });
  for (const one of comparisons) tally.count(one);
  return tally.sums();
}

const times = (count: number, make: () => Comparison) => Array.from({ length: count }, make);

describe('the sums of a plan', () => {
  it('count people and memberships, the largest groups first', () => {
    const both = () => compared(['devs'], rules(['dev', 'devs']), rules(['dev', 'ops'], ['dev', 'Devs']));
    expect(sumsOf([loses(), loses(), stays(), both()])).toMatchObject({
      ...{ people: 4, affected: 3, unchanged: 1, gained: 1, lost: 2, peopleLosing: 2 },
      groups: [
        { group: 'devs', gained: 0, lost: 2 },
        { group: 'ops', gained: 1, lost: 0 },
      ],
    });
  });

  it('P04 foretell seats: the first group of an application takes one, the last one frees it', () => {
    const moves = compared(['devs'], rules(['dev', 'devs']), rules(['dev', 'wiki']));
    expect(sumsOf([gains(), gains(), loses(), stays(), moves]).seats).toEqual([
      { application: 'Jira Software', takes: 2, frees: 1, remaining: 3 },
    ]);
  });

  it('show a bounded number of groups, and say how many there are', () => {
    const many = rules(...Array.from({ length: 150 }, (_, at) => ['dev', `group-${at}`] as const));
    const sums = sumsOf([compared([], rules(), many)]);
    expect([sums.groups.length, sums.moreGroups, sums.gained]).toEqual([100, 50, 150]);
  });

  it('name groups that are managed newly, where members by hand are not known', () => {
    const sums = sumsOf([compared([], rules(['dev', 'devs']), rules(['dev', 'devs'], ['qa', 'testers']))]);
    expect(sums.newlyManaged).toEqual(['testers']);
  });
});

describe('P31 U18 whether the brake would hold a plan', () => {
  it.each<[string, Comparison[], Partial<typeof brake>, object[]]>([
    ['a handful of people', [...times(3, loses), ...times(2, stays)], {}, []],
    ['few of many', [...times(11, loses), ...times(89, stays)], {}, []],
    [
      'a large share',
      [...times(11, loses), ...times(20, stays)],
      {},
      [
        { scope: 'run', group: null, people: 11, of: 31, threshold: 'share' },
        { scope: 'group', group: 'devs', people: 11, of: 31, threshold: 'share' },
      ],
    ],
    [
      'more of one group than may go',
      [...times(4, loses), ...times(20, stays)],
      { perGroupMax: 3 },
      [{ scope: 'group', group: 'devs', people: 4, of: 24, threshold: 'number', max: 3 }],
    ],
    [
      'more deactivations than may be',
      [...times(4, deactivated), ...times(20, stays)],
      { perGroupMax: 3 },
      [{ scope: 'group', group: '*', people: 4, threshold: 'number', max: 3 }],
    ],
    ['a threshold of none', times(1, loses), { perRunMax: 0 }, [{ scope: 'run', people: 1, max: 0 }]],
  ])('%s', (_, comparisons, change, tripped) => {
    const { brake: told } = sumsOf(comparisons, { ...brake, ...change });
    expect(told.holds).toBe(tripped.length > 0);
    expect(told.tripped).toMatchObject(tripped);
    expect(told.tripped).toHaveLength(tripped.length);
  });
});
