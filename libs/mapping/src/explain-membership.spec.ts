import { describe, expect, it } from '@jest/globals';
import { explainGroups } from './explain-groups.js';
import { explainMembership } from './explain-membership.js';
import type { MembershipEvidence } from './explain-membership.js';
import { ada, configOf } from './mapping.fixture.js';
import type { GroupsInput } from './mapping.fixture.js';

const rules = [{ from: 'dev', to: 'jira-developers' }];
const at = (part: string) => `mappings.p.groups.${part}`;

/** Wanted by a rule, decided, with nothing in the way. */
const wanted: MembershipEvidence = {
  group: 'jira-developers',
  identities: [],
  wantedNow: true,
  reasonsNow: ['the rule for dev'],
  desired: { version: 3, wanted: true },
  holds: [],
  isManaged: true,
  account: { state: 'ready', code: null },
  isGranted: false,
  held: undefined,
  run: undefined,
  pending: [],
  parked: [],
  breaker: { state: 'closed', code: null },
  jira: { hasUser: true, directories: [], member: false, groupExists: true, seatsLeft: null },
};
const run = { outcome: 'unchanged', code: null, version: 3, paused: [], skipped: [], withheld: [] };
const reconcile = { job: 'reconcile-account', queue: 'group-sync.interactive' };

function claimed(groups: GroupsInput, said: unknown, more: Record<string, unknown> = {}): Partial<MembershipEvidence> {
  const { mappings, settings } = configOf({ p: { groups } });
  const explained = explainGroups(ada('p', said, more).claims, mappings['p']!, settings);
  return { wantedNow: false, desired: undefined, identities: [{ provider: 'p', claim: 'groups', explained }] };
}

const asked = (change: Partial<NonNullable<MembershipEvidence['jira']>>) => ({ jira: { ...wanted.jira!, ...change } });

describe('P14 U12 the one reason why somebody is not in a group', () => {
  it.each<[string, Partial<MembershipEvidence>, string, string | null]>([
    ['no claim', claimed({ rules }, undefined), 'no-claim', at('claim')],
    ['not mapped', claimed({ rules: [{ from: 'dev', to: 'other' }] }, ['dev']), 'not-mapped', at('rules')],
    ['not mapped, and no claim either', claimed({ rules: [] }, undefined), 'not-mapped', at('rules')],
    [
      'a mistyped group',
      { ...claimed({ rules: [] }, undefined), ...asked({ groupExists: false }) },
      'group-missing',
      null,
    ],
    [
      'excluded',
      claimed({ mode: 'onTheFly', onTheFly: { exclude: ['jira-*'] } }, ['jira-developers']),
      'excluded',
      at('onTheFly.exclude'),
    ],
    [
      'a transform',
      claimed({ rules, names: { transforms: [{ match: '^d', replace: 'x' }] } }, ['dev']),
      'transform',
      at('names'),
    ],
    [
      'P07 Jira uses another directory',
      asked({
        directories: [
          { directory: 'Internal', active: true },
          { directory: 'LDAP', active: true },
        ],
      }),
      'several-directories',
      null,
    ],
    ['overage', claimed({ rules, cutAt: 2 }, ['a', 'b']), 'overage', null],
    ['overage of Entra', claimed({ rules }, undefined, { hasgroups: true }), 'overage', null],
    [
      'a full licence',
      {
        run: { ...run, outcome: 'paused', code: 'jira.licence_full', paused: ['jira-developers'] },
        ...asked({ seatsLeft: 0 }),
      },
      'licence-full',
      null,
    ],
    [
      'a read-only directory',
      { run: { ...run, outcome: 'failed', code: 'jira.directory_read_only' } },
      'directory-read-only',
      null,
    ],
    [
      'a creation that is refused',
      {
        run: { ...run, outcome: 'refused' },
        account: { state: 'refused', code: 'match.creation_off' },
        ...asked({ hasUser: false }),
      },
      'creation-refused',
      'mappings',
    ],
    [
      'a removal that the brake holds',
      { wantedNow: false, held: { configVersion: 7, tripped: 'group', dismissed: false }, ...asked({ member: true }) },
      'held-by-brake',
      'POST /api/v1/held-removals/7/approve',
    ],
    [
      'a job behind a pause',
      { pending: [{ ...reconcile, pause: { by: 'token:ops', reason: 'upgrade' } }] },
      'queued-behind-pause',
      'POST /api/v1/lanes/group-sync.interactive/resume',
    ],
  ])('%s', (_, evidence, code, where) => {
    const { because, fix } = explainMembership({ ...wanted, ...evidence });
    expect(because.code).toBe(code);
    expect(fix).toEqual({ text: expect.stringMatching(/\w+ \w+/), at: where });
  });

  it('P04 a full licence names the group that takes the seat', () => {
    const paused = { ...run, outcome: 'paused', code: 'jira.licence_full', paused: ['jira-developers'] };
    const { because } = explainMembership({ ...wanted, run: paused, ...asked({ seatsLeft: 0 }) });
    expect(because.text).toMatch(/^jira-developers gives access/);
  });

  it.each<[string, Partial<MembershipEvidence>, string]>([
    ['is there, and wanted', asked({ member: true }), 'member'],
    ['is not known to be there, but was given', { jira: undefined, isGranted: true }, 'member'],
    ['is there, by hand', { wantedNow: false, isManaged: false, ...asked({ member: true }) }, 'left-to-jira'],
    ['stays', { wantedNow: false, holds: [{ provider: 'p', cause: 'absent' }], ...asked({ member: true }) }, 'kept'],
    [
      'keeps it while deactivated',
      { wantedNow: false, deactivated: 'deactivated by x', isGranted: true, ...asked({ member: true }) },
      'kept',
    ],
    [
      'keeps it because the deactivation failed',
      {
        ...{ wantedNow: false, deactivated: 'deactivated by x', isGranted: true, ...asked({ member: true }) },
        parked: [{ id: '7', code: 'account.reserved' }],
      },
      'parked',
    ],
    [
      'has it by hand, and is deactivated',
      {
        ...{ wantedNow: false, deactivated: 'deactivated by x', isManaged: false, desired: undefined },
        ...asked({ member: true }),
      },
      'left-to-jira',
    ],
    ['is of newcomers', claimed({ rules, update: 'newUsersOnly' }, ['dev']), 'newcomers-only'],
    [
      'is of newcomers by default',
      claimed({ defaultGroups: ['jira-developers'], defaultGroupsFor: 'new' }, []),
      'newcomers-only',
    ],
    ['is switched off', claimed({ rules, update: 'off' }, ['dev']), 'mapping-off'],
    ['is of nobody', claimed({ rules }, []), 'claim-empty'],
    ['is malformed', claimed({ rules }, 7), 'claim-malformed'],
    ['is not on the list', claimed({ rules }, ['ops']), 'not-claimed'],
    ['is not allowed', claimed({ mode: 'onTheFly', onTheFly: { only: ['x'] } }, ['jira-developers']), 'not-allowed'],
    [
      'waits for Jira',
      { pending: [{ ...reconcile, pause: null }], breaker: { state: 'open', code: null } },
      'jira-away',
    ],
    ['is on its way', { pending: [{ ...reconcile, pause: null }] }, 'waiting'],
    [
      'is not in Jira',
      { run: { ...run, skipped: ['Jira-Developers'] }, ...asked({ groupExists: false }) },
      'group-missing',
    ],
    ['failed', { parked: [{ id: 'x', code: 'jira.request_refused' }] }, 'parked'],
  ])('a group that %s', (_, evidence, code) => {
    expect(explainMembership({ ...wanted, ...evidence }).because.code).toBe(code);
  });

  it('of what a run was told, only what still holds counts: then the pause is the reason', () => {
    const pending = [{ ...reconcile, pause: { by: 'token:ops', reason: 'upgrade' } }];
    const full = { ...run, paused: ['jira-developers'] };
    expect(explainMembership({ ...wanted, pending, run: full, ...asked({ seatsLeft: 4 }) }).because.code).toBe(
      'queued-behind-pause',
    );
    const older = { ...run, version: 2, outcome: 'refused' };
    expect(explainMembership({ ...wanted, pending, run: older }).because.code).toBe('queued-behind-pause');
    const refused = { state: 'refused', code: 'match.creation_off' };
    expect(explainMembership({ ...wanted, pending, run, account: refused }).because.code).toBe('queued-behind-pause');
  });

  it('of several identities the one that lacks least is spoken of', () => {
    const far = claimed({ rules: [] }, ['dev']).identities!;
    const near = claimed({ mode: 'onTheFly', onTheFly: { exclude: ['jira-*'] } }, ['jira-developers']).identities!;
    const refused = {
      provider: 'q',
      claim: 'groups',
      explained: undefined,
      refused: { at: 'entry' as const, code: 'entry.email_missing' as const },
    };
    const evidence = { ...wanted, wantedNow: false, identities: [refused, ...far, ...near] };
    expect(explainMembership(evidence).because.code).toBe('excluded');
    expect(explainMembership({ ...evidence, identities: [refused] }).because.code).toBe('not-entitled');
  });
});
