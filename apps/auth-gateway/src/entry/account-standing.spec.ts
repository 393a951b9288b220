import { describe, expect, it } from '@jest/globals';
import { accountStanding } from './account-standing.js';
import type { AccountFacts, TraceState } from './account-standing.js';

const nothing: AccountFacts = {
  accountId: null,
  refusedCode: null,
  state: null,
  active: null,
  verified: false,
  code: null,
  deactivated: false,
};
const ready: AccountFacts = { ...nothing, accountId: 'account', state: 'ready', active: true, verified: true };

describe('where a sign-in stands', () => {
  it.each<{ what: string; facts: AccountFacts; trace: TraceState; standing: object }>([
    { what: 'usable at once', facts: ready, trace: 'pending', standing: { kind: 'usable', accountId: 'account' } },
    {
      what: 'deactivated by somebody, however far the queues are',
      facts: { ...ready, deactivated: true },
      trace: 'pending',
      standing: { kind: 'refused', code: 'entry.deactivated' },
    },
    { what: 'usable although parked', facts: ready, trace: 'parked', standing: { kind: 'usable' } },
    { what: 'nothing known yet', facts: nothing, trace: 'pending', standing: { kind: 'pending' } },
    {
      what: 'not verified lately',
      facts: { ...ready, verified: false },
      trace: 'pending',
      standing: { kind: 'pending' },
    },
    {
      what: 'why it takes longer',
      facts: { ...nothing, accountId: 'account', state: 'pending', code: 'jira.unreachable' },
      trace: 'pending',
      standing: { kind: 'pending', code: 'jira.unreachable' },
    },
    {
      what: 'a refusal of yesterday while today is under way',
      facts: { ...nothing, refusedCode: 'match.identity_not_linked' },
      trace: 'pending',
      standing: { kind: 'pending' },
    },
    {
      what: 'refused by claim-mapping',
      facts: { ...nothing, refusedCode: 'match.identity_not_linked' },
      trace: 'settled',
      standing: { kind: 'refused', code: 'match.identity_not_linked' },
    },
    {
      what: 'refused by group-sync',
      facts: { ...nothing, accountId: 'account', state: 'refused', code: 'match.administrator' },
      trace: 'settled',
      standing: { kind: 'refused', code: 'match.administrator' },
    },
    {
      what: 'unlinked although the account is fine',
      facts: { ...ready, accountId: null, refusedCode: 'match.key_taken' },
      trace: 'settled',
      standing: { kind: 'refused', code: 'match.key_taken' },
    },
    {
      what: 'failed',
      facts: { ...nothing, accountId: 'account', state: 'failed', code: 'jira.request_refused' },
      trace: 'settled',
      standing: { kind: 'failed', code: 'jira.request_refused' },
    },
    { what: 'parked', facts: nothing, trace: 'parked', standing: { kind: 'failed', code: 'login.account_parked' } },
    {
      what: 'deactivated in Jira',
      facts: { ...ready, active: false },
      trace: 'settled',
      standing: { kind: 'refused', code: 'jira.account_inactive' },
    },
    {
      what: 'settled by a run that covered it, whose result is still on its way',
      facts: { ...nothing, accountId: 'account', state: 'pending' },
      trace: 'settled',
      standing: { kind: 'pending' },
    },
    {
      what: 'a code this version cannot read',
      facts: { ...nothing, refusedCode: '<b>' },
      trace: 'settled',
      standing: { kind: 'refused', code: 'match.identity_not_linked' },
    },
  ])('$what', ({ facts, trace, standing }) => {
    expect(accountStanding(facts, trace)).toMatchObject(standing);
  });
});
