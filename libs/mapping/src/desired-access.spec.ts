import { describe, expect, it } from '@jest/globals';
import { desiredAccess } from './desired-access.js';
import { ada, configOf as config, seeded } from './mapping.fixture.js';
import type { GroupsInput } from './mapping.fixture.js';
import type { Identity } from './provider-of.js';

const rules = [
  { from: 'dev', to: 'jira-developers' },
  { from: 'ops', to: 'jira-developers' },
  { from: 'dev', to: 'jira-users' },
  { from: 'support', to: 'jira-support' },
];

function groupsFor(groups: GroupsInput, claimed: unknown) {
  const access = desiredAccess({
    identities: [ada('p', claimed)],
    nameFolded: 'ada',
    config: config({ p: { groups } }),
  });
  return { wanted: access?.groups.wanted, managed: access?.groups.managed };
}

const targets = ['jira-developers', 'jira-support', 'jira-users'];

describe('desiredAccess: group removal set (manual)', () => {
  it.each([
    // keepExisting, claimed, wanted, managed
    [true, ['dev'], ['jira-developers', 'jira-users'], []],
    [true, [], [], []],
    [true, undefined, [], []],
    [false, ['dev'], ['jira-developers', 'jira-users'], targets],
    [false, ['support', 'unmapped'], ['jira-support'], targets],
    [false, [], [], targets],
    [false, undefined, [], []],
    [false, null, [], []],
    [false, 'dev,ops', [], []],
    [false, { dev: true }, [], []],
  ])('keepExisting %p, claimed %p', (keepExisting, claimed, wanted, managed) => {
    expect(groupsFor({ rules, keepExisting }, claimed)).toEqual({ wanted, managed });
  });

  it('O64 takes nothing away on an overage, and still gives what was positively said', () => {
    const identity = ada('p', ['dev'], { _claim_names: { groups: 'src1' } });
    const access = desiredAccess({
      identities: [identity],
      nameFolded: 'ada',
      config: config({ p: { groups: { rules, keepExisting: false } } }),
    });
    expect(access?.groups).toMatchObject({ wanted: ['jira-developers', 'jira-users'], managed: [] });
    expect(access?.groups.holds).toEqual([{ provider: 'p', cause: 'truncated' }]);
  });

  it('S29 gives the default group to everybody, also without any claim, and never manages it', () => {
    expect(groupsFor({ rules, keepExisting: false, defaultGroups: ['jira-software-users'] }, undefined)).toEqual({
      wanted: ['jira-software-users'],
      managed: [],
    });
    expect(groupsFor({ rules: [], keepExisting: false, defaultGroups: ['jira-software-users'] }, [])).toEqual({
      wanted: ['jira-software-users'],
      managed: [],
    });
  });

  it('promise 9: tells for every group which claim and which rule gave it', () => {
    const access = desiredAccess({
      identities: [ada('p', ['dev', 'ops'])],
      nameFolded: 'ada',
      config: config({ p: { groups: { rules, defaultGroups: ['all'] } } }),
    });
    expect(access?.groups.reasons).toEqual([
      { group: 'all', source: 'default', provider: 'p' },
      { group: 'jira-developers', source: 'rule', provider: 'p', claimed: 'dev' },
      { group: 'jira-developers', source: 'rule', provider: 'p', claimed: 'ops' },
      { group: 'jira-users', source: 'rule', provider: 'p', claimed: 'dev' },
    ]);
  });

  it('compares what the provider says exactly, and Jira groups without case', () => {
    expect(groupsFor({ rules, keepExisting: false }, ['DEV']).wanted).toEqual([]);
    const twice = [...rules, { from: 'dev', to: 'JIRA-Developers' }];
    expect(groupsFor({ rules: twice, keepExisting: false }, ['dev']).wanted).toEqual(['jira-developers', 'jira-users']);
  });
});

describe('desiredAccess: several identities of one account', () => {
  const both = (second: GroupsInput) =>
    config({ p: { groups: { rules, keepExisting: false } }, q: { groups: { rules, keepExisting: false, ...second } } });
  const access = (identities: Identity[], document = both({})) =>
    desiredAccess({ identities, nameFolded: 'ada', config: document });

  it('adds up: one cannot take away what another grants', () => {
    const groups = access([ada('p', ['dev']), ada('q', [])])?.groups;
    expect(groups).toMatchObject({ wanted: ['jira-developers', 'jira-users'], managed: targets });
  });

  it('takes nothing that a provider with an incomplete list manages, whichever identity it is', () => {
    const document = config({
      p: { groups: { rules, keepExisting: false } },
      q: { groups: { rules: [{ from: 'x', to: 'JIRA-DEVELOPERS' }], keepExisting: false } },
    });
    expect(access([ada('p', []), ada('q')], document)?.groups.managed).toEqual(['jira-support', 'jira-users']);
    expect(access([ada('p', []), ada('p')], document)?.groups.managed).toEqual([]);
  });

  it('takes nothing through one provider that another was told to keep', () => {
    expect(access([ada('p', []), ada('q', [])], both({ keepExisting: true }))?.groups.managed).toEqual([]);
  });

  it('neither gives nor takes through a provider that is off, or a person who may not enter any more', () => {
    const off = config(
      { p: { groups: { rules: rules.slice(3), keepExisting: false } }, q: { groups: { rules, keepExisting: false } } },
      { q: { enabled: false } },
    );
    expect(access([ada('p', []), ada('q', ['dev'])], off)?.groups).toMatchObject({ wanted: [], managed: [] });
    const unverified = ada('q', ['dev'], { email_verified: false });
    expect(access([ada('p', []), unverified])?.groups).toMatchObject({ wanted: [], managed: [] });
  });

  it('S25 keeps the properties of a provider that is off, also where its directory has the person', () => {
    const properties = [{ key: 'team', claim: 'team', whenMissing: 'remove' as const }];
    const off = config({ p: {}, q: { properties } }, { q: { enabled: false } });
    const inDirectory: Identity = {
      provider: 'q',
      claims: { userName: 'ada', email: 'ada@example.com' },
      directory: { standing: 'active', through: new Map() },
    };
    const others = [ada('q', [], { team: 'red' }), inDirectory];
    expect(access([ada('p', []), ...others], off)).toMatchObject({ properties: {}, propertiesKept: ['team'] });
  });

  it('decides nothing when nobody may enter, or the provider is gone', () => {
    expect(access([ada('p', ['dev'], { email_verified: false })])).toBeUndefined();
    expect(access([ada('gone', ['dev'])])).toBeUndefined();
    expect(access([ada('constructor', ['dev'])])).toBeUndefined();
    expect(access([])).toBeUndefined();
  });

  it('takes the profile from the identity linked first, so that two never take turns', () => {
    const second = ada('q', [], { email: 'work@example.com', given_name: 'A.' });
    expect(access([ada('p', []), second])).toMatchObject({ email: 'ada@example.com', displayName: 'Ada' });
    expect(access([second, ada('p', [])])).toMatchObject({ email: 'work@example.com', displayName: 'A.' });
  });

  it('is authoritative only through an identity that itself claims the name of the account', () => {
    const trusted = config({ p: {}, q: {} }, { q: { authoritativeForUsernames: true } });
    expect(access([ada('p'), ada('q')], trusted)?.authoritative).toBe(true);
    expect(access([ada('p'), ada('q', [], { preferred_username: 'other' })], trusted)?.authoritative).toBe(false);
  });

  it('P05 keeps the name of the account when the provider changes the username', () => {
    expect(access([ada('p', [], { preferred_username: 'countess' })])?.username).toBe('ada');
    expect(access([ada('p', [])])?.username).toBe('Ada');
  });

  it('S23 may create a user when one of the providers allows it', () => {
    const never = { allowUserCreation: false };
    expect(access([ada('p')], config({ p: never }))?.mayCreate).toBe(false);
    expect(access([ada('p'), ada('q')], config({ p: never, q: {} }))?.mayCreate).toBe(true);
  });

  it('gives equal content for equal facts in any order of claims', () => {
    const random = seeded(7);
    const names = ['dev', 'ops', 'support', 'x', 'y'];
    const reference = JSON.stringify(access([ada('p', names)]));
    for (let round = 0; round < 50; round += 1) {
      const shuffled = [...names].sort(() => random() - 0.5);
      expect(JSON.stringify(access([ada('p', shuffled)]))).toBe(reference);
    }
  });

  it('I3 never manages a group that no complete list speaks for, whatever is claimed', () => {
    const random = seeded(42);
    const pool = [undefined, [], ['dev'], ['ops', 'support'], 'dev', 'a,b', null, 7, ['dev', 7], { a: 1 }];
    const pick = () => pool[Math.floor(random() * pool.length)];
    for (let round = 0; round < 500; round += 1) {
      const claims = [pick(), pick()];
      const groups = access([ada('p', claims[0]), ada('q', claims[1])])!.groups;
      const allComplete = claims.every((claim) => claim === 'dev' || (Array.isArray(claim) && !claim.includes(7)));
      expect(groups.managed).toEqual(allComplete ? targets : []);
    }
  });
});
