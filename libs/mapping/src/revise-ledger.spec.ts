import { describe, expect, it } from '@jest/globals';
import { DesiredAccess } from './desired-access.js';
import type { LedgerEntry } from './ledger.js';
import { reviseLedger } from './revise-ledger.js';

const entry = (change: Partial<LedgerEntry> = {}): LedgerEntry => ({
  group: 'dev',
  provider: 'p',
  reason: 'rule dev',
  how: 'added',
  ...change,
});
const rule = (group: string, claimed: string, provider = 'p') => ({
  group,
  source: 'rule' as const,
  provider,
  claimed,
});

interface Facts {
  ledger?: LedgerEntry[];
  present?: string[];
  added?: string[];
  isNewcomer?: boolean;
}

function revise(groups: Partial<DesiredAccess['groups']>, facts: Facts = {}) {
  const all = { wanted: [], managed: [], reasons: [], holds: [], ...groups };
  const { groups: parsed } = DesiredAccess.parse({
    username: 'ada',
    email: 'ada@example.com',
    mayCreate: true,
    authoritative: false,
    groups: all,
  });
  return reviseLedger({
    ledger: [],
    present: [],
    added: [],
    isNewcomer: false,
    ...facts,
    desired: { groups: parsed },
  });
}

describe('the ledger after a run', () => {
  it('names what we added, with every reason for it', () => {
    const reasons = [rule('dev', 'dev'), rule('dev', 'ops'), rule('dev', 'x', 'q')];
    expect(revise({ wanted: ['dev'], reasons }, { present: ['dev'], added: ['dev'] }).write).toEqual([
      entry(),
      entry({ reason: 'rule ops' }),
      entry({ provider: 'q', reason: 'rule x' }),
    ]);
  });

  it('X53 names what Jira had already only where a rule declares it managed, and never as ours', () => {
    const reasons = [rule('dev', 'dev')];
    expect(revise({ wanted: ['dev'], reasons }, { present: ['Dev'] }).write).toEqual([]);
    expect(revise({ wanted: ['dev'], managed: ['dev'], reasons }, { present: ['Dev'] }).write).toEqual([
      entry({ group: 'Dev', how: 'found' }),
    ]);
  });

  it('P24 a reason that goes passes on what was ours to the one that stays', () => {
    const result = revise({ wanted: ['dev'], reasons: [rule('dev', 'ops')] }, { ledger: [entry()], present: ['Dev'] });
    expect(result).toEqual({ write: [entry({ group: 'Dev', reason: 'rule ops' })], erase: [entry()] });
  });

  it('forgets a membership that is gone, whoever took it', () => {
    expect(revise({}, { ledger: [entry()] })).toEqual({ write: [], erase: [entry()] });
  });

  it('keeps what is not wanted and still there: something holds it', () => {
    expect(revise({}, { ledger: [entry()], present: ['dev'] })).toEqual({ write: [], erase: [] });
  });

  it('P11 keeps the reason of a provider whose list is not known this time', () => {
    const holds = [{ provider: 'q', cause: 'absent' as const }];
    const ledger = [entry(), entry({ provider: 'q', reason: 'rule x' })];
    const groups = { wanted: ['dev'], reasons: [rule('dev', 'dev')] };
    expect(revise({ ...groups, holds }, { ledger, present: ['dev'] })).toEqual({ write: [], erase: [] });
    expect(revise(groups, { ledger, present: ['dev'] }).erase).toEqual([ledger[1]]);
  });

  it('S30 marks what a newcomer got as a gift', () => {
    const reason = { group: 'welcome', source: 'default' as const, provider: 'p' };
    const ifNew = { wanted: ['welcome'], reasons: [reason] };
    const gift = entry({ group: 'welcome', reason: 'if-new default' });
    expect(revise({ ifNew }, { present: ['welcome'], added: ['welcome'], isNewcomer: true }).write).toEqual([gift]);
    expect(revise({ ifNew }, { ledger: [gift], present: ['welcome'] })).toEqual({ write: [], erase: [] });
  });

  it('promise 3: writes nothing the second time', () => {
    const groups = { wanted: ['dev', 'ops'], managed: ['dev'], reasons: [rule('dev', 'dev'), rule('ops', 'ops')] };
    const facts = { present: ['dev', 'ops'], added: ['ops'] };
    const { write } = revise(groups, facts);
    expect(revise(groups, { ledger: [...write], present: facts.present })).toEqual({ write: [], erase: [] });
  });
});
