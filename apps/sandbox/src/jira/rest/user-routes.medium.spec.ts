import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JiraUnderTest } from '../testing/jira-under-test.js';
import { UserBean } from './rest-shapes.js';

describe('/rest/api/2/user', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start();
  });
  afterAll(() => jira.close());

  it('creates a user with a key of its own that is not the username', async () => {
    const first = await jira.createUser('create-one');
    const second = await jira.createUser('create-two');
    expect(first.key).toMatch(/^JIRAUSER1\d{4}$/);
    expect(second.key).not.toBe(first.key);
    const answer = await jira.rest('GET', `/user?key=${first.key}`);
    expect(UserBean.parse(answer.json())).toMatchObject({ name: 'create-one', active: true });
  });

  it('T09 keeps groups.items empty without expand while its size is right', async () => {
    await jira.createUser('unexpanded');
    const plain = await jira.user('unexpanded', '');
    expect(plain.groups).toEqual({ size: 1, items: [] });
    expect(plain.applicationRoles).toEqual({ size: 1, items: [] });
    expect((await jira.user('unexpanded', 'groups')).groups.items).toEqual([
      expect.objectContaining({ name: 'jira-software-users' }),
    ]);
    expect((await jira.user('unexpanded', 'groups,applicationRoles')).applicationRoles.items).toHaveLength(1);
  });

  it('finds usernames in any case and keeps the case they were created with', async () => {
    const { key } = await jira.createUser('CamelCase');
    expect(await jira.user('CAMELcase')).toMatchObject({ key, name: 'CamelCase' });
  });

  it('T13 says a duplicate, in any case, under errors.username with 400', async () => {
    await jira.createUser('twin');
    const body = { name: 'TWIN', emailAddress: 't@example.com', displayName: 'T' };
    const answer = await jira.rest('POST', '/user', { body });
    expect(answer.status).toBe(400);
    expect(answer.json()).toEqual({
      errorMessages: [],
      errors: { username: 'A user with that username already exists.' },
    });
  });

  it.each([
    { name: 'a missing username', body: { emailAddress: 'a@b', displayName: 'A' }, field: 'username' },
    { name: 'a missing e-mail', body: { name: 'x', displayName: 'A' }, field: 'email' },
    { name: 'an e-mail that is none', body: { name: 'x', displayName: 'A', emailAddress: 'no' }, field: 'email' },
    { name: 'a missing display name', body: { name: 'x', emailAddress: 'a@b' }, field: 'fullname' },
    { name: 'a < in the username', body: { name: 'x<y', emailAddress: 'a@b', displayName: 'A' }, field: 'username' },
    {
      name: 'an application nobody knows',
      body: { name: 'x', emailAddress: 'a@b', displayName: 'A', applicationKeys: ['jira-unknown'] },
      field: 'applicationKeys',
    },
  ])('refuses $name by its field', async ({ body, field }) => {
    const answer = await jira.rest('POST', '/user', { body });
    expect(answer.status).toBe(400);
    expect(Object.keys(answer.json<{ errors: object }>().errors)).toEqual([field]);
  });

  it('refuses a field it does not know', async () => {
    const body = { username: 'x', name: 'x', emailAddress: 'a@b', displayName: 'A' };
    const answer = await jira.rest('POST', '/user', { body });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('username');
  });

  it.each([
    { name: 'T15 takes the default applications when applicationKeys is omitted', keys: undefined, groups: 1 },
    { name: 'gives the default group of a named application', keys: ['jira-software'], groups: 1 },
    { name: 'gives no application for an empty list', keys: [], groups: 0 },
  ])('$name', async ({ keys, groups }) => {
    const username = `apps-${keys?.length ?? 'none'}`;
    await jira.createUser(username, keys ? { applicationKeys: keys } : {});
    expect((await jira.user(username)).groups.items.map(({ name }) => name)).toEqual(
      ['jira-software-users'].slice(0, groups),
    );
  });

  it('changes what is given and leaves the rest', async () => {
    const { key } = await jira.createUser('partial');
    const answer = await jira.rest('PUT', `/user?key=${key}`, { body: { displayName: 'New Name' } });
    expect(answer.status).toBe(200);
    expect(await jira.user('partial')).toMatchObject({
      displayName: 'New Name',
      emailAddress: 'partial@example.com',
      active: true,
    });
  });

  it('renames: the key and the groups stay, the old name is gone and free', async () => {
    const { key } = await jira.createUser('old-name');
    const answer = await jira.rest('PUT', '/user?username=old-name', { body: { name: 'new-name' } });
    expect(answer.json()).toMatchObject({ key, name: 'new-name' });
    expect((await jira.rest('GET', '/user?username=old-name')).status).toBe(404);
    expect((await jira.user('new-name')).groups.size).toBe(1);
    expect((await jira.createUser('old-name')).key).not.toBe(key);
  });

  it('refuses to rename to a name that is taken, and allows another case of the own one', async () => {
    await jira.createUser('rename-me');
    const taken = await jira.rest('PUT', '/user?username=rename-me', { body: { name: 'ADMIN' } });
    expect(taken.status).toBe(400);
    expect(taken.json()).toMatchObject({ errors: { username: expect.any(String) } });
    expect((await jira.rest('PUT', '/user?username=rename-me', { body: { name: 'Rename-Me' } })).status).toBe(200);
  });

  it('deactivates and reactivates; groups stay', async () => {
    await jira.createUser('leaver');
    expect((await jira.rest('PUT', '/user?username=leaver', { body: { active: false } })).status).toBe(200);
    expect(await jira.user('leaver')).toMatchObject({ active: false, groups: { size: 1 } });
    await jira.rest('PUT', '/user?username=leaver', { body: { active: true } });
    expect(await jira.user('leaver')).toMatchObject({ active: true, groups: { size: 1 } });
  });

  it('refuses to deactivate or delete the caller', async () => {
    expect((await jira.rest('PUT', '/user?username=admin', { body: { active: false } })).status).toBe(400);
    expect((await jira.rest('DELETE', '/user?username=admin')).status).toBe(400);
    expect(await jira.user('admin')).toMatchObject({ active: true });
  });

  it('deletes with 204, and then the user is not there', async () => {
    await jira.createUser('deleted');
    const answer = await jira.rest('DELETE', '/user?username=deleted');
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect((await jira.rest('DELETE', '/user?username=deleted')).status).toBe(404);
  });

  it('answers 404 in its envelope for a user who is not there, and 400 when none is named', async () => {
    const missing = await jira.rest('GET', '/user?username=nobody');
    expect(missing.status).toBe(404);
    expect(missing.json()).toEqual({ errorMessages: ["The user named 'nobody' does not exist"], errors: {} });
    expect((await jira.rest('GET', '/user?key=JIRAUSER99999')).status).toBe(404);
    expect((await jira.rest('GET', '/user')).status).toBe(400);
    expect((await jira.rest('DELETE', '/user/session/nobody')).status).toBe(404);
  });

  it.each(['user+plus', 'with space', 'per%cent', 'sla/sh', 'zoë-ünïcode', 'mail@example.org'])(
    'takes the username %s, percent-encoded',
    async (name) => {
      await jira.createUser(name, { emailAddress: 'x@example.com' });
      expect((await jira.user(name)).name).toBe(name);
      expect((await jira.rest('DELETE', `/user/session/${encodeURIComponent(name)}`)).status).toBe(200);
    },
  );
});

describe('a licence with two seats', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start({ seats: 2 });
  });
  afterAll(() => jira.close());

  it('refuses the third user of the application, not the third user', async () => {
    await jira.createUser('second');
    const body = { name: 'third', emailAddress: 'a@b', displayName: 'Third' };
    expect((await jira.rest('POST', '/user', { body })).status).toBe(400);
    await jira.createUser('third', { applicationKeys: [] });
    const add = await jira.rest('POST', '/group/user?groupname=jira-software-users', { body: { name: 'third' } });
    expect(add.status).toBe(400);
    expect((await jira.rest('GET', '/applicationrole')).json<object[]>()).toEqual([
      expect.objectContaining({ numberOfSeats: 2, remainingSeats: 0, userCount: 2, hasUnlimitedSeats: false }),
    ]);
  });

  it('an inactive user gives the seat back', async () => {
    await jira.rest('PUT', '/user?username=second', { body: { active: false } });
    const add = await jira.rest('POST', '/group/user?groupname=jira-software-users', { body: { name: 'third' } });
    expect(add.status).toBe(201);
  });
});
