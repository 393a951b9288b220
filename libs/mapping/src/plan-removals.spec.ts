import { describe, expect, it } from '@jest/globals';
import { Settings } from '@gatehouse/contracts';
import { DesiredAccess } from './desired-access.js';
import type { LedgerEntry } from './ledger.js';
import { planRemovals } from './plan-removals.js';

const entry = (change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  group: 'dev',
  provider: 'p',
  reason: 'rule dev',
  how: 'added',
  ...change,
});

function removals(
  groups: Partial<DesiredAccess['groups']>,
  { ledger = [], actual = ['Dev', 'by-hand'] }: { ledger?: LedgerEntry[]; actual?: string[] } = {},
) {
  const desired = DesiredAccess.parse({
    username: 'ada',
    email: 'ada@example.com',
    mayCreate: true,
    authoritative: false,
    groups: { wanted: [], managed: [], reasons: [], holds: [], ...groups },
  });
  const wanted = new Set(desired.groups.wanted);
  return planRemovals({
    desired,
    actual: { groups: actual },
    wanted,
    ledger,
    providers: ['p', 'q'],
    settings: Settings.parse({}),
  });
}

describe('what the ledger takes back', () => {
  it('P24 a membership that we gave goes with the rule that gave it', () => {
    expect(removals({}, { ledger: [entry()] })).toEqual({ remove: [{ group: 'Dev', because: 'granted' }], kept: [] });
  });

  it('X53 what was there before us stays, whoever names it now', () => {
    expect(removals({}, { ledger: [entry({ how: 'found' })] })).toEqual({ remove: [], kept: [] });
    expect(removals({})).toEqual({ remove: [], kept: [] });
  });

  it('P24 providers cannot take back what another one granted', () => {
    const ledger = [entry(), entry({ provider: 'q' })];
    const holds = [{ provider: 'q', cause: 'not-entitled' as const }];
    expect(removals({ holds }, { ledger })).toEqual({
      remove: [],
      kept: [{ group: 'Dev', because: 'provider-holds' }],
    });
  });

  it('P24 a rule of one provider does not take what another one granted and may grant again', () => {
    const holds = [{ provider: 'q', cause: 'absent' as const }];
    const question = { managed: ['dev'], holds };
    expect(removals(question, { ledger: [entry({ provider: 'q' })] }).kept).toHaveLength(1);
    expect(removals(question, { ledger: [entry()] }).remove).toHaveLength(1);
  });

  it.each(['absent', 'truncated', 'malformed', 'keep-existing', 'not-entitled'] as const)(
    'P11 I3 S42 nothing is taken back while its provider holds: %s',
    (cause) => {
      const holds = [{ provider: 'p', cause }];
      expect(removals({ holds }, { ledger: [entry()] })).toMatchObject({ remove: [], kept: [{ group: 'Dev' }] });
    },
  );

  it('a provider that the configuration does not know any more neither gives nor takes', () => {
    expect(removals({}, { ledger: [entry({ provider: 'gone' })] }).remove).toEqual([]);
  });

  it('S30 a gift to newcomers is never taken back by the ledger', () => {
    expect(removals({}, { ledger: [entry({ reason: 'if-new default' })] })).toEqual({ remove: [], kept: [] });
  });
});

describe('S43 on-the-fly without "keep existing"', () => {
  const sweeps = [{ provider: 'p', exclude: ['jira-*', '*-LOCAL'], only: [] }];
  const actual = ['Dev', 'jira-users', 'team-local', 'jira-administrators', 'welcome', 'other'];

  it('S44 takes every group but the wanted, the excluded, the protected and those of newcomers', () => {
    const ifNew = { wanted: ['Welcome'], reasons: [] };
    expect(removals({ sweeps, wanted: ['other'], ifNew }, { actual }).remove).toEqual([
      { group: 'Dev', because: 'swept' },
    ]);
  });

  it('S44 an exclusion of any provider counts for all of them', () => {
    const both = [...sweeps, { provider: 'q', exclude: ['dev'], only: [] }];
    expect(removals({ sweeps: both }, { actual: ['Dev', 'other'] }).remove).toEqual([
      { group: 'other', because: 'swept' },
    ]);
  });

  it('S44 what we granted once and is excluded now stays too', () => {
    const ledger = [entry({ group: 'jira-users' })];
    expect(removals({ sweeps }, { ledger, actual: ['jira-users'] }).remove).toEqual([]);
  });

  it('X54 only what the allow-list names, and what one provider excludes no other one takes', () => {
    const listed = [
      { provider: 'p', exclude: [], only: ['dev*', 'other'] },
      { provider: 'q', exclude: ['other'], only: ['team-*'] },
    ];
    expect(removals({ sweeps: listed }, { actual }).remove).toEqual([
      { group: 'Dev', because: 'swept' },
      { group: 'team-local', because: 'swept' },
    ]);
  });

  it('P03 sweeps no administrator away, whoever excluded what', () => {
    const groups = { sweeps: [{ provider: 'p', exclude: [], only: [] }] };
    expect(removals(groups, { actual: ['Jira-Administrators'] }).remove).toEqual([]);
  });
});
