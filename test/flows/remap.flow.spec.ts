import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigExport } from '@gatehouse/contracts';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import { adminToken, Installation } from './support/installation.js';
import { jiraUser, signIn } from './support/sandbox.js';

describe('an administrator changes the mapping', () => {
  let installation: Installation;

  beforeAll(async () => {
    installation = await Installation.start();
  }, 60_000);
  afterAll(() => installation.discard());

  const config = (init: RequestInit = {}) =>
    fetch(`${installation.base}/api/v1/config`, {
      ...init,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', 'if-match': '*' },
    });

  it('and ada, who does not sign in again, is in the group that her claims lead to now', async () => {
    await signIn(new HttpBrowser(), installation, 'ada');
    expect((await jiraUser(installation, 'ada'))?.groups).not.toContain('jira-support');

    const document = ConfigExport.parse(await (await config()).json());
    document.mappings['cognito']!.groups.rules.push({ from: 'dev', to: 'jira-support' });
    const answer = await config({ method: 'PUT', body: JSON.stringify(document) });
    expect(answer.status).toBe(200);

    await waitFor(async () => (await jiraUser(installation, 'ada'))?.groups.includes('jira-support'), {
      timeoutMs: 10_000,
      what: 'ada to be in jira-support',
    });
    expect((await jiraUser(installation, 'ada'))?.groups).toContain('jira-developers');
  }, 30_000);
});
