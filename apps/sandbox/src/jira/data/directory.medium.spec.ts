import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { internalDirectory } from '../switches.js';
import type { Switches } from '../switches.js';
import { JiraUnderTest } from '../testing/jira-under-test.js';

let jira: JiraUnderTest;
beforeAll(async () => {
  jira = await JiraUnderTest.start();
});
beforeEach(() => jira.tell('reset', {}));
afterAll(() => jira.close());

type Mode = Switches['directories'][number]['mode'];
const ldap = (mode: Mode) => ({ name: 'LDAP', mode });
const internal = (mode: Mode = 'writable') => ({ name: internalDirectory, mode });
const sync = (user: object) => jira.tell('users', user);
const add = (group: string, name: string) =>
  jira.rest('POST', `/group/user?groupname=${encodeURIComponent(group)}`, { body: { name } });

describe('a read-only directory', () => {
  beforeEach(async () => {
    await jira.tell('switches', { directories: [ldap('readOnly'), internal()] });
    await sync({ name: 'lena', directory: 'LDAP', emailAddress: 'l@x', displayName: 'Lena', groups: ['jira-support'] });
  });

  it.each([
    ['a profile', 'PUT', '/user?username=lena', { displayName: 'Other' }],
    ['what the profile says already', 'PUT', '/user?username=lena', { displayName: 'Lena' }],
    ['the active flag', 'PUT', '/user?username=lena', { active: false }],
    ['the name', 'PUT', '/user?username=lena', { name: 'lene' }],
    ['a membership', 'POST', '/group/user?groupname=jira-developers', { name: 'lena' }],
    ['a membership less', 'DELETE', '/group/user?groupname=jira-support&username=lena', undefined],
    ['the user', 'DELETE', '/user?username=lena', undefined],
  ])('T16 refuses %s, without naming a field', async (_what, method, path, body) => {
    const refused = await jira.rest(method, path, { body });
    expect(refused.status).toBe(400);
    expect(refused.json()).toEqual({ errorMessages: [expect.stringContaining('read-only')], errors: {} });
    await jira.tell('switches', { readOnlyStatus: 403 });
    expect((await jira.rest(method, path, { body })).status).toBe(403);
    expect(await jira.user('lena')).toMatchObject({ active: true, displayName: 'Lena', groups: { size: 1 } });
  });

  it('with local groups takes memberships all the same', async () => {
    await jira.tell('switches', { directories: [ldap('readOnlyLocalGroups'), internal()] });
    expect((await add('jira-developers', 'lena')).status).toBe(201);
    expect((await jira.rest('PUT', '/user?username=lena', { body: { displayName: 'Other' } })).status).toBe(400);
  });

  it('new users land in the first writable one; without any, nobody is made', async () => {
    await jira.createUser('new');
    expect((await jira.rest('PUT', '/user?username=new', { body: { displayName: 'N' } })).status).toBe(200);
    await jira.tell('switches', { directories: [ldap('readOnly'), internal('readOnly')] });
    const body = { name: 'never', emailAddress: 'a@b', displayName: 'N' };
    expect((await jira.rest('POST', '/user', { body })).status).toBe(400);
    expect((await jira.rest('POST', '/group', { body: { name: 'never' } })).status).toBe(400);
  });
});

describe('the same username in two directories', () => {
  it('an inactive copy on top hides the active one below, with its groups, under one key', async () => {
    const { key } = await jira.createUser('twin', { password: 'pw' });
    await jira.tell('switches', { directories: [ldap('readOnly'), internal()] });
    await sync({ name: 'Twin', directory: 'LDAP', active: false, displayName: 'Above', emailAddress: 't@x' });
    expect(await jira.user('twin')).toMatchObject({ key, active: false, displayName: 'Above', groups: { size: 0 } });
    const search = await jira.rest('GET', '/user/search?username=twin&includeInactive=true');
    expect(search.json<object[]>()).toHaveLength(1);

    await jira.tell('switches', { directories: [internal(), ldap('readOnly')] });
    expect(await jira.user('twin')).toMatchObject({ key, active: true, groups: { size: 1 } });
    expect((await jira.rest('DELETE', '/user?username=twin')).status).toBe(204);
    expect(await jira.user('twin')).toMatchObject({ key, displayName: 'Above' });
  });

  it('the internal directory is always one of them', async () => {
    expect(await jira.tell('switches', { directories: [ldap('writable')] })).toBe(400);
  });
});

describe('groups', () => {
  it('that are deleted take their memberships along; a group to swap to must exist', async () => {
    await jira.rest('POST', '/group', { body: { name: 'Team / A+B' } });
    await jira.createUser('member');
    await add('Team / A+B', 'member');
    const path = `/group?groupname=${encodeURIComponent('Team / A+B')}`;
    expect((await jira.rest('DELETE', `${path}&swapGroup=nothing`)).status).toBe(404);
    expect((await jira.rest('DELETE', `${path}&swapGroup=jira-support`)).status).toBe(200);
    expect((await jira.user('member')).groups.items).toEqual([
      expect.objectContaining({ name: 'jira-software-users' }),
    ]);
  });

  it('that are renamed by hand keep their members, and their old name is 404', async () => {
    await jira.createUser('member');
    await add('jira-support', 'member');
    await jira.tell('groups/rename', { from: 'jira-support', to: 'Support Crew' });
    expect((await add('jira-support', 'admin')).status).toBe(404);
    expect(await jira.rest('GET', '/group/member?groupname=support%20crew')).toMatchObject({ status: 200 });
    expect((await jira.user('member')).groups.items).toContainEqual(expect.objectContaining({ name: 'Support Crew' }));
  });
});

describe('seats and overflow', () => {
  it('by application, and a user who comes back takes one again', async () => {
    await jira.tell('switches', { jsm: true, seats: { 'jira-servicedesk': 1 } });
    await jira.createUser('one', { applicationKeys: ['jira-servicedesk'] });
    await jira.createUser('two', { applicationKeys: [] });
    const application = '/user/application?username=two&applicationKey=jira-servicedesk';
    expect((await jira.rest('POST', application)).status).toBe(400);
    await jira.rest('PUT', '/user?username=one', { body: { active: false } });
    expect((await jira.rest('POST', application)).status).toBe(200);
    expect((await jira.rest('PUT', '/user?username=one', { body: { active: true } })).json()).toMatchObject({
      errors: { active: expect.any(String) },
    });
    expect((await jira.rest('DELETE', application)).status).toBe(204);
    expect((await jira.rest('PUT', '/user?username=one', { body: { active: true } })).status).toBe(200);
  });

  it('a full licence that accepts lets one more in, who then cannot work', async () => {
    await jira.tell('switches', { seats: 1, overflow: 'accept' });
    await jira.createUser('more', { applicationKeys: [] });
    expect((await add('jira-software-users', 'more')).status).toBe(201);
    const [role] = (await jira.rest('GET', '/applicationrole')).json<object[]>();
    expect(role).toMatchObject({ numberOfSeats: 1, remainingSeats: -1, userCount: 2 });
  });
});

describe('the hash of the state', () => {
  it('is the same for the same people and groups, whatever the way there, and another after any change', async () => {
    const hash = async () => (await jira.state()).hash;
    const before = await hash();
    const { key } = await jira.createUser('passing');
    expect(await hash()).not.toBe(before);
    await jira.rest('PUT', `/user/properties/p?userKey=${key}`, { body: '"v"' });
    const withProperty = await hash();
    await jira.rest('DELETE', `/user/properties/p?userKey=${key}`);
    expect(await hash()).not.toBe(withProperty);
    await jira.rest('DELETE', '/user?username=passing');
    expect(await hash()).toBe(before);
  });
});
