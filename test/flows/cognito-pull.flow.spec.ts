import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DirectorySync } from '@gatehouse/contracts';
import { waitFor } from '@gatehouse/testing';
import { AdminApi } from './support/admin-api.js';
import { CognitoLocal } from './support/cognito-local.js';
import { Installation } from './support/installation.js';
import { jiraFollows, jiraGroupsFollow } from './support/jira-follows.js';
import { sharedSite } from './support/site.js';

const who = 'load-0042';

describe('a Cognito user pool that is read, because Cognito pushes nothing', () => {
  const site = sharedSite(() => Installation.start());
  let cognito: CognitoLocal;
  let api: AdminApi;

  beforeAll(async () => {
    cognito = await CognitoLocal.start();
    api = new AdminApi(site());
    const document = await api.config();
    const { pullSync } = cognito;
    await api.call('PUT', 'config', {
      ...document,
      providers: { ...document.providers, cognito: { ...document.providers['cognito'], pullSync } },
    });
  }, 60_000);
  afterAll(() => cognito.close());

  async function sync(): Promise<DirectorySync> {
    const path = 'providers/cognito/directory-syncs';
    let seen = DirectorySync.parse(await api.call('POST', path, { reason: 'a flow test' }));
    const isOver = async () => {
      seen = DirectorySync.parse(await api.call('GET', `${path}/${seen.id}`));
      return seen.finishedAt !== null;
    };
    await waitFor(isOver, { timeoutMs: 30_000, what: 'the sync' }).catch(() => expect(seen).toBe('over'));
    return seen;
  }

  it('S67 a user and a group there become an account and a membership in Jira', async () => {
    await cognito.addUser(who);
    await cognito.ask('CreateGroup', { GroupName: 'dev' });
    await cognito.ask('AdminAddUserToGroup', { Username: who, GroupName: 'dev' });
    expect(await sync()).toMatchObject({ state: 'done', people: { created: 1 }, membersChanged: 1, problem: null });
    await jiraFollows(site(), who, {
      active: true,
      displayName: `The ${who}`,
      emailAddress: `${who}@example.com`,
    });
    await jiraGroupsFollow(site(), who, ['jira-developers']);
  }, 120_000);

  it('leaving the group there is leaving it in Jira', async () => {
    await cognito.ask('AdminRemoveUserFromGroup', { Username: who, GroupName: 'dev' });
    expect(await sync()).toMatchObject({ state: 'done', membersChanged: 1, people: { changed: 0, removed: 0 } });
    await jiraGroupsFollow(site(), who, []);
  }, 120_000);

  it('I4 somebody disabled there is deactivated in Jira, and comes back with them', async () => {
    await cognito.ask('AdminDisableUser', { Username: who });
    await sync();
    await jiraFollows(site(), who, { active: false });
    await cognito.ask('AdminEnableUser', { Username: who });
    await sync();
    await jiraFollows(site(), who, { active: true });
  }, 120_000);

  it('P31 somebody deleted there is deactivated in Jira', async () => {
    await cognito.ask('AdminDeleteUser', { Username: who });
    expect(await sync()).toMatchObject({ state: 'done', people: { absent: 1, removed: 1 } });
    await jiraFollows(site(), who, { active: false });
  }, 120_000);

  it('S08 the secret access key is in no log line and in no export', async () => {
    const { secretAccessKey } = cognito.pullSync as { secretAccessKey: string };
    expect(site().logLines.filter((line) => line.includes(secretAccessKey))).toEqual([]);
    expect(JSON.stringify(await api.config())).not.toContain(secretAccessKey);
  });
});
