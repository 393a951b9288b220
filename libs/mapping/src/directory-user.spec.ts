import { describe, expect, it } from '@jest/globals';
import { desiredAccess } from './desired-access.js';
import type { DesiredAccess } from './desired-access.js';
import { identityOfDirectoryUser } from './directory-user.js';
import { ada, configOf } from './mapping.fixture.js';
import type { MappingInput } from './mapping.fixture.js';
import { profileOf } from './profile.js';
import { decideIdentity, decidePlacing, rulesOf } from './provider-of.js';
import type { Identity } from './provider-of.js';

const config = (mapping: MappingInput = {}, other: MappingInput = {}) => configOf({ a: mapping, b: other });
const rules = [{ from: 'dev', to: 'jira-developers' }];
const manual: MappingInput = { groups: { rules, keepExisting: false } };

interface Person {
  provider?: string;
  userName?: string;
  standing?: 'active' | 'inactive' | 'removed';
  groups?: readonly (string | readonly [string, ...string[]])[];
  resource?: Record<string, unknown>;
  groupsAreWhole?: boolean;
}

/** @param person.groups of a list the last is the group, and the others are between */
function person({
  provider = 'a',
  userName = 'ada',
  standing = 'active',
  groups = [],
  ...rest
}: Person = {}): Identity {
  return identityOfDirectoryUser({
    ...{ provider, userName, externalId: null, standing, groupsAreWhole: rest.groupsAreWhole ?? true },
    resource: rest.resource ?? { emails: [{ value: 'ada@example.com' }] },
    groups: groups.map((group) =>
      typeof group === 'string' ? { name: group, chain: [] } : { name: group.at(-1)!, chain: group.slice(0, -1) },
    ),
  });
}

function profile(resource: Record<string, unknown>, mapping: MappingInput = {}) {
  const one = person({ resource });
  return profileOf(one.claims, rulesOf(one, config(mapping))!.mapping);
}

const decide = (identities: readonly Identity[], document = config(manual, manual), last?: DesiredAccess) =>
  desiredAccess({ identities, nameFolded: 'ada', config: document, last });

describe('what a directory says of a person', () => {
  it.each([
    ['the primary address', { emails: [{ value: 'x@e.test' }, { value: 'ada@e.test', primary: true }] }, 'ada@e.test'],
    ['else the first', { emails: [{ value: 'ada@e.test' }, { value: 'x@e.test', primary: false }] }, 'ada@e.test'],
    ['none', { emails: [] }, undefined],
    [
      'none of an entry without one',
      { emails: [{ display: 'x', primary: true }, { value: 'ada@e.test' }] },
      'ada@e.test',
    ],
    ['none of what is no list', { emails: 'ada@e.test' }, undefined],
    ['none of what is no text', { emails: [{ value: 7 }] }, undefined],
  ])('is %s', (_, resource, email) => expect(profile(resource).email).toBe(email));

  it.each([
    ['displayName', { displayName: 'Ada L', name: { formatted: 'x' } }, 'Ada L'],
    ['name.formatted', { displayName: ' ', name: { formatted: 'Ada Lovelace', givenName: 'x' } }, 'Ada Lovelace'],
    ['given and family name', { name: { givenName: 'Ada', familyName: 'Lovelace' } }, 'Ada Lovelace'],
    ['one of them', { name: { familyName: 'Lovelace' } }, 'Lovelace'],
    ['nothing', { name: 'Ada' }, undefined],
  ])('is called by %s', (_, resource, name) => expect(profile(resource).displayName).toBe(name));

  it('is read by sources of its own, and never by those of claims', () => {
    const mapping: MappingInput = {
      profile: { username: { claim: 'sub' } },
      directory: { username: { claim: 'userName', transforms: [{ match: '@.*$', replace: '' }] } },
    };
    const one = person({ userName: 'ada@example.com' });
    expect(profileOf(one.claims, rulesOf(one, config(mapping))!.mapping).username).toBe('ada');
  });

  it('S25 gives the properties that the directory part names, and removes none of those of claims', () => {
    const properties = [{ claim: 'dept', key: 'dept', whenMissing: 'remove' as const }];
    const directory = { properties: [{ claim: 'title', key: 'title' }] };
    const resource = { emails: [{ value: 'ada@example.com' }], title: 'Countess' };
    const access = decide([person({ resource })], config({ properties, directory }));
    expect(access?.properties).toEqual({ title: 'Countess' });
  });

  it('counts as verified, without claims that a token must have (X31 domains count)', () => {
    const providers = { a: { requiredClaims: { hd: ['x'] }, allowedEmailDomains: ['example.com'] } };
    expect(decideIdentity(person(), configOf({ a: {} }, providers)).kind).toBe('enter');
    const other = person({ resource: { emails: [{ value: 'ada@evil.test' }] } });
    expect(decideIdentity(other, configOf({ a: {} }, providers))).toEqual({
      kind: 'refuse',
      code: 'entry.domain_not_allowed',
    });
  });
});

describe('X31 groups that entering needs', () => {
  const needing = config({ requiredGroups: ['staff'] });

  it.each([
    ['active and in it', person({ groups: ['staff'] }), 'enter', 'enter'],
    ['active and in it through another', person({ groups: [['team', 'staff']] }), 'enter', 'enter'],
    ['active and not in it', person(), 'entry.group_required', 'entry.group_required'],
    ['inactive, and out of all groups by that', person({ standing: 'inactive' }), 'entry.group_required', 'enter'],
  ])('%s', (_, one, entering, placing) => {
    const codeOf = (decision: ReturnType<typeof decideIdentity>) =>
      decision.kind === 'enter' ? 'enter' : decision.code;
    expect(codeOf(decideIdentity(one, needing))).toBe(entering);
    expect(codeOf(decidePlacing(one, needing))).toBe(placing);
  });
});

describe('the groups of a provider with a directory', () => {
  it('P22 are given with the one they come through', () => {
    const { reasons, holds } = decide([person({ groups: ['team', ['team', 'dev']] })])!.groups;
    expect(reasons).toEqual([
      { group: 'jira-developers', source: 'rule', provider: 'a', claimed: 'dev', through: 'team' },
    ]);
    expect(holds).toEqual([]);
  });

  it.each([
    ['an absent claim holds nothing', ada('a'), [], []],
    ['a claim adds nothing', ada('a', ['dev']), [], []],
    ['a claim takes nothing', ada('a', []), ['dev'], ['jira-developers']],
    ['somebody who may not sign in holds nothing', ada('a', ['dev'], { email_verified: false }), [], []],
  ])('beside a sign-in of it: %s', (_, identity, groups, wanted) => {
    for (const identities of [
      [identity, person({ groups })],
      [person({ groups }), identity],
    ]) {
      const decided = decide(identities)!.groups;
      expect([decided.wanted, decided.managed, decided.holds]).toEqual([wanted, ['jira-developers'], []]);
    }
  });

  it('add to what another provider gives, and take none of it', () => {
    expect(decide([ada('b', ['dev']), person()])!.groups.wanted).toEqual(['jira-developers']);
    // A claim of another provider that did not come still holds what it may give.
    expect(decide([ada('b'), person()])!.groups).toMatchObject({ wanted: [], managed: [], holds: [{ provider: 'b' }] });
  });

  it('that are not whole take nothing away', () => {
    const { holds, managed } = decide([person({ groupsAreWhole: false })])!.groups;
    expect([holds, managed]).toEqual([[{ provider: 'a', cause: 'truncated' }], []]);
  });

  it('keep a name that nobody can have from making the others look incomplete', () => {
    const groups = ['dev', 'x'.repeat(300)];
    expect(decide([person({ groups })])!.groups).toMatchObject({ wanted: ['jira-developers'], holds: [] });
  });
});

describe('who is deactivated', () => {
  const keep = config({ ...manual, directory: { whenRemoved: 'keep' } }, manual);
  const by = (provider: string) => ({ by: 'directory', provider });
  const [inactive, removed] = [person({ standing: 'inactive' }), person({ standing: 'removed' })];
  const elsewhere = person({ provider: 'b' });

  it.each([
    ['active', [person()], undefined],
    ['inactive', [inactive], by('a')],
    ['inactive, and signs in', [ada('a', ['dev']), inactive], by('a')],
    ['inactive in one of two directories', [elsewhere, inactive], by('a')],
    ['removed', [removed, ada('b', [])], by('a')],
    ['removed, and there anew', [removed, person()], undefined],
    ['removed, and in another directory', [removed, elsewhere], undefined],
    ['removed, and inactive in another directory', [removed, person({ provider: 'b', standing: 'inactive' })], by('b')],
    ['known to no directory', [ada('a', ['dev'])], undefined],
  ])('I4 %s', (_, identities, deactivated) => {
    for (const order of [identities, identities.toReversed()]) expect(decide(order)?.deactivated).toEqual(deactivated);
  });

  it('X32 is not who was removed where the provider says keep; inactive is inactive all the same', () => {
    expect(decide([removed, ada('a', ['dev'])], keep)?.deactivated).toBeUndefined();
    expect(decide([inactive, ada('a', ['dev'])], keep)?.deactivated).toEqual(by('a'));
  });

  it('stays so when the provider is taken out of the configuration', () => {
    expect(decide([inactive, ada('b', [])], configOf({ b: manual }))?.deactivated).toEqual(by('a'));
  });

  it('is created and revived by nobody', () => {
    const open = config({ ...manual, autoActivate: true }, { autoActivate: true });
    expect(decide([inactive, ada('b', [])], open)).toMatchObject({ mayCreate: false, mayActivate: false });
    expect(decide([person(), ada('b', [])], open)).toMatchObject({ mayCreate: true, mayActivate: true });
  });

  it('X32 leaves all groups but those that are named, where that is wished', () => {
    const removing = config({ ...manual, directory: { removeGroupsExcept: ['jira-software-*'] } });
    const last = decide([person({ groups: ['dev'] })], removing)!;
    expect(last.groups.wanted).toEqual(['jira-developers']);
    expect(decide([inactive], removing, last)!.groups).toMatchObject({
      ...{ wanted: [], reasons: [], holds: [], managed: [] },
      sweeps: [
        { provider: 'a', exclude: expect.arrayContaining(['jira-software-*', 'jira-administrators']), only: [] },
      ],
    });
  });

  it('is told by the last decision where nobody may enter, and told once', () => {
    const last = decide([person({ groups: ['dev'] })])!;
    const closed = decide([inactive], undefined, last);
    expect(closed).toEqual({ ...last, mayCreate: false, deactivated: by('a') });
    expect(decide([inactive], undefined, closed)).toBeUndefined();
    const outOfScope = config({ ...manual, requiredGroups: ['staff'] }, manual);
    expect(decide([person()], outOfScope, closed)).toEqual({ ...last, mayCreate: false });
  });

  it('is told of somebody of whom nothing was decided, enough to find their Jira user and no more', () => {
    expect(decide([inactive])).toMatchObject({ username: 'ada', email: 'ada@example.com', deactivated: by('a') });
    expect(decide([inactive])!.groups).toMatchObject({ wanted: [], managed: [], sweeps: [] });
    // X31: out of scope there is nobody of ours to be told of.
    expect(decide([inactive], config({ requiredGroups: ['staff'] }))).toBeUndefined();
  });
});
