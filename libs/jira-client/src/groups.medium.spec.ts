import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { createLogger } from '@gatehouse/telemetry';
import { ScriptedJira, envelope } from '../test/scripted-jira.js';
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
