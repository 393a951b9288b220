import { describe, expect, it } from '@jest/globals';
import { Settings } from '@gatehouse/contracts';
import type { AdoptionWord } from './adoption.js';
import { desiredAccess } from './desired-access.js';
import { identityOfDirectoryUser } from './directory-user.js';
import { lookForUser } from './look-for-user.js';
import { ada, configOf } from './mapping.fixture.js';
import { matchAccount } from './match-account.js';
import type { JiraUserFacts } from './match-account.js';

const person = identityOfDirectoryUser({
  ...{ provider: 'p', userName: 'ada', externalId: null, standing: 'active', groups: [], groupsAreWhole: true },
  resource: { emails: [{ value: 'ada@example.com' }] },
});
const user = (key: string, change: Partial<JiraUserFacts> = {}): JiraUserFacts => ({
  ...{ key, name: 'ada', emailAddress: 'ada@example.com', displayName: 'Ada', active: true, groups: [], ...change },
});

describe.each(['username', 'email'] as const)('P17 X29 once somebody of a directory has signed in, by %s', (match) => {
  const config = configOf({ p: { match, directory: { linking: { onMatch: 'refuse' } } } });
  async function decide(there: readonly JiraUserFacts[], adoptionWord?: AdoptionWord) {
    const desired = desiredAccess({ identities: [person, ada('p')], nameFolded: 'ada', config, adoptionWord })!;
    const found = await lookForUser(desired, {
      byName: (username) => Promise.resolve(there.find(({ name }) => name === username.toLowerCase())),
      byEmail: (email) => Promise.resolve(there.filter(({ emailAddress }) => emailAddress === email)),
    });
    const decision = matchAccount({ found, desired, unansweredIntent: undefined, settings: Settings.parse({}) });
    return decision.kind === 'refuse' ? decision.code : decision.kind;
  }

  it('what an administrator has said of this very Jira user holds', async () => {
    expect(await decide([user('K')])).toBe('adopt');
    expect(await decide([user('K')], { jiraKey: 'K', verdict: 'refuse' })).toBe('match.link_refused');
    expect(await decide([user('K', { emailAddress: 'x@example.com' })], { jiraKey: 'K', verdict: 'link' })).toBe(
      'adopt',
    );
  });

  it('of every other user the rules of sign-ins hold', async () => {
    const word = { jiraKey: 'X', verdict: 'refuse' } as const;
    expect(await decide([user('K')], word)).toBe('adopt');
    expect(await decide([], word)).toBe('create');
    expect(await decide([user('K', { emailAddress: 'x@example.com' })], word)).toBe('match.email_differs');
    const outcome = match === 'email' ? 'adopt' : 'create';
    expect(await decide([user('K', { name: 'lovelace' })], word)).toBe(outcome);
  });
});
