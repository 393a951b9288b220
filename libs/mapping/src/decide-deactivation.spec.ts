import { describe, expect, it } from '@jest/globals';
import { decideDeactivation, decideLift } from './decide-deactivation.js';
import type { AccountOrder, DeactivationFacts, DirectoryWord } from './decide-deactivation.js';

const at = (hour: number) => new Date(Date.UTC(2026, 0, 1, 0, hour * 60));

function word(change: Partial<DirectoryWord> = {}): DirectoryWord {
  return {
    directoryUserId: 'd1',
    provider: 'scim',
    standing: 'inactive',
    isUnheeded: false,
    version: 3,
    changedAt: at(5),
    ...change,
  };
}

function order(kind: AccountOrder['kind'], hour: number, lifts: Record<string, number> = {}): AccountOrder {
  return { kind, orderedAt: at(hour), lifts };
}

function facts(change: Partial<DeactivationFacts> = {}): DeactivationFacts {
  return { directory: [], signIns: [], overruling: new Set(), ...change };
}

const signIn = (hour: number, provider = 'scim') => [{ provider, at: at(hour) }];
const active = word({ directoryUserId: 'd2', standing: 'active' });
const gone = word({ directoryUserId: 'd0', standing: 'removed' });

describe('X32 whether the Jira user goes as well', () => {
  const removing = { ...gone, removesUser: true };

  it.each<[string, Partial<DeactivationFacts>, object | undefined]>([
    ['with whom its directory removes', { directory: [removing] }, { by: 'directory', removesUser: true }],
    ['not where the mapping does not say so', { directory: [gone] }, { by: 'directory' }],
    [
      'with whom all directories have removed that remove users',
      { directory: [removing, { ...removing, provider: 'zeta' }] },
      { by: 'directory', removesUser: true },
    ],
    [
      'not where one of them only deactivates, whichever comes first',
      { directory: [removing, { ...gone, provider: 'zeta' }] },
      { by: 'directory' },
    ],
    ['nor the other way round', { directory: [gone, { ...removing, provider: 'zeta' }] }, { by: 'directory' }],
    [
      'not with whom another directory has as inactive, which means nothing here',
      { directory: [removing, word({ isUnheeded: true })] },
      { by: 'directory' },
    ],
    ['not with whom another directory has', { directory: [removing, active] }, undefined],
    ['not with whom another directory marks inactive', { directory: [removing, word()] }, { by: 'directory' }],
    ['not by a word that only marks inactive', { directory: [word({ removesUser: true })] }, { by: 'directory' }],
    [
      'not by the order of an administrator',
      { directory: [removing], order: order('deactivate', 1) },
      { by: 'administrator' },
    ],
  ])('%s', (_, change, expected) => {
    const decided = decideDeactivation(facts(change));
    expect(decided).toEqual(expected && { ...(decided?.provider ? { provider: 'scim' } : {}), ...expected });
  });
});

describe('D10 S60 whether an account may be used', () => {
  it.each<[string, Partial<DeactivationFacts>, string | undefined]>([
    ['nothing is said', {}, undefined],
    ['its directory says active', { directory: [active] }, undefined],
    ['its directory deactivated it', { directory: [word()] }, 'directory'],
    ['its directory removed it', { directory: [gone] }, 'directory'],
    ['its directory removed it, which means nothing here', { directory: [{ ...gone, isUnheeded: true }] }, undefined],
    ['its directory deactivated it, which means nothing here', { directory: [word({ isUnheeded: true })] }, undefined],
    [
      'its directory deactivated it, which means nothing here, and another removed it',
      { directory: [word({ isUnheeded: true }), { ...gone, provider: 'b' }] },
      'directory',
    ],
    ['one directory removed it, and another has it', { directory: [gone, { ...active, provider: 'b' }] }, undefined],
    ['it was deleted and made again at the directory', { directory: [gone, active] }, undefined],
    ['one of two directories deactivated it', { directory: [active, word({ provider: 'b' })] }, 'directory'],
    ['it signed in after the directory deactivated it', { directory: [word()], signIns: signIn(9) }, 'directory'],
    [
      'the same, and the provider overrules directories',
      { directory: [word()], signIns: signIn(9), overruling: new Set(['scim']) },
      undefined,
    ],
    [
      'the sign-in that would overrule came before',
      { directory: [word()], signIns: signIn(4), overruling: new Set(['scim']) },
      'directory',
    ],
    [
      'the sign-in came through a provider that overrules nobody',
      { directory: [word()], signIns: signIn(9, 'other'), overruling: new Set(['scim']) },
      'directory',
    ],
    ['an administrator deactivated it', { order: order('deactivate', 6) }, 'administrator'],
    [
      'an administrator deactivated it, the directory says active',
      { order: order('deactivate', 6), directory: [active] },
      'administrator',
    ],
    [
      'an administrator deactivated it, and sign-ins overrule directories',
      { order: order('deactivate', 6), signIns: signIn(9), overruling: new Set(['scim']) },
      'administrator',
    ],
    [
      'an administrator lifted what the directory said',
      { order: order('reactivate', 6, { d1: 3 }), directory: [word()] },
      undefined,
    ],
    [
      'the directory deactivated it after an administrator had lifted it',
      { order: order('reactivate', 6, { d1: 3 }), directory: [word({ version: 4 })] },
      'directory',
    ],
    [
      'an administrator lifted it before the directory knew it',
      { order: order('reactivate', 6), directory: [word({ changedAt: at(7) })] },
      'directory',
    ],
    ['nobody used it', { inactiveSince: at(5), signIns: signIn(1) }, 'inactivity'],
    ['nobody used it, until a sign-in', { inactiveSince: at(5), signIns: signIn(6) }, undefined],
    [
      'nobody used it, until an administrator said so',
      { inactiveSince: at(5), order: order('reactivate', 6) },
      undefined,
    ],
    ['nobody used it since an order of before', { inactiveSince: at(5), order: order('reactivate', 4) }, 'inactivity'],
    ['nobody used it, and the directory deactivated it', { inactiveSince: at(5), directory: [word()] }, 'directory'],
  ])('%s', (_, change, by) => {
    expect(decideDeactivation(facts(change))?.by).toBe(by);
  });

  it('names the directory, always the same of several', () => {
    const directory = [word({ provider: 'b' }), word({ provider: 'a', directoryUserId: 'd3' })];
    expect(decideDeactivation(facts({ directory }))).toEqual({ by: 'directory', provider: 'a' });
    expect(decideDeactivation(facts({ directory: directory.reverse() }))).toEqual({ by: 'directory', provider: 'a' });
  });
});

describe('D10 S60 whose word ended a deactivation', () => {
  const by = (who: 'directory' | 'administrator' | 'inactivity') => ({ deactivated: { by: who } });

  it.each<[string, Parameters<typeof decideLift>[0], Partial<DeactivationFacts>, string | undefined]>([
    ['there was none', undefined, {}, undefined],
    ['the directory, by saying active', by('directory'), { directory: [active] }, 'directory'],
    ['nobody: the directory has lost its user', by('directory'), {}, undefined],
    ['a sign-in over the directory', by('directory'), { directory: [word()] }, 'sign-in-over-directory'],
    [
      'the directory, by having the person again after its words had counted no more',
      { lifted: 'sign-in-over-directory', awaitsSignIn: true },
      { directory: [{ ...gone, isUnheeded: true }, active] },
      'directory',
    ],
    [
      'an administrator',
      by('directory'),
      { directory: [word()], order: order('reactivate', 6, { d1: 3 }) },
      'administrator',
    ],
    [
      'nobody but a sign-in over the directory, the order was about an earlier word',
      by('directory'),
      { directory: [{ ...gone, version: 7, isUnheeded: true }], order: order('reactivate', 4, { d0: 3 }) },
      'sign-in-over-directory',
    ],
    [
      'still nobody, when it is decided once more',
      { lifted: 'sign-in-over-directory' },
      { directory: [{ ...gone, version: 7, isUnheeded: true }], order: order('reactivate', 4, { d0: 3 }) },
      'sign-in-over-directory',
    ],
    ['nobody: the order is gone', by('administrator'), {}, undefined],
    ['a newer order', by('administrator'), { order: order('reactivate', 6) }, 'administrator'],
    ['a sign-in', by('inactivity'), { inactiveSince: at(5) }, 'sign-in'],
    [
      'a sign-in, the order is older',
      by('inactivity'),
      { inactiveSince: at(5), order: order('reactivate', 4) },
      'sign-in',
    ],
    ['it is remembered until the next one', { lifted: 'directory' }, {}, 'directory'],
  ])('%s', (_, previous, change, expected) => {
    expect(decideLift(previous, facts(change)).lifted).toBe(expected);
  });
});

describe('X22 D10 turning an option off revives nobody', () => {
  const [stood, lapsed] = [
    { deactivated: { by: 'directory', provider: 'scim' } } as const,
    { lifted: 'sign-in-over-directory', awaitsSignIn: true } as const,
  ];
  const unheeded = { directory: [word({ isUnheeded: true })], decidedAt: at(6) };
  const overruling = new Set(['scim']);

  it.each<[string, Parameters<typeof decideLift>[0], Partial<DeactivationFacts>, true | undefined]>([
    ['who had signed in before the deactivation', stood, { ...unheeded, signIns: signIn(4) }, true],
    ['who had signed in while the option was off before', stood, { ...unheeded, signIns: signIn(5.5) }, true],
    ['who never signed in', stood, unheeded, true],
    ['but whoever signs in before anything is decided', stood, { ...unheeded, signIns: signIn(7) }, undefined],
    ['when it is decided once more', lapsed, { ...unheeded, signIns: signIn(4) }, true],
    ['but whoever signs in afterwards', lapsed, { ...unheeded, signIns: signIn(7) }, undefined],
    [
      'of a sign-in that counts more',
      stood,
      { directory: [word()], signIns: signIn(5.5), overruling, decidedAt: at(6) },
      undefined,
    ],
    ['by what an older version decided', { lifted: 'sign-in-over-directory' }, unheeded, undefined],
  ])('%s', (_, previous, change, awaitsSignIn) => {
    expect(decideLift(previous, facts(change))).toEqual({ lifted: 'sign-in-over-directory', awaitsSignIn });
  });
});
