import { get } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JiraUnderTest } from '../testing/jira-under-test.js';

const browser = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36';

describe('who may call REST', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start({ tokens: { 'sandbox-admin-token': 'admin', 'plain-token': 'plain' } });
    await jira.createUser('plain', { password: 'pässword:1' });
  });
  afterAll(() => jira.close());

  it.each([
    ['GET', '/user?username=admin'],
    ['GET', '/user/search?username=.'],
    ['GET', '/group/member?groupname=jira-support'],
    ['GET', '/myself'],
    ['GET', '/applicationrole'],
    ['POST', '/user'],
    ['PUT', '/user?username=admin'],
    ['DELETE', '/user?username=admin'],
    ['POST', '/group'],
    ['POST', '/group/user?groupname=jira-support'],
    ['DELETE', '/group/user?groupname=jira-support&username=admin'],
    ['DELETE', '/user/session/admin'],
  ])('anonymous callers are answered 401: %s %s', async (method, path) => {
    const answer = await jira.rest(method, path, { token: null });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('x-ausername')).toBe('anonymous');
    expect(answer.headers.get('www-authenticate')).toContain('OAuth');
    expect(answer.json()).toMatchObject({ errorMessages: [expect.any(String)], errors: {} });
  });

  it.each([
    ['GET', '/group/member?groupname=jira-support'],
    ['GET', '/applicationrole'],
    ['POST', '/user'],
    ['PUT', '/user?username=admin'],
    ['DELETE', '/user?username=admin'],
    ['POST', '/group'],
    ['POST', '/group/user?groupname=jira-support'],
    ['DELETE', '/group/user?groupname=jira-support&username=admin'],
    ['DELETE', '/user/session/admin'],
  ])('users who administer nothing are answered 403: %s %s', async (method, path) => {
    expect((await jira.rest(method, path, { token: 'plain-token' })).status).toBe(403);
  });

  it('users who administer nothing may read users and themselves', async () => {
    expect((await jira.rest('GET', '/user?username=admin', { token: 'plain-token' })).status).toBe(200);
    expect((await jira.rest('GET', '/myself', { token: 'plain-token' })).json()).toMatchObject({ name: 'plain' });
  });

  it('T05 a token that opens nothing is 401 on myself and serverInfo, and anonymous elsewhere', async () => {
    for (const path of ['/myself', '/serverInfo']) {
      const answer = await jira.rest('GET', path, { token: 'expired' });
      expect(answer.status).toBe(401);
      expect(answer.headers.get('x-seraph-loginreason')).toBeNull();
    }
    const options = await jira.call('GET', '/rest/authconfig/1.0/login-options', { token: 'expired' });
    expect(options.status).toBe(200);
    expect(options.headers.get('x-ausername')).toBe('anonymous');
  });

  it('serverInfo is public; deploymentType is Server, offsets have no colon, baseUrl is ours', async () => {
    const answer = await jira.rest('GET', '/serverInfo', { token: null });
    expect(answer.json()).toMatchObject({
      baseUrl: jira.url,
      deploymentType: 'Server',
      versionNumbers: [10, 3, 24],
      serverTime: expect.stringMatching(/T[\d:.]+\+0000$/),
    });
  });

  it('names the caller in X-AUSERNAME, and the node and the request', async () => {
    const { headers } = await jira.rest('GET', '/myself');
    expect(headers.get('x-ausername')).toBe('admin');
    expect(headers.get('x-anodeid')).toBeTruthy();
    expect(headers.get('x-arequestid')).toBeTruthy();
    expect(headers.get('content-type')).toBe('application/json;charset=UTF-8');
  });

  it('the token of an inactive user opens nothing', async () => {
    await jira.rest('PUT', '/user?username=plain', { body: { active: false } });
    expect((await jira.rest('GET', '/myself', { token: 'plain-token' })).status).toBe(401);
    await jira.rest('PUT', '/user?username=plain', { body: { active: true } });
  });

  it('a personal access token opens REST and no page', async () => {
    expect((await jira.call('GET', '/')).text).toContain('You are not signed in');
    expect((await jira.call('GET', '/browse/DEMO-1')).status).toBe(302);
  });

  it('takes HTTP Basic; a wrong password is an HTML 401 with a Seraph header, on every path', async () => {
    const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
    const right = await jira.rest('GET', '/myself', { token: null, headers: basic('plain:pässword:1') });
    expect(right.json()).toMatchObject({ name: 'plain' });
    expect(right.headers.get('x-seraph-loginreason')).toBe('OK');
    const wrong = await jira.rest('GET', '/serverInfo', { token: null, headers: basic('admin:wrong') });
    expect(wrong.status).toBe(401);
    expect(wrong.headers.get('content-type')).toContain('text/html');
    expect(wrong.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATED_FAILED');
  });

  it('T04 refuses Basic with 403 everywhere when that is switched on', async () => {
    const strict = await JiraUnderTest.start({ basicAuth: 'blocked' });
    const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
    const answer = await strict.rest('GET', '/serverInfo', { token: null, headers });
    await strict.close();
    expect(answer.status).toBe(403);
    expect(answer.json()).toEqual({ message: 'Basic Authentication has been disabled on this instance.' });
  });
});

describe('what REST refuses before any resource', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start();
  });
  afterAll(() => jira.close());

  const body = { name: 'xsrf-group' };

  it('a write of a browser from elsewhere, even with the token header', async () => {
    const headers = { 'user-agent': browser, 'x-atlassian-token': 'no-check' };
    const elsewhere: Record<string, string>[] = [
      {},
      { origin: 'https://evil.example' },
      { referer: 'https://evil.example/x' },
    ];
    for (const extra of elsewhere) {
      const answer = await jira.rest('POST', '/group', { body, headers: { ...headers, ...extra } });
      expect(answer).toMatchObject({ status: 403, text: 'XSRF check failed' });
    }
    expect((await jira.state()).groups).not.toContain('xsrf-group');
  });

  it('not a browser write from Jira itself, and not a read', async () => {
    const headers = { 'user-agent': browser, origin: new URL(jira.url).origin };
    expect((await jira.rest('POST', '/group', { body, headers })).status).toBe(201);
    expect((await jira.rest('GET', '/myself', { headers: { 'user-agent': browser } })).status).toBe(200);
  });

  it('a body that a form could send, without the token header', async () => {
    const headers = { 'content-type': 'text/plain' };
    expect((await jira.rest('POST', '/group', { body: '{"name":"y"}', headers })).status).toBe(403);
    const withToken = { ...headers, 'x-atlassian-token': 'no-check' };
    expect((await jira.rest('POST', '/group', { body: '{"name":"y"}', headers: withToken })).status).toBe(415);
  });

  it('a body that is no JSON, no body, and one of the wrong shape', async () => {
    expect((await jira.rest('POST', '/group', { body: '{"name"' })).status).toBe(400);
    expect((await jira.rest('POST', '/group')).status).toBe(400);
    expect((await jira.rest('POST', '/group', { body: { name: 7 } })).status).toBe(400);
    expect((await jira.rest('POST', '/group', { body: { groupname: 'y' } })).status).toBe(400);
  });

  it('unknown resources as Jira does, and unknown pages with a page', async () => {
    const answer = await jira.rest('GET', '/nothing');
    expect(answer.status).toBe(404);
    expect(answer.json()).toEqual({ message: `null for uri: ${jira.url}/rest/api/2/nothing`, 'status-code': 404 });
    expect((await jira.rest('PATCH', '/user')).status).toBe(405);
    const page = await jira.call('GET', '/nothing');
    expect(page.status).toBe(404);
    expect(page.text).toContain('dead link');
  });

  it('addresses that are not encoded as they should be, without falling over', async () => {
    const address = new URL(jira.url);
    for (const path of ['/browse/%E0%A4%A', '/rest/api/2/%ZZ']) {
      expect(await rawStatus(address, path)).toBe(400);
    }
    expect((await jira.call('GET', '/browse/%25zz%20x')).status).toBe(302);
  });

  it('answers the same under /rest/api/latest', async () => {
    expect((await jira.call('GET', '/rest/api/latest/myself')).json()).toMatchObject({ name: 'admin' });
  });

  it('tells at /status that it runs, to anybody', async () => {
    expect((await jira.call('GET', '/status', { token: null })).json()).toEqual({ state: 'RUNNING' });
  });
});

/** `fetch` would mend the address. */
function rawStatus({ hostname, port }: URL, path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    get({ hostname, port, path }, (response) => {
      response.resume();
      resolve(response.statusCode);
    }).on('error', reject);
  });
}
