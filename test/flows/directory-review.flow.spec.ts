import { describe, expect, it } from '@jest/globals';
import { ConfigExport, DirectoryLinkPage, PlanSummary, ReviewedGroupPage } from '@gatehouse/contracts';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import { adminToken, Installation } from './support/installation.js';
import { jiraFollows, jiraGroupsFollow } from './support/jira-follows.js';
import { jiraUser, signInAndArrive } from './support/sandbox.js';
import { okta, scim, ScimClient } from './support/scim-client.js';
import { sharedSite } from './support/site.js';

describe('a directory is reviewed before its first synchronization', () => {
  const site = sharedSite(() => Installation.start());
  const api = (path: string, method = 'GET', body?: object) =>
    fetch(`${site().base}/api/v1/${path}`, {
      method,
      headers: {
        ...{ authorization: `Bearer ${adminToken}`, accept: 'application/json', 'if-match': '*' },
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
  const userOf = (name: string) => ({
    ...{ schemas: [scim.user], userName: name, displayName: `${name} of the directory`, active: true },
    emails: [{ primary: true, value: `${name}@example.com`, type: 'work' }],
  });

  it('P17 P28 X44 nothing reaches Jira until somebody has looked, and then what was decided', async () => {
    const document = ConfigExport.parse(await (await api('config')).json());
    const partner = document.mappings['partner']!;
    partner.directory.provisioning = 'review';
    partner.directory.linking.onMatch = 'ask';
    expect((await api('config', 'PUT', document)).status).toBe(200);
    await signInAndArrive(new HttpBrowser(), site(), 'ada');
    await jiraGroupsFollow(site(), 'ada', ['jira-developers']);

    // SCIM is answered as always, and finds what it was told: also somebody who has an account already.
    const directory = new ScimClient(site().base, { ...okta, token: 'sandbox-scim-token-b' });
    const [ada, mary] = [
      (await directory.must(201, 'POST', '/Users', userOf('ada'))).id,
      (await directory.must(201, 'POST', '/Users', userOf('mary'))).id,
    ];
    await directory.must(409, 'POST', '/Users', userOf('ADA'));
    expect(await directory.find('Users', 'userName eq "Ada"')).toHaveLength(1);
    const group = { schemas: [scim.group], displayName: 'support', members: [{ value: ada }, { value: mary }] };
    await directory.must(201, 'POST', '/Groups', group);

    const foreseen = PlanSummary.parse(await (await api('providers/partner/dry-run', 'POST')).json());
    const told = new Map(foreseen.affected.map((person) => [person.identity, person]));
    const gains = told.get(mary)?.gains.map((gain) => gain.group);
    expect(gains?.toSorted()).toEqual(['jira-software-users', 'jira-support']);
    expect(told.get(ada)).toMatchObject({ gains: [], refusal: { to: 'match.link_undecided' } });
    const { items } = ReviewedGroupPage.parse(await (await api('providers/partner/review/groups')).json());
    expect(items).toMatchObject([
      { name: 'support', members: 2, leadsTo: [{ group: 'jira-support', exists: true }], conflict: true },
    ]);
    const decision = { verdict: 'rename', to: 'partner-support', reason: 'theirs is another team' };
    expect((await api(`providers/partner/review/groups/${items[0]!.group}`, 'PUT', decision)).status).toBe(200);
    expect(await jiraUser(site(), 'mary')).toBeUndefined();

    const apply = { remaining: 'asMapped', note: 'looked at' };
    expect((await api('providers/partner/review/apply', 'POST', apply)).status).toBe(200);
    const isIn = async (name: string) => (await jiraUser(site(), name))?.groups.includes('partner-support') === true;
    await waitFor(() => isIn('mary'), { timeoutMs: 20_000, what: 'mary to be in the group that was made' });
    await jiraFollows(site(), 'mary', { displayName: 'mary of the directory', active: true });
    await jiraGroupsFollow(site(), 'mary', []);

    // Who met an account of a sign-in waits for an administrator.
    const waiting = async () =>
      DirectoryLinkPage.parse(await (await api('directory-links?provider=partner')).json()).items[0];
    const asked = await waitFor(waiting, { timeoutMs: 20_000, what: 'the question about ada' });
    expect(asked).toMatchObject({ person: ada, by: 'userName', username: 'ada' });
    expect(await isIn('ada')).toBe(false);
    const verdict = { verdict: 'link', account: asked!.account, reason: 'the same person' };
    expect((await api(`directory-links/${ada}/decide`, 'POST', verdict)).status).toBe(200);
    await waitFor(() => isIn('ada'), { timeoutMs: 20_000, what: 'ada to be in the group that was made' });
    await jiraGroupsFollow(site(), 'ada', ['jira-developers']);
  }, 120_000);
});
