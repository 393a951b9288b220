import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { GatehouseError } from '@gatehouse/errors';
import { HttpJiraClient, HttpJiraDirectory } from '@gatehouse/jira-client';
import { createLogger } from '@gatehouse/telemetry';
import { JiraUnderTest } from '../../apps/sandbox/src/jira/testing/jira-under-test.js';

const internal = { name: 'Jira Internal Directory', mode: 'writable' };
const ldap = { name: 'LDAP', mode: 'readOnly' };

let jira: JiraUnderTest;
let client: HttpJiraClient;
let directory: HttpJiraDirectory;
beforeAll(async () => {
  jira = await JiraUnderTest.start({ tokens: { 'sandbox-admin-token': 'admin' } });
  const options = { url: new URL(jira.url), token: 'sandbox-admin-token', logger: createLogger('silent') };
  client = new HttpJiraClient(options);
  directory = new HttpJiraDirectory(options);
});
beforeEach(() => jira.tell('reset', {}));
afterAll(() => jira.close());

const turn = (switches: object) => jira.tell('switches', switches);

async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
  const error: unknown = await promise.catch((reason: unknown) => reason);
  return error instanceof GatehouseError ? error.code : undefined;
}

describe('a name in Jira', () => {
  it('X35 is taken in any case, is free when nobody has it, and is remembered when its user was deleted', async () => {
    const { key } = await jira.createUser('ada');
    expect(await directory.holderOf('ADA')).toEqual({ key, deleted: false });
    expect(await directory.holderOf('grace')).toBeUndefined();
    await jira.rest('DELETE', '/user?username=ada');
    expect(await directory.holderOf('ada')).toEqual({ key, deleted: true });
  });

  it('P06 P07 is said to be in several directories, by their names and in their order', async () => {
    await jira.createUser('ada');
    await turn({ directories: [internal, ldap] });
    expect([...(await directory.duplicatedUsers())!]).toEqual([]);
    await jira.tell('users', { name: 'Ada', directory: 'LDAP', displayName: 'Ada', emailAddress: 'a@x' });
    expect([...(await directory.duplicatedUsers())!]).toEqual([
      [
        'ada',
        [
          { directory: 'Jira Internal Directory', active: true },
          { directory: 'LDAP', active: true },
        ],
      ],
    ]);
  });

  it('P06 that is renamed under a copy leaves another person under the old name', async () => {
    const { key } = await jira.createUser('ada');
    await turn({ directories: [internal, ldap] });
    await jira.tell('users', { name: 'ada', directory: 'LDAP', displayName: 'Below', emailAddress: 'a@x' });
    await client.renameUser(key, 'countess');
    expect(await client.findUser({ key })).toMatchObject({ name: 'countess' });
    const below = await client.findUser({ username: 'ada' });
    expect(below).toMatchObject({ displayName: 'Below' });
    expect(below!.key).not.toBe(key);
  });

  it('P06 of a lower directory cannot be taken', async () => {
    const { key } = await jira.createUser('ada');
    await turn({ directories: [internal, ldap] });
    await jira.tell('users', { name: 'grace', directory: 'LDAP', displayName: 'Grace', emailAddress: 'g@x' });
    expect(await codeOf(client.renameUser(key, 'Grace'))).toBe('jira.username_taken');
  });
});

describe('groups of Jira', () => {
  it('S36 are found by a part of their name, 20 at a time, with the number of all', async () => {
    for (let n = 0; n < 25; n += 1) await jira.rest('POST', '/group', { body: { name: `Team ${n} <b>` } });
    const found = await directory.findGroups('team');
    expect(found.total).toBe(25);
    expect(found.names).toHaveLength(20);
    expect(found.names[0]).toBe('Team 0 <b>');
    expect(await directory.findGroups('no such group')).toEqual({ total: 0, names: [] });
  });
});

describe('a username in two directories', () => {
  it('P07 gets a group where Jira looks for it, in the first one', async () => {
    await jira.createUser('ada');
    await turn({ directories: [{ name: 'LDAP', mode: 'readOnlyLocalGroups' }, internal] });
    await jira.tell('users', { name: 'ada', directory: 'LDAP', displayName: 'Ada', emailAddress: 'a@x' });
    await client.addToGroup('ada', 'jira-developers');
    expect((await client.findUser({ username: 'ada' }))!.groups).toEqual(['jira-developers']);
    await turn({ directories: [internal, { name: 'LDAP', mode: 'readOnlyLocalGroups' }] });
    expect((await client.findUser({ username: 'ada' }))!.groups).toEqual(['jira-software-users']);
  });
});

describe('somebody who leads', () => {
  it.each(['en', 'ko'])('P29 a project is not deactivated, and a person is told why (%s)', async (locale) => {
    await jira.createUser('ada');
    await turn({ projectLeads: ['ada'], locale });
    expect(await client.setActive('ada', false).catch((error: unknown) => error)).toMatchObject({
      name: 'TerminalError',
      code: 'jira.user_is_lead',
    });
    expect(await client.findUser({ username: 'ada' })).toMatchObject({ active: true });
    await turn({ projectLeads: [] });
    await client.setActive('ada', false);
    expect(await client.findUser({ username: 'ada' })).toMatchObject({ active: false });
  });

  it('P29 a component is not deactivated either; Jira does not show whom it is about', async () => {
    await jira.createUser('ada');
    await turn({ componentLeads: ['ada'], projectLeads: ['admin'] });
    expect(await codeOf(client.setActive('ada', false))).toBe('jira.deactivation_refused');
  });
});

describe('a user who is removed', () => {
  it.each(['en', 'ko'])('X32 is gone with the key, unless somebody has left traces in Jira (%s)', async (locale) => {
    await turn({ authors: ['ada'], locale });
    const [ada, grace] = [await jira.createUser('ada'), await jira.createUser('grace')];
    expect([await client.removeUser(ada.key), await client.removeUser(grace.key)]).toEqual(['kept', 'removed']);
    expect(await client.removeUser(grace.key)).toBe('removed');
    expect(await client.findUser({ key: ada.key })).toMatchObject({ name: 'ada', active: true });
    expect(await client.findUser({ key: grace.key })).toBeUndefined();
    expect((await jira.createUser('grace')).key).not.toBe(grace.key);
  });
});

describe('a profile', () => {
  it('P30 that is changed in one field keeps the others, and what Jira made of it is read', async () => {
    const { key } = await jira.createUser('ada');
    await client.updateUser(key, { displayName: 'Ada Lovelace' });
    expect(await client.findUser({ key })).toMatchObject({
      displayName: 'Ada Lovelace',
      emailAddress: 'ada@example.com',
      active: true,
    });
    expect((await jira.user('ada')).groups.size).toBe(1);
  });
});
