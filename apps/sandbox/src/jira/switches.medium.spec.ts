import { readFile } from 'node:fs/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Fault } from './server/faults.js';
import { Switches } from './switches.js';
import { ForgingProvider } from './testing/forging-provider.js';
import { JiraUnderTest } from './testing/jira-under-test.js';
import { HttpBrowser } from '@gatehouse/testing';

let jira: JiraUnderTest;
beforeAll(async () => {
  jira = await JiraUnderTest.start();
});
afterEach(() => jira.tell('reset', {}));
afterAll(() => jira.close());

const basic = (text: string) => ({ authorization: `Basic ${Buffer.from(text).toString('base64')}` });
const turn = (switches: object) => jira.tell('switches', switches);

describe('the switches', () => {
  it('are all in the README of the sandbox', async () => {
    const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
    for (const name of Object.keys(Switches.shape)) expect(readme).toContain(`\`${name}\``);
    for (const kind of Fault.shape.kind.options) expect(readme).toContain(`\`${kind}\``);
  });

  it('are set at the start and while it runs; what is not named stays, and a reset goes back to the start', async () => {
    const other = await JiraUnderTest.start({ jiraVersion: '9.12', seats: 7 });
    const now = async () => (await fetch(`${other.control}/__test/switches`)).json();
    await other.tell('switches', { seats: 3 });
    expect(await now()).toMatchObject({ jiraVersion: '9.12', seats: 3, searchCap: 'pages', basicAuth: 'allowed' });
    await other.tell('switches', { jiraVersion: '11.3' });
    expect(await now()).toMatchObject({ seats: 3, searchCap: 'first-100', basicAuth: 'blocked' });
    await other.tell('reset', { keepSwitches: true });
    expect(await now()).toMatchObject({ jiraVersion: '11.3' });
    await other.tell('reset', {});
    expect(await now()).toMatchObject({ jiraVersion: '9.12', seats: 7 });
    await other.close();
  });

  it('are refused when nobody knows them', async () => {
    expect(await turn({ jiraVersion: '8.0' })).toBe(400);
    expect(await turn({ gremlins: true })).toBe(400);
    await expect(JiraUnderTest.start({ nodes: 0 })).rejects.toThrow();
  });
});

describe('jiraVersion', () => {
  it.each([
    ['9.12', 200, 200, 404, 200],
    ['10.3', 200, 405, 200, 401],
    ['11.3', 403, 405, 200, 401],
  ])('%s: Basic %i, GET group %i, user/list %i, mypermissions of a visitor %i', async (version, ...statuses) => {
    await turn({ jiraVersion: version });
    const answers = [
      jira.rest('GET', '/serverInfo', { token: null, headers: basic('admin:admin') }),
      jira.rest('GET', '/group?groupname=jira-support'),
      jira.rest('GET', '/user/list'),
      jira.rest('GET', '/mypermissions', { token: null }),
    ];
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(statuses);
    expect((await jira.rest('GET', '/serverInfo')).json()).toMatchObject({ version: expect.stringContaining(version) });
  });

  it('T11 searches in pages up to 9, and shows the first 100 since 10 whatever startAt says', async () => {
    for (let n = 0; n < 105; n += 1) await jira.createUser(`many-${n}`, { applicationKeys: [] });
    const found = async (startAt: number) =>
      (await jira.rest('GET', `/user/search?username=many&startAt=${startAt}&maxResults=1000`)).json<object[]>().length;
    expect([await found(0), await found(100)]).toEqual([100, 0]);
    await turn({ jiraVersion: '9.12' });
    expect([await found(0), await found(100)]).toEqual([105, 5]);
  });

  it('lists everybody by cursor since 10', async () => {
    await jira.createUser('listed');
    const first = (await jira.rest('GET', '/user/list?maxResults=1')).json<{ values: object[]; nextCursor: string }>();
    expect(first).toMatchObject({ isLast: false, values: [{ name: 'admin' }] });
    const second = (await jira.rest('GET', `/user/list?maxResults=1&cursor=${first.nextCursor}`)).json();
    expect(second).toMatchObject({ isLast: true, values: [{ name: 'listed' }] });
  });
});

describe('captchaAfter', () => {
  it('T06 F18 after so many wrong passwords the right one is refused too, until somebody gets through the form', async () => {
    await turn({ captchaAfter: 2 });
    const call = (password: string) =>
      jira.rest('GET', '/myself', { token: null, headers: basic(`admin:${password}`) });
    expect([(await call('wrong')).status, (await call('wrong')).status]).toEqual([401, 401]);
    const locked = await call('admin');
    expect(locked.status).toBe(403);
    expect(locked.headers.get('x-seraph-loginreason')).toBe('AUTHENTICATION_DENIED');
    expect(locked.headers.get('x-authentication-denied-reason')).toBe(
      `CAPTCHA_CHALLENGE; login-url=${jira.url}/login.jsp`,
    );
    expect((await jira.rest('GET', '/myself')).status).toBe(200);
    const browser = new HttpBrowser();
    await browser.submit(await browser.get(`${jira.url}/login.jsp`), { os_username: 'admin', os_password: 'admin' });
    expect((await call('admin')).status).toBe(200);
  });
});

describe('locale', () => {
  it('T08 says everything in another language, with the same status, fields and names', async () => {
    await turn({ locale: 'ko' });
    const missing = await jira.rest('GET', '/user?username=nobody');
    expect(missing.status).toBe(404);
    expect(missing.json()).toEqual({ errorMessages: [expect.stringMatching(/^요청.*'nobody'$/)], errors: {} });
    const taken = { name: 'admin', emailAddress: 'a@b', displayName: 'A' };
    const refused = (await jira.rest('POST', '/user', { body: taken })).json<{ errors: object }>();
    expect(refused.errors).toEqual({ username: expect.stringMatching(/^요청/) });
  });
});

describe('lowerCaseNames', () => {
  it('makes users in small letters', async () => {
    await turn({ lowerCaseNames: true });
    expect((await jira.createUser('Camel')).name).toBe('camel');
  });
});

describe('encodedSlash', () => {
  it('is within a name, or a page that is not of Jira', async () => {
    await jira.createUser('sla/sh');
    const end = () => jira.rest('DELETE', '/user/session/sla%2Fsh');
    expect((await end()).status).toBe(200);
    await turn({ encodedSlash: 'refused' });
    const refused = await end();
    expect([refused.status, refused.headers.get('content-type')]).toEqual([400, 'text/html;charset=utf-8']);
    expect((await jira.rest('GET', '/user?username=sla%2Fsh')).status).toBe(200);
  });
});

describe('nodes and replicationLagMs', () => {
  it('another node does not see a new user yet, while a second creation already meets it', async () => {
    await turn({ nodes: 2, replicationLagMs: 300 });
    const { key } = await jira.createUser('lagging'); // By the first node: the test's own call counts turns from 0.
    const elsewhere = await jira.rest('GET', '/user?username=lagging');
    const here = await jira.rest('GET', '/user?username=lagging');
    expect([elsewhere.headers.get('x-anodeid'), elsewhere.status]).toEqual(['sandbox2', 404]);
    expect([here.headers.get('x-anodeid'), here.status]).toEqual(['sandbox1', 200]);
    const again = { name: 'lagging', emailAddress: 'a@b', displayName: 'A' };
    expect((await jira.rest('POST', '/user', { body: again })).status).toBe(400);
    while ((await jira.rest('GET', `/user?key=${key}`)).status === 404);
    expect((await jira.rest('GET', '/cluster/nodes')).json<object[]>()).toHaveLength(2);
  });

  it('a Jira alone is no cluster', async () => {
    expect((await jira.rest('GET', '/cluster/nodes')).status).toBe(405);
  });
});

describe('state', () => {
  it.each([
    ['RUNNING', 200],
    ['STARTING', 200],
    ['MAINTENANCE', 503],
    ['ERROR', 500],
  ])('T19 %s is told with %i', async (state, status) => {
    await turn({ state });
    const answer = await jira.call('GET', '/status');
    expect([answer.status, answer.json()]).toEqual([status, { state }]);
  });
});

describe('jit', () => {
  it('T01 with groups takes every membership away that is not in the token, and makes who is missing', async () => {
    const provider = await ForgingProvider.start();
    await jira.addIdp(provider.issuer);
    await jira.createUser('ada');
    await jira.rest('POST', '/group/user?groupname=jira-support', { body: { name: 'ada' } });
    const login = async (name: string, groups: string[]) => {
      provider.forge = (draft) => ({
        ...draft,
        claims: { ...draft.claims, preferred_username: name, groups, email: 'x@y' },
      });
      await new HttpBrowser().get(`${jira.url}/plugins/servlet/external-login`);
    };
    const memberships = async () =>
      Object.fromEntries((await jira.state()).users.map(({ name, groups }) => [name, groups]));

    await login('ada', ['jira-developers']);
    expect(await memberships()).toMatchObject({ ada: ['jira-software-users', 'jira-support'] });
    await turn({ jit: 'groups' });
    await login('ada', ['jira-developers']);
    await login('grace', ['newcomers']);
    expect(await memberships()).toMatchObject({ ada: ['jira-developers'], grace: ['newcomers'] });
    await provider.close();
  });
});

describe('traces', () => {
  it('keep their users: nobody is deleted who has written issues or comments, or leads a project', async () => {
    await turn({ authors: ['Writer'], projectLeads: ['leader'] });
    for (const name of ['writer', 'leader', 'reader']) {
      await jira.createUser(name);
      const { status } = await jira.rest('DELETE', `/user?username=${name}`);
      expect([name, status]).toEqual([name, name === 'reader' ? 204 : 400]);
    }
    expect(await jira.user('writer')).toMatchObject({ name: 'writer', active: true });
  });
});
