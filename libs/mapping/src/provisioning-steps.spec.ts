import { describe, expect, it } from '@jest/globals';
import { provisioningSteps } from './provisioning-steps.js';
import type { ProvisioningEvidence } from './provisioning-steps.js';

const company = { provider: 'company', claim: 'groups' };
const run = { outcome: 'applied', code: null, how: 'pinned', changes: 2, paused: [], held: 0 };
const well: ProvisioningEvidence = {
  identities: [company],
  account: { state: 'ready', code: null, username: 'ada', jiraKey: 'K1' },
  run,
  pending: [],
  breaker: { state: 'closed', code: null },
};
const told = (change: Partial<ProvisioningEvidence>) => provisioningSteps({ ...well, ...change });
const outcomes = (change: Partial<ProvisioningEvidence>) =>
  told(change)
    .map(({ outcome }) => outcome)
    .join(' ');

describe('U20 provisioning on demand, step by step', () => {
  it('says how each step went', () => {
    expect(told({}).map(({ step, text }) => [step, text])).toEqual([
      ['import', 'The claims of the last sign-in at company (groups).'],
      ['scope', 'Entitled by company.'],
      ['match', 'The Jira user is linked by its immutable key. Username ada.'],
      ['action', '2 changes made.'],
    ]);
  });

  it.each<[string, Partial<ProvisioningEvidence>, string]>([
    ['nobody has signed in', { identities: [] }, 'refused not-reached not-reached not-reached'],
    [
      'the rules let nobody in',
      { identities: [{ ...company, refused: { at: 'entry', code: 'entry.email_missing' } }], run: undefined },
      'done refused not-reached not-reached',
    ],
    [
      'one of two providers is enough',
      { identities: [company, { ...company, provider: 'q', refused: { at: 'link', code: 'match.key_taken' } }] },
      'done done done done',
    ],
    [
      'nobody may be created',
      { run: { ...run, outcome: 'refused', code: 'match.creation_off', how: null }, account: undefined },
      'done done refused not-reached',
    ],
    ['the run is not over', { run: undefined }, 'done done waiting not-reached'],
    [
      'Jira went away',
      { run: { ...run, outcome: 'outage', code: 'jira.unreachable', how: null } },
      'done done waiting not-reached',
    ],
    [
      'a licence is full',
      { run: { ...run, outcome: 'paused', code: 'jira.licence_full', paused: ['users'] } },
      'done done done paused',
    ],
    [
      'Jira refused a change',
      { run: { ...run, outcome: 'failed', code: 'jira.request_refused' } },
      'done done done failed',
    ],
    [
      'a newer version wrote another outcome',
      { run: { ...run, outcome: 'new', code: 'new.code' } },
      'done done done failed',
    ],
  ])('%s', (_, change, expected) => {
    expect(outcomes(change)).toBe(expected);
  });

  it('names what holds it up: a pause before a breaker', () => {
    const paused = { job: 'reconcile-account', queue: 'group-sync.interactive', paused: 'Jira upgrade' };
    const breaker = { state: 'open', code: 'jira.rate_limited' };
    expect(told({ run: undefined, pending: [paused], breaker })[2]).toMatchObject({
      text: expect.stringContaining('Jira upgrade'),
      action: 'Resume group-sync.interactive.',
    });
    expect(told({ run: undefined, pending: [{ ...paused, paused: null }], breaker })[2]).toMatchObject({
      code: 'jira.rate_limited',
    });
  });

  it('P31 tells of removals that the brake holds', () => {
    expect(told({ run: { ...run, changes: 0, held: 1 } })[3]!.text).toBe(
      'Jira had everything as it should be. The brake holds 1 removal.',
    );
  });
});
