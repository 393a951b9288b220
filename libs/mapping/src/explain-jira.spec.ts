import { describe, expect, it } from '@jest/globals';
import { ConfigDocument } from '@gatehouse/contracts';
import { adviseOnJira } from './advise-on-jira.js';
import { desiredAccess } from './desired-access.js';
import { explainJira } from './explain-jira.js';
import type { ForecastToExplain } from './explain-jira.js';
import { foreseeJira } from './foresee-jira.js';

const groups = {
  claim: 'groups',
  keepExisting: false,
  rules: [
    { from: 'dev', to: 'jira-developers' },
    { from: 'lead', to: 'jira-developers' },
    { from: 'support', to: 'jira-support' },
  ],
  defaultGroups: ['jira-users'],
};
const identities = [
  {
    provider: 'p',
    claims: {
      preferred_username: 'ada',
      email: 'ada@example.com',
      email_verified: true,
      given_name: 'Ada',
      groups: ['dev', 'lead'],
    },
  },
];
const ada = {
  ...{ key: 'K1', name: 'ada', emailAddress: 'ada@example.com', displayName: 'Ada', active: true },
  groups: [] as readonly string[],
};

interface Case {
  found?: typeof ada;
  pinned?: boolean;
  mapping?: object;
  provider?: object;
  of?: readonly { provider: string; claims: Record<string, unknown> }[];
  exists?: ForecastToExplain['exists'];
  applications?: ForecastToExplain['applications'];
}

function explained({
  found,
  pinned = false,
  mapping = {},
  provider = {},
  of = identities,
  exists = () => true,
  applications = [],
}: Case) {
  const config = ConfigDocument.parse({
    version: 1,
    providers: {
      p: { name: 'P', issuer: 'https://idp.example', clientId: 'c', ...provider },
      q: { name: 'Q', issuer: 'https://other.example', clientId: 'c' },
    },
    mappings: { p: { groups, ...mapping }, q: { groups: { ...groups, defaultGroups: [] } } },
  });
  const desired = desiredAccess({ identities: of, nameFolded: 'ada', config })!;
  const account = { jiraKey: pinned ? 'K1' : undefined, unansweredIntent: undefined };
  const forecast = foreseeJira({ desired, account, found, settings: config.settings });
  return explainJira({ forecast, desired, identities: of, provider: 'p', found, config, exists, applications });
}

const names = (steps: readonly { group: string }[]) => steps.map(({ group }) => group);

describe('U06 what would happen in Jira', () => {
  it('creates whom Jira does not know, where the mapping allows it', () => {
    const { account, groups: steps } = explained({});
    expect(account).toMatchObject({ action: 'create', username: 'ada', user: null, code: null });
    expect(account.because).toContain('allowUserCreation');
    expect(steps.add).toEqual([
      { group: 'jira-developers', because: 'the rule for "dev", the rule for "lead"', exists: true },
      { group: 'jira-users', because: 'a default group, for everybody', exists: true },
    ]);
  });

  it('U06 refuses with what to do about it, and changes nothing then', () => {
    const { account, groups: steps, seats } = explained({ mapping: { groups, allowUserCreation: false } });
    expect(account).toMatchObject({
      action: 'refuse',
      code: 'match.creation_off',
      fix: expect.stringContaining('Create'),
    });
    expect(steps).toEqual({ add: [], remove: [], keep: [], withhold: [] });
    expect(seats.state).toBe('unknown');
  });

  it.each([
    ['the same address', { found: ada }, 'match', 'same e-mail address'],
    [
      'a provider that may name users',
      { found: { ...ada, emailAddress: 'b@example.com' }, provider: { authoritativeForUsernames: true } },
      'match',
      'authoritativeForUsernames',
    ],
    ['another address', { found: { ...ada, emailAddress: 'b@example.com' } }, 'refuse', 'differs'],
    ['an administrator', { found: { ...ada, groups: ['jira-administrators'] } }, 'refuse', 'administrator'],
    ['a deactivated user', { found: { ...ada, active: false } }, 'refuse', 'deactivated'],
    [
      'a user linked before, under whatever name',
      { found: { ...ada, name: 'lovelace' }, pinned: true },
      'linked',
      'earlier sign-in',
    ],
    [
      'a user linked before and deactivated since',
      { found: { ...ada, active: false }, pinned: true },
      'refuse',
      'deactivated',
    ],
    ['a user linked before and gone since', { pinned: true }, 'refuse', 'no longer exists'],
  ] satisfies [string, Case, string, string][])('names the rule for %s', (_, given, action, because) => {
    const { account } = explained(given);
    expect(account.action).toBe(action);
    expect(account.because).toContain(because);
  });

  it('adds, takes away and leaves alone what group-sync would, each with its reason', () => {
    const { groups: steps } = explained({ found: { ...ada, groups: ['Jira-Users', 'jira-support', 'friends'] } });
    expect(names(steps.add)).toEqual(['jira-developers']);
    expect(steps.remove).toEqual([
      { group: 'jira-support', because: 'managed by the rule for "support", and not earned' },
    ]);
    expect(steps.keep).toEqual([
      { group: 'Jira-Users', because: 'wanted: a default group, for everybody' },
      { group: 'friends', because: 'no rule names it, so it is left to the administrators of Jira' },
    ]);
  });

  it('I5 says why nothing is taken away', () => {
    const claims = { ...identities[0]!.claims, groups: undefined };
    const { groups: steps } = explained({
      of: [{ provider: 'p', claims }],
      found: { ...ada, groups: ['jira-support'] },
    });
    expect(steps.remove).toEqual([]);
    expect(steps.keep).toEqual([
      { group: 'jira-support', because: 'named by the rule for "support", but nothing is taken away: absent' },
    ]);
  });

  it('counts what another identity of the account gives, and says whose rule it is', () => {
    const other = { provider: 'q', claims: { ...identities[0]!.claims, groups: ['support'] } };
    const { groups: steps } = explained({ of: [...identities, other], found: ada });
    expect(steps.add).toContainEqual({
      group: 'jira-support',
      because: 'the rule for "support" (provider q)',
      exists: true,
    });
  });

  it('withholds a group of administrators that is only a default', () => {
    const { groups: steps } = explained({ mapping: { groups: { ...groups, defaultGroups: ['jira-administrators'] } } });
    expect(names(steps.withhold)).toEqual(['jira-administrators']);
    expect(names(steps.add)).toEqual(['jira-developers']);
  });

  it('shows what of the profile would change', () => {
    const { profile } = explained({ found: { ...ada, displayName: 'A. Lovelace' } });
    expect(profile).toEqual([
      { field: 'displayName', from: 'A. Lovelace', to: 'Ada', because: 'what the provider p says differs' },
    ]);
  });

  it.each([
    [true, true, []],
    [false, false, ['problem jira']],
    [undefined, null, []],
  ])('tells a group that is %p apart', (exists, shown, advice) => {
    const jira = explained({ exists: (group) => (group === 'jira-developers' ? exists : true) });
    expect(jira.groups.add[0]).toMatchObject({ group: 'jira-developers', exists: shown });
    expect(adviseOnJira(jira).map(({ severity, about }) => `${severity} ${about}`)).toEqual(advice);
  });
});

describe('U06 seats', () => {
  const applications = (remainingSeats: number | null) => [
    { name: 'Jira Software', groups: ['JIRA-users'], remainingSeats },
  ];
  const seat = (given: Case) => {
    const { seats } = explained({ applications: applications(3), ...given });
    if (seats.state === 'unknown') return seats.because;
    return seats.applications.map(({ change, remaining, group }) => `${change} ${remaining} ${group}`).join();
  };

  it('the reason for one names no group: the member group does, which can be masked', () => {
    const { seats } = explained({ applications: applications(3), found: { ...ada, groups: ['jira-users'] } });
    expect(seats).toMatchObject({ applications: [{ group: 'jira-users', because: 'this group opens it' }] });
  });

  it.each<[string, Case, string]>([
    ['somebody new takes one', {}, 'takes 3 jira-users'],
    ['without a limit', { applications: applications(null) }, 'takes null jira-users'],
    ['who has one keeps it', { found: { ...ada, groups: ['jira-users'] } }, 'keeps 3 jira-users'],
    ['a group that does not exist opens nothing', { exists: () => false }, 'none 3 null'],
    ['no group opens it', { mapping: { groups: { ...groups, defaultGroups: [] } } }, 'none 3 null'],
    [
      'who loses the group gives one back',
      {
        found: { ...ada, groups: ['jira-support'] },
        applications: [{ name: 'JSM', groups: ['jira-support'], remainingSeats: 0 }],
      },
      'frees 0 jira-support',
    ],
    ['nobody knows', { applications: 'Jira did not say' }, 'Jira did not say'],
  ])('%s', (_, given, expected) => {
    expect(seat(given)).toBe(expected);
  });

  it.each<[string, Case, string[]]>([
    ['the last one is free', { applications: applications(1) }, []],
    ['none is left', { applications: applications(0) }, ['problem No seat of Jira Software is left for this person.']],
    [
      'none is left, but this person has one',
      { applications: applications(0), found: { ...ada, groups: ['jira-users'] } },
      [],
    ],
    [
      'nothing opens anything',
      { applications: [{ name: 'JSM', groups: ['others'], remainingSeats: 5 }] },
      ['warning No group that this person would be in opens an application of Jira.'],
    ],
  ])('are advised on when %s', (_, given, expected) => {
    expect(adviseOnJira(explained(given)).map(({ severity, text }) => `${severity} ${text}`)).toEqual(expected);
  });

  it('a Jira that is away is a warning, and no more', () => {
    const jira = {
      state: 'unavailable',
      code: 'jira.unreachable',
      meaning: 'It did not answer.',
      action: 'Look.',
    } as const;
    expect(adviseOnJira(jira)).toMatchObject([{ severity: 'warning', fix: 'Look.' }]);
    expect(adviseOnJira({ state: 'not-asked', because: 'refused' })).toEqual([]);
  });
});
