import { seatGroup } from './facts.js';
import type { Configuration, DirectoryChange, Provider, Rules, Schedule, Step } from './facts.js';

const rules: Rules = {
  ...{ enabled: true, autoActivate: false, overrules: false, keepsRemoved: false },
  ...{ update: 'everyLogin', mode: 'manual', keepExisting: false, team: 'unnamed' },
  ...{ defaults: [], defaultsFor: 'all', onlyIfNothingMapped: false },
  rules: [
    ['dev', 'alpha'],
    ['ops', 'beta'],
  ],
};

/** Until nothing is due any more. */
const worked: readonly Step[] = Array.from({ length: 12 }, () => ({ kind: 'finish', pick: 0 }));
const reactivated: Step = { kind: 'order', person: 'ada', order: 'reactivate' };

/** Orders of events that chance meets too seldom to rely on it. All of them are about ada. */
const told: Readonly<Record<string, readonly Step[]>> = {
  'D10 what a directory says after a reactivation counts again': [
    ...[configured(), signIn(['dev'], 1), said('inactive', 1), ...worked, reactivated, ...worked],
    ...[said('active', 2), said('inactive', 3)],
  ],
  'D10 whom an administrator reactivates comes back, although the directory says nothing new': [
    ...[configured(), signIn(['dev'], 1), ...worked, said('active', 1), said('inactive', 1), ...worked, reactivated],
  ],
  'D10 an order holds against a directory that has the person again': [
    ...[configured(), signIn(['dev'], 1), ...worked, said('active', 1), ...worked],
    ...[{ kind: 'order', person: 'ada', order: 'deactivate' } as const],
    ...[...worked, said('active', 2), ...worked, signIn(['dev'], 3)],
  ],
  'D10 a sign-in that counts more than the directory lifts what was said before it, and no more': [
    ...[configured({ autoActivate: true, overrules: true }), signIn(['dev'], 1), said('inactive', 1), ...worked],
    ...[signIn(['dev'], 2), ...worked, said('inactive', 3)],
  ],
  'D10 who comes back by such a sign-in has an active Jira user': [
    ...[configured({ autoActivate: true, overrules: true }), signIn(['dev'], 1), ...worked, said('active', 1)],
    ...[said('inactive', 1), ...worked, signIn(['dev'], 2)],
  ],
  'D10 whom a directory deletes after it has deactivated them stays out, though another one has them': [
    ...[configured(), signIn(['dev'], 1), ...worked, said('active', 1), said('active', 1, 'partner'), ...worked],
    ...[said('inactive', 1), ...worked, said('removed', 1), ...worked, signIn(['dev'], 2)],
  ],
  'D10 nor does it let them in where its deletions are kept, until it has them again': [
    ...[configured({ keepsRemoved: true }), signIn(['dev'], 1), ...worked, said('active', 1), ...worked],
    ...[said('inactive', 1), ...worked, said('removed', 1), ...worked, signIn(['dev'], 2), ...worked],
    ...[said('active', 3), ...worked, signIn(['dev'], 4)],
  ],
  'I7 a session of between two deactivations does not outlive the second one': [
    ...[configured(), signIn(['dev'], 1), ...worked, said('active', 1), ...worked, said('inactive', 2)],
    // It is decided, and the sessions of before have ended; Jira was not told yet when the directory takes it back.
    ...[
      { kind: 'finish', pick: 0 } as const,
      { kind: 'deliver', pick: 0.99, again: false, diesAt: undefined } as const,
    ],
    ...[{ kind: 'finish', pick: 0 } as const, said('active', 3), signIn(['dev'], 1), said('inactive', 4)],
  ],
  'P04 who waits for a seat gets it once one is free': [
    ...[configured({ defaults: [seatGroup] }), { kind: 'seats', free: 0 } as const, signIn(['dev'], 1), ...worked],
  ],
  'X51 what the brake holds goes when it is approved, and not before': [
    ...[configured({}, 0), signIn(['dev', 'ops'], 1), ...worked, signIn([], 2), ...worked],
    { kind: 'verdict', verdict: 'approve', group: undefined },
  ],
  'S30 what a newcomer was given stays when the rules give it to nobody any more': [
    ...[configured({ rules: [], defaults: ['alpha'], defaultsFor: 'new' }), signIn([], 1), ...worked],
    ...[configured({ rules: [] }), ...worked, signIn([], 2)],
  ],
  'S30 P04 whose seat was missing when the user was made gets it as a newcomer, though the rules give it to no one else by then':
    [
      ...[
        configured({ rules: [['dev', seatGroup]] }),
        { kind: 'seats', free: 0 } as const,
        signIn(['dev'], 1),
        ...worked,
      ],
      configured({ rules: [['dev', seatGroup]], update: 'newUsersOnly' }),
    ],
  'S25 a provider that is off takes no property away': [
    ...[configured({ team: 'remove' }), signIn(['dev'], 1), signIn(['dev'], 1, 'partner'), ...worked],
    ...[said('active', 1), ...worked, configured({ team: 'remove', enabled: false })],
  ],
  'X30 a property that is switched off while its person is deactivated goes when they are back': [
    ...[configured({ team: 'keep' }), signIn(['dev'], 1), ...worked, said('active', 1), ...worked],
    ...[configured(), said('inactive', 2), ...worked, reactivated],
  ],
  'X25 an account that nobody uses is deactivated': [
    ...[configured({}, 500, true), signIn(['dev'], 1), ...worked, { kind: 'unused' } as const],
  ],
  'X25 who signs in by another provider while unused accounts are looked for has used theirs': [
    ...[
      configured({}, 0, true),
      signIn(['dev'], 1),
      ...worked,
      { kind: 'unused' } as const,
      signIn(['ops'], 2, 'partner'),
    ],
  ],
  'P22 who is in a group of a directory follows its names, through groups inside of it too': [
    ...[configured(), said('active', 1), pushed({ kind: 'member', person: 'ada', group: 'alpha', member: true })],
    ...[pushed({ kind: 'nested', inner: 'alpha', group: 'dev', member: true }), ...worked],
    ...[pushed({ kind: 'rename-group', group: 'dev', to: 'ops' }), ...worked],
  ],
  'P22 who was in a group that a directory removes has nothing of it any more': [
    ...[configured(), said('active', 1), pushed({ kind: 'member', person: 'ada', group: 'dev', member: true })],
    ...[...worked, pushed({ kind: 'remove-group', group: 'dev' })],
  ],
};

export const stories: readonly (readonly [string, Schedule])[] = [
  ...Object.entries(told).map(([name, steps]) => [name, { seed: 0, before: {}, steps }] as const),
  ...[1, 3, 5, 7, 9].map(
    (gates) =>
      [
        `I1 what comes while a run stands, ${gates} gates on its way, is left to the next run`,
        lateTrigger(gates),
      ] as const,
  ),
];

/** @param gates how far a run has come that has read what is desired, while somebody signs in with other groups and is mapped */
function lateTrigger(gates: number): Schedule {
  const steps: Step[] = [
    ...[configured(), signIn(['dev'], 1), ...Array.from({ length: 5 }, () => others(1)), signIn(['ops'], 2), others(1)],
    { kind: 'deliver', pick: 0, again: false, diesAt: undefined },
    { kind: 'advance', picks: Array.from({ length: gates }, () => 0), fault: undefined },
    ...[signIn(['dev', 'ops'], 3), others(2), others(2)],
    ...[{ kind: 'finish', pick: 0 } as const, { kind: 'finish', pick: 0 } as const],
  ];
  return { seed: 0, before: {}, steps };
}

/** @param cognito what differs there; the other provider is as always */
function configured(cognito: Partial<Rules> = {}, perGroupMax = 500, endsUnused = false): Step {
  const to: Configuration = {
    rules: { cognito: { ...rules, ...cognito }, partner: rules },
    perGroupMax,
    endsUnused,
  };
  return { kind: 'configure', to };
}

function signIn(names: readonly string[], number: number, provider: Provider = 'cognito'): Step {
  return { kind: 'sign-in', of: { person: 'ada', provider, groups: { kind: 'list', names }, number, team: 'red' } };
}

function said(
  standing: Extract<DirectoryChange['what'], { kind: 'user' }>['standing'],
  number: number,
  provider: Provider = 'cognito',
): Step {
  return pushed({ kind: 'user', person: 'ada', standing, number }, provider);
}

function pushed(what: DirectoryChange['what'], provider: Provider = 'cognito'): Step {
  return { kind: 'directory', change: { provider, what } };
}

function others(jobs: number): Step {
  return { kind: 'others', jobs };
}
