import { describe, expect, it } from '@jest/globals';
import { noWords } from './decide-deactivation.js';
import { compareSides } from './foresee-difference.js';
import type { PersonOnRecord, Side } from './foresee-person.js';
import type { LedgerEntry } from './ledger.js';
import { ada, configOf } from './mapping.fixture.js';
import type { MappingInput } from './mapping.fixture.js';

const rule = (from: string, to: string) => ({ from, to });
const entry = (group: string, reason: string, change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  ...{ group, provider: 'p', reason, how: 'added' },
  ...change,
});

function person(change: Partial<PersonOnRecord> = {}, jira: Partial<PersonOnRecord['jira']> = {}): PersonOnRecord {
  return {
    nameFolded: 'ada',
    decided: undefined,
    jira: {
      ...{ key: 'K1', username: 'Ada', active: true, state: 'ready', code: undefined },
      ...{ isNewcomer: false, unansweredIntent: undefined, deactivatedBy: undefined, isCreatedByUs: false },
      ...jira,
    },
    ledger: [],
    met: [],
    words: noWords,
    ...change,
  };
}

function side(mapping: MappingInput, groups: unknown = ['dev'], provider = {}): Side {
  return { config: configOf({ p: mapping }, { p: provider }), identities: [ada('p', groups)] };
}

function differ(who: PersonOnRecord, saved: Side, edited: Side) {
  const { difference, isAffected } = compareSides(who, saved, edited);
  return { ...difference, isAffected, gains: difference.gains.map(({ group }) => group) };
}

const dev = { groups: { rules: [rule('dev', 'jira-dev')] } };
const inDev = person({ ledger: [entry('jira-dev', 'rule dev')] });

describe('what an edited document changes for one person', () => {
  it('is nothing where the documents say the same', () => {
    expect(differ(inDev, side(dev), side(dev)).isAffected).toBe(false);
  });

  it('P24 a rule that goes takes back what it gave, and the new one gives', () => {
    const edited = side({ groups: { keepExisting: false, rules: [rule('dev', 'engineers')] } });
    expect(differ(inDev, side({ groups: { ...dev.groups, keepExisting: false } }), edited)).toMatchObject({
      isAffected: true,
      gains: ['engineers'],
      loses: [{ group: 'jira-dev', because: 'granted' }],
    });
  });

  it('says which claim and which kind of rule give a group', () => {
    const edited = side({ groups: { rules: [...dev.groups.rules, rule('dev', 'wiki')], defaultGroups: ['all'] } });
    expect(compareSides(inDev, side(dev), edited).difference.gains).toEqual([
      { group: 'all', because: [{ provider: 'p', reason: 'default' }] },
      { group: 'wiki', because: [{ provider: 'p', reason: 'rule dev' }] },
    ]);
  });

  it('P11 what a list that did not come holds back is kept, and said', () => {
    const noList = (mapping: MappingInput) => ({ ...side(mapping), identities: [ada('p')] });
    const strict = { groups: { keepExisting: false, rules: [] } };
    const sure = { groups: { ...dev.groups, keepExisting: false } };
    expect(differ(inDev, noList(sure), noList(strict))).toMatchObject({ loses: [] });
    const whole = side({ groups: { keepExisting: false, rules: [] } }, ['dev']);
    expect(differ(inDev, side(dev), whole)).toMatchObject({ loses: [{ group: 'jira-dev', because: 'granted' }] });
  });

  it('what is on its way anyway is not the work of the edited document', () => {
    const edited = side({ groups: { rules: [...dev.groups.rules, rule('dev', 'wiki')] } });
    expect(differ(person(), side(dev), edited)).toMatchObject({ gains: ['wiki'], loses: [] });
  });

  it('X53 a membership that is only held is known, and one given by hand is not', () => {
    const who = person({ met: ['old'] });
    const sweeping = { mode: 'onTheFly' as const, onTheFly: { keepExisting: false, exclude: ['local-*'] } };
    expect(differ(who, side({}), side({ groups: sweeping }))).toMatchObject({
      loses: [{ group: 'old', because: 'swept' }],
    });
  });

  it('a refusal that begins takes nothing away, and one that ends gives', () => {
    const refusing = side({ requiredGroups: ['staff'], groups: { rules: [] } });
    const decided = compareSides(inDev, side(dev), side(dev)).after.desired;
    const who = { ...inDev, decided };
    expect(differ(who, side(dev), refusing)).toMatchObject({
      refusal: { from: null, to: 'entry.group_required' },
      gains: [],
      loses: [],
    });
    const wider = side({ groups: { rules: [...dev.groups.rules, rule('dev', 'wiki')] } });
    expect(differ(who, refusing, wider)).toMatchObject({
      refusal: { from: 'entry.group_required', to: null },
      gains: ['wiki'],
    });
  });

  it('S20 the profile is written when the mapping says so, from a value that is only known if it was written before', () => {
    const renaming = { profile: { displayName: { claim: 'given_name' } } };
    const named = { profile: { displayName: { claim: 'preferred_username' } } };
    const alone = { profile: { ...renaming.profile, updateExisting: false } };
    const claims = { given_name: 'Ada L.' };
    const of = (mapping: MappingInput) => ({ ...side(mapping), identities: [ada('p', [], claims)] });
    expect(differ(person(), of(named), of(renaming)).profile).toEqual({ displayName: { from: 'Ada', to: 'Ada L.' } });
    expect(differ(person(), of(alone), of(renaming)).profile).toEqual({
      email: { from: null, to: 'ada@example.com' },
      displayName: { from: null, to: 'Ada L.' },
    });
    expect(differ(person(), of(renaming), of(alone))).toMatchObject({ profile: {}, isAffected: false });
  });

  it('S25 a property that is switched on, changed or switched off is named', () => {
    const by = (claim: string) => side({ properties: [{ key: 'team', claim }] });
    expect(differ(person(), by('given_name'), by('email')).properties).toEqual(['team']);
    expect(differ(person(), side({}), by('email')).properties).toEqual(['team']);
    expect(differ(person(), by('email'), side({})).properties).toEqual(['team']);
    expect(differ(person(), by('email'), by('email')).properties).toEqual([]);
  });

  it('S31 somebody without a Jira user gets one, with what newcomers get', () => {
    const who = person({}, { key: undefined, state: 'refused', code: 'match.creation_off' });
    const groups = { ...dev.groups, defaultGroups: ['welcome'], defaultGroupsFor: 'new' as const };
    const found = differ(who, side({ allowUserCreation: false, groups }), side({ allowUserCreation: true, groups }));
    expect(found).toMatchObject({
      isCreated: true,
      creation: { from: 'match.creation_off', to: null },
      gains: ['jira-dev', 'welcome'],
    });
    const noMore = differ(who, side({ allowUserCreation: true, groups }), side({ allowUserCreation: false, groups }));
    expect(noMore).toMatchObject({ isCreated: false, creation: { from: null, to: 'match.creation_off' }, gains: [] });
  });

  it.each<[string, Partial<PersonOnRecord['jira']>]>([
    ['was refused for what Jira showed', { key: undefined, state: 'refused', code: 'match.email_differs' }],
    ['is deactivated', { active: false, state: 'refused', code: 'jira.account_inactive' }],
    ['is gone from Jira', { state: 'refused', code: 'jira.account_missing' }],
  ])('nothing is foreseen of somebody who %s', (_, jira) => {
    const edited = side({ autoActivate: true, groups: { rules: [rule('dev', 'wiki')] } });
    expect(differ(person({}, jira), side(dev), edited)).toMatchObject({ gains: [], loses: [], isAffected: false });
  });
});
