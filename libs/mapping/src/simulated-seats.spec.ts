import { describe, expect, it } from '@jest/globals';
import { nobodyOnRecord } from './foresee-person.js';
import type { PersonOnRecord } from './foresee-person.js';
import { ada, configOf } from './mapping.fixture.js';
import { simulateSignIn } from './simulate-sign-in.js';

const software = { name: 'Jira Software', groups: ['jira-software-users'], remainingSeats: 3 };
const config = configOf({
  p: { autoActivate: true, groups: { keepExisting: false, rules: [{ from: 'dev', to: 'jira-software-users' }] } },
});

function known(jira: Partial<PersonOnRecord['jira']>, groups: readonly string[]): PersonOnRecord {
  const nobody = nobodyOnRecord('ada');
  const ledger = groups.map((group) => ({ group, provider: 'p', reason: 'rule dev', how: 'added' as const }));
  return { ...nobody, jira: { ...nobody.jira, key: 'JIRAUSER1', username: 'ada', active: true, ...jira }, ledger };
}

function seats(claimed: readonly string[], record?: PersonOnRecord) {
  const candidate = ada('p', claimed);
  const person = { candidate, identities: [candidate], nameFolded: record && 'ada', record };
  return simulateSignIn(person, config, [software]).seats;
}

const changeOf = (change: string, group: string | null) => ({
  state: 'known',
  applications: [{ application: 'Jira Software', remaining: 3, change, group, because: expect.any(String) }],
});

describe('P04 P32 seats of a simulated sign-in', () => {
  it('somebody new takes one where a group opens an application', () => {
    expect(seats(['dev'])).toEqual(changeOf('takes', 'jira-software-users'));
    expect(seats(['ops'])).toEqual(changeOf('none', null));
  });

  it('somebody known keeps theirs, or frees it', () => {
    expect(seats(['dev'], known({}, ['jira-software-users']))).toEqual(changeOf('keeps', 'jira-software-users'));
    expect(seats(['ops'], known({}, ['jira-software-users']))).toEqual(changeOf('frees', 'jira-software-users'));
  });

  it('whose user is inactive has none, and takes one by coming back', () => {
    const inactive = known({ active: false }, ['jira-software-users']);
    expect(seats(['dev'], inactive)).toEqual(changeOf('takes', 'jira-software-users'));
  });

  it('are not told of whoever would be refused, nor where Jira does not tell', () => {
    const candidate = ada('p', ['dev'], { email_verified: false });
    const refused = { candidate, identities: [candidate], nameFolded: undefined };
    expect(simulateSignIn(refused, config, [software]).seats).toMatchObject({ state: 'unknown' });
    const known = ada('p', ['dev']);
    const alone = { candidate: known, identities: [known], nameFolded: undefined };
    expect(simulateSignIn(alone, config).seats).toMatchObject({
      state: 'unknown',
      because: expect.stringContaining('Jira'),
    });
  });
});
