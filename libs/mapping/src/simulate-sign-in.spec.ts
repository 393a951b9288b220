import { describe, expect, it } from '@jest/globals';
import { desiredAccess } from './desired-access.js';
import { ada, configOf } from './mapping.fixture.js';
import { simulatedDifference, simulateSignIn } from './simulate-sign-in.js';

const rules = [{ from: 'dev', to: 'jira-developers' }];
const candidate = ada('p', ['dev']);
const alone = { candidate, identities: [candidate], nameFolded: undefined };

describe('U11 P32 a sign-in that does not take place', () => {
  it('decides by the function that every sign-in is decided by', () => {
    const config = configOf({ p: { groups: { rules } }, q: { groups: { defaultGroups: ['jira-users'] } } });
    const identities = [candidate, ada('q')];
    const { account, mapping, decision } = simulateSignIn({ candidate, identities, nameFolded: 'ada' }, config);
    const { groups, username, email, mayCreate } = desiredAccess({ identities, nameFolded: 'ada', config })!;
    expect(decision).toEqual({ kind: 'enter' });
    expect(account).toMatchObject({
      username,
      email,
      mayCreate,
      groups: { wanted: groups.wanted, holds: groups.holds },
    });
    expect(account!.groups.wanted).toEqual(['jira-developers', 'jira-users']);
    expect(mapping!.groups.wanted).toEqual(['jira-developers']);
  });

  it('says why somebody would be refused, also where a provider is off or gone', () => {
    const off = configOf({ p: {} }, { p: { enabled: false } });
    expect(simulateSignIn(alone, off)).toMatchObject({
      decision: { kind: 'refuse', code: 'login.provider_unknown', action: expect.any(String) },
      mapping: { username: 'Ada' },
      account: null,
    });
    expect(simulateSignIn(alone, configOf({ q: {} }))).toMatchObject({ mapping: null, account: null });
    const unverified = ada('p', ['dev'], { email_verified: false });
    expect(
      simulateSignIn({ ...alone, candidate: unverified, identities: [unverified] }, configOf({ p: {} })),
    ).toMatchObject({
      decision: { code: 'entry.email_not_verified' },
    });
  });

  it('tells what an edited configuration gives and takes; a refusal takes nothing', () => {
    const of = (to: string) => simulateSignIn(alone, configOf({ p: { groups: { rules: [{ from: 'dev', to }] } } }));
    const nobody = simulateSignIn(alone, configOf({ q: {} }));
    expect(simulatedDifference(of('a'), of('b'))).toEqual({ gained: ['b'], lost: ['a'] });
    expect(simulatedDifference(of('a'), of('A'))).toEqual({ gained: [], lost: [] });
    expect(simulatedDifference(of('a'), nobody)).toEqual({ gained: [], lost: [] });
    expect(simulatedDifference(nobody, of('a'))).toEqual({ gained: ['a'], lost: [] });
  });
});
