import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JiraUnderTest } from '../testing/jira-under-test.js';

describe('/rest/servicedeskapi', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start({ jsm: true, contextPath: '/jira' });
  });
  afterAll(() => jira.close());

  const call = (method: string, path: string, body?: unknown) =>
    jira.call(method, `/rest/servicedeskapi${path}`, { body, headers: { 'x-experimentalapi': 'opt-in' } });
  const names = async (path: string) =>
    (await call('GET', path)).json<{ values: { name: string }[] }>().values.map(({ name }) => name);

  it('a customer is named by the e-mail address, has no seat, and is told by fullName', async () => {
    const answer = await call('POST', '/customer', { email: 'cleo@example.com', fullName: 'Cleo' });
    expect(answer.status).toBe(201);
    expect(await jira.user('cleo@example.com')).toMatchObject({ displayName: 'Cleo', applicationRoles: { size: 0 } });
    expect((await call('POST', '/customer', { email: 'CLEO@example.com', fullName: 'C' })).status).toBe(400);
    expect((await call('POST', '/customer', { email: 'c@example.com', displayName: 'C' })).status).toBe(400);
  });

  it('customers of a desk are put there and taken away in bulk, by a DELETE with a body', async () => {
    await call('POST', '/customer', { email: 'd@example.com', fullName: 'D' });
    const usernames = ['d@example.com', 'admin'];
    expect((await call('POST', '/servicedesk/1/customer', { usernames })).status).toBe(204);
    expect(await names('/servicedesk/1/customer')).toEqual(usernames);
    expect(await names('/servicedesk/1/customer?query=d@ex')).toEqual(['d@example.com']);
    expect((await call('DELETE', '/servicedesk/1/customer', { usernames: ['admin'] })).status).toBe(204);
    expect(await names('/servicedesk/1/customer')).toEqual(['d@example.com']);
    expect((await call('POST', '/servicedesk/1/customer', { usernames: ['nobody'] })).status).toBe(400);
    expect((await call('GET', '/servicedesk/9/customer')).status).toBe(404);
  });

  it('organisations may share a name, have members in bulk and belong to desks', async () => {
    const create = async () => (await call('POST', '/organization', { name: 'ACME' })).json<{ id: string }>().id;
    const [one, other] = [await create(), await create()];
    expect(one).not.toBe(other);
    expect((await call('POST', `/organization/${one}/user`, { usernames: ['admin'] })).status).toBe(204);
    expect(await names(`/organization/${one}/user`)).toEqual(['admin']);
    const link = { organizationId: Number(one) };
    expect((await call('POST', '/servicedesk/1/organization', link)).status).toBe(204);
    expect((await call('GET', '/servicedesk/1/organization')).json()).toMatchObject({
      size: 1,
      start: 0,
      isLastPage: true,
      values: [{ id: one, name: 'ACME' }],
    });
    expect((await call('DELETE', `/organization/${one}/user`, { usernames: ['admin'] })).status).toBe(204);
    expect((await call('DELETE', `/organization/${one}`)).status).toBe(204);
    expect((await call('GET', `/organization/${one}`)).status).toBe(404);
    expect(await names('/servicedesk/1/organization')).toEqual([]);
  });

  it('asks to opt in, is for administrators to change, and is not there without the product', async () => {
    expect((await jira.call('GET', '/rest/servicedeskapi/info')).status).toBe(412);
    expect((await call('GET', '/info')).status).toBe(200);
    await jira.tell('switches', { jsm: false });
    expect((await call('GET', '/info')).status).toBe(404);
  });
});
