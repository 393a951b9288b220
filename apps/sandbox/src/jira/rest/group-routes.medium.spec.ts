import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { JiraUnderTest } from '../testing/jira-under-test.js';
import { GroupBean, MemberPage } from './rest-shapes.js';

describe('/rest/api/2/group', () => {
  let jira: JiraUnderTest;
  beforeAll(async () => {
    jira = await JiraUnderTest.start({ nestedGroups: { outer: ['inner'], inner: ['outer'] } });
  });
  afterAll(() => jira.close());

  const add = (group: string, name: string) =>
    jira.rest('POST', `/group/user?groupname=${encodeURIComponent(group)}`, { body: { name } });
  const remove = (group: string, name: string) =>
    jira.rest('DELETE', `/group/user?groupname=${encodeURIComponent(group)}&username=${encodeURIComponent(name)}`);
  const members = async (query: string) => MemberPage.parse((await jira.rest('GET', `/group/member?${query}`)).json());

  it('creates a group and answers it without members', async () => {
    const answer = await jira.rest('POST', '/group', { body: { name: 'Team / Größe' } });
    expect(answer.status).toBe(201);
    expect(GroupBean.parse(answer.json())).toMatchObject({ name: 'Team / Größe', users: { size: 0, items: [] } });
  });

  it.each(['jira-developers', 'JIRA-Developers', '', '  '])('refuses the name "%s": taken or empty', async (name) => {
    expect((await jira.rest('POST', '/group', { body: { name } })).status).toBe(400);
  });

  it('T07 adding a member again and removing somebody who is none are 400, not 409 or 404', async () => {
    await jira.createUser('member');
    expect(GroupBean.parse((await add('jira-support', 'member')).json()).users.size).toBe(1);
    const again = await add('JIRA-Support', 'MEMBER');
    expect(again.status).toBe(400);
    expect(again.json()).toEqual({
      errorMessages: ["Cannot add user 'member', user is already a member of 'jira-support'"],
      errors: {},
    });
    expect(await remove('jira-support', 'member')).toMatchObject({ status: 200, text: '' });
    const none = await remove('jira-support', 'member');
    expect(none.status).toBe(400);
    expect(none.json()).toEqual({
      errorMessages: [
        "Cannot remove user 'member' from group 'jira-support' since user is not a member of 'jira-support'",
      ],
      errors: {},
    });
  });

  it('answers 404 for a group or a user who is not there, and 400 when no group is named', async () => {
    expect((await add('no-such-group', 'admin')).status).toBe(404);
    expect((await add('jira-support', 'nobody')).status).toBe(404);
    expect((await remove('no-such-group', 'admin')).status).toBe(404);
    expect((await remove('jira-support', 'nobody')).status).toBe(404);
    expect((await jira.rest('GET', '/group/member?groupname=no-such-group')).status).toBe(404);
    expect((await jira.rest('GET', '/group/member')).status).toBe(400);
    expect((await add('', 'admin')).status).toBe(400);
  });

  it('T12 reading a group by GET is gone', async () => {
    expect((await jira.rest('GET', '/group?groupname=jira-support')).status).toBe(405);
  });

  it('pages members ordered by name, 50 at most, with links on', async () => {
    await jira.rest('POST', '/group', { body: { name: 'crowd' } });
    for (let number = 0; number < 53; number += 1) {
      const name = `crowd-${String(number).padStart(2, '0')}`;
      await jira.createUser(name);
      await add('crowd', name);
    }
    const first = await members('groupname=CROWD&maxResults=1000');
    expect(first).toMatchObject({ maxResults: 50, startAt: 0, total: 53, isLast: false });
    expect(first.values[0]!.name).toBe('crowd-00');
    const next = MemberPage.parse(await (await fetchAsAdmin(first.nextPage!)).json());
    expect(next).toMatchObject({ startAt: 50, isLast: true });
    expect(next.nextPage).toBeUndefined();
    expect(next.values.map(({ name }) => name)).toEqual(['crowd-50', 'crowd-51', 'crowd-52']);
  });

  it('T10 hides inactive members unless asked, and shows those of nested groups', async () => {
    for (const name of ['outer', 'inner']) await jira.rest('POST', '/group', { body: { name } });
    for (const name of ['nested', 'asleep']) await jira.createUser(name);
    await add('inner', 'nested');
    await add('outer', 'asleep');
    await jira.rest('PUT', '/user?username=asleep', { body: { active: false } });
    expect((await members('groupname=outer')).values.map(({ name }) => name)).toEqual(['nested']);
    expect((await members('groupname=outer&includeInactiveUsers=true')).total).toBe(2);
    expect((await remove('outer', 'nested')).status).toBe(400);
  });

  it('deletes a group with its memberships', async () => {
    await jira.rest('POST', '/group', { body: { name: 'short-lived' } });
    await jira.createUser('orphan');
    await add('short-lived', 'orphan');
    expect(await jira.rest('DELETE', '/group?groupname=short-lived')).toMatchObject({ status: 200, text: '' });
    expect((await jira.user('orphan')).groups.items.map(({ name }) => name)).toEqual(['jira-software-users']);
    await jira.rest('POST', '/group', { body: { name: 'short-lived' } });
    expect((await members('groupname=short-lived')).total).toBe(0);
  });

  it('does not let the last administrator out', async () => {
    expect((await remove('jira-administrators', 'admin')).status).toBe(400);
    expect((await jira.rest('DELETE', '/group?groupname=jira-administrators')).status).toBe(400);
  });

  function fetchAsAdmin(address: string): Promise<Response> {
    return fetch(address, { headers: { authorization: 'Bearer sandbox-admin-token' } });
  }
});
