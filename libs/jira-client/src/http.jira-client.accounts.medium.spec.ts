import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@gatehouse/telemetry';
import { ScriptedJira, envelope, jiraUser } from '../test/scripted-jira.js';
import { HttpJiraClient } from './http.jira-client.js';
import { HttpJiraReader } from './http.jira-reader.js';

let jira: ScriptedJira;
let client: HttpJiraClient;
let reader: HttpJiraReader;

beforeAll(async () => {
  jira = await ScriptedJira.start();
  const options = { url: jira.url, token: 'token', logger: createLogger('silent') };
  client = new HttpJiraClient(options);
  reader = new HttpJiraReader(options);
});
afterEach(() => expect(jira.differences).toEqual([]));
afterAll(() => jira.close());

const property = '/rest/api/2/user/properties/my%20department?userKey=K1';
const members = 'GET /rest/api/2/group/member?groupname=admins&includeInactiveUsers=false&maxResults=2';

describe('groups', () => {
  const create = 'POST /rest/api/2/group';

  it('S41 are made, and one that exists is success', async () => {
    jira.play({ on: create, status: 201, body: { name: 'team' } });
    expect(await client.createGroup('team')).toBe('created');
    jira.play(
      { on: create, status: 400, body: envelope('A group of this name exists') },
      { on: 'GET /rest/api/2/group/member?groupname=team&maxResults=1', body: { values: [] } },
    );
    expect(await client.createGroup('team')).toBe('exists');
  });

  it('whose name Jira does not accept are refused for good', async () => {
    jira.play(
      { on: create, status: 400, body: envelope('no') },
      { on: 'GET /rest/api/2/group/member?groupname=t%3E&maxResults=1', status: 404, body: envelope('no such group') },
    );
    await expect(client.createGroup('t>')).rejects.toMatchObject({ code: 'jira.request_refused' });
  });

  it('P03 are asked for another member, in whatever case', async () => {
    const member = (name: string) => ({ name, active: true });
    jira.play({ on: members, body: { values: [member('ADA')] } });
    expect(await reader.begin(5_000).hasOtherMember('admins', 'ada')).toBe(false);
    jira.play({ on: members, body: { values: [member('ada'), member('root')] } });
    expect(await reader.begin(5_000).hasOtherMember('admins', 'ada')).toBe(true);
  });
});

describe('S25 user properties', () => {
  it('are read with their values, written and removed', async () => {
    jira.play(
      { on: 'GET /rest/api/2/user/properties?userKey=K1', body: { keys: [{ self: 'x', key: 'my department' }] } },
      { on: `GET ${property}`, body: { key: 'my department', value: 'Ops' } },
    );
    expect(await client.userProperties('K1')).toEqual({ 'my department': 'Ops' });
    jira.play({ on: `PUT ${property}`, status: 201 });
    await client.setUserProperty('K1', 'my department', 'Dev');
    expect(jira.received.at(-1)?.body).toBe('Dev');
    jira.play({ on: `DELETE ${property}`, status: 404, body: envelope('no such property') });
    await client.removeUserProperty('K1', 'my department');
  });
});

describe('S60 activating', () => {
  const update = 'PUT /rest/api/2/user?username=ada';
  const read = 'GET /rest/api/2/user?username=ada&expand=groups';

  it('counts once Jira shows it', async () => {
    jira.play({ on: update, body: jiraUser([]) }, { on: read, body: jiraUser([]) });
    await client.setActive('ada', true);
    jira.play({ on: update, body: jiraUser([]) }, { on: read, body: jiraUser([], { active: false }) });
    await expect(client.setActive('ada', true)).rejects.toMatchObject({ code: 'jira.request_refused' });
  });
});
