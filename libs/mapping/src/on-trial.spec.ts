import { describe, expect, it } from '@jest/globals';
import { noWords } from './decide-deactivation.js';
import type { DeactivationFacts } from './decide-deactivation.js';
import { desiredAccess } from './desired-access.js';
import { identityOfDirectoryUser } from './directory-user.js';
import { ada, configOf } from './mapping.fixture.js';
import { decideIdentity } from './provider-of.js';

const rules = [{ from: 'dev', to: 'jira-developers' }];
const configBy = (provisioning: 'on' | 'review' | 'dryRun') =>
  configOf({ company: { groups: { rules, keepExisting: false }, directory: { provisioning } } });

function person(standing: 'active' | 'inactive', ...names: readonly string[]) {
  const groups = names.map((name) => ({ name, chain: [] }));
  const resource = { emails: [{ value: 'ada@example.com' }] };
  const facts = { provider: 'company', userName: 'ada', externalId: null, resource, standing, groupsAreWhole: true };
  return identityOfDirectoryUser({ ...facts, groups });
}

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const said = (standing: 'active' | 'inactive', more: Partial<DeactivationFacts> = {}): DeactivationFacts => ({
  ...noWords,
  directory: [{ directoryUserId: 'p', provider: 'company', standing, isUnheeded: false, version: 2, changedAt: at(2) }],
  ...more,
});

describe.each(['review', 'dryRun'] as const)('X44 P28 a directory by %s', (mode) => {
  const config = configBy(mode);
  const decide = (identities: ReturnType<typeof person>[], more: object = {}) =>
    desiredAccess({ identities, nameFolded: 'ada', config, ...more });

  it('leads nobody to an account, and is no reason to decide anything', () => {
    expect(decideIdentity(person('active'), config)).toEqual({ kind: 'refuse', code: 'directory.on_trial' });
    expect(decide([person('active', 'dev')])).toBeUndefined();
  });

  it('neither gives nor takes where the person signs in too', () => {
    const access = decide([ada('company', ['dev']), person('active')]);
    expect(access?.groups.wanted).toEqual(['jira-developers']);
    expect(decide([ada('company', []), person('active', 'dev')])?.groups).toMatchObject({ wanted: [], managed: [] });
  });

  it('deactivates nobody, and lets nobody back whom it had deactivated before', () => {
    const before = desiredAccess({ identities: [person('active')], nameFolded: 'ada', config: configBy('on') })!;
    const deactivated = { by: 'directory', provider: 'company' } as const;
    const sources = { identities: [ada('company', []), person('inactive')], nameFolded: 'ada' };
    const ask = (last: object, words: DeactivationFacts) =>
      desiredAccess({ ...sources, config, last: { ...before, ...last }, words })?.deactivated;

    expect(ask({}, said('inactive'))).toBeUndefined();
    expect(ask({ deactivated }, said('inactive'))).toEqual(deactivated);
    expect(ask({ deactivated }, said('active'))).toEqual(deactivated);
    const order = (minute: number) => ({ order: { kind: 'reactivate', orderedAt: at(minute), lifts: {} } as const });
    expect(ask({ deactivated }, said('inactive', order(1)))).toEqual(deactivated);
    expect(ask({ deactivated }, said('active', order(3)))).toBeUndefined();
  });
});

describe('P28 groups of which it is decided', () => {
  const decided = [
    { group: 'Dev', to: 'engineers', create: true },
    { group: 'ops', to: null },
  ];
  const wantedBy = (groups: object) =>
    desiredAccess({
      identities: [person('active', 'Dev', 'ops', 'dev')],
      nameFolded: 'ada',
      config: configOf({ company: { groups: { decided, ...groups } } }),
    })?.groups;

  it('lead to one group or to none, in both modes, and are made where that is decided', () => {
    const both = { rules: [...rules, { from: 'ops', to: 'jira-ops' }, { from: 'Dev', to: 'other' }] };
    expect(wantedBy(both)).toMatchObject({ wanted: ['engineers', 'jira-developers'], creatable: ['engineers'] });
    expect(wantedBy({ mode: 'onTheFly' })).toMatchObject({ wanted: ['dev', 'engineers'], creatable: ['engineers'] });
  });

  it('belong to what manual mode manages', () => {
    expect(wantedBy({ keepExisting: false, rules })?.managed).toEqual(['engineers', 'jira-developers']);
  });
});
