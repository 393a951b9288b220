import { beforeAll, describe, expect, it } from '@jest/globals';
import { Installation } from './support/installation.js';
import { jiraFollows, jiraGroupsFollow } from './support/jira-follows.js';
import { okta, scim, ScimClient } from './support/scim-client.js';
import { sharedSite } from './support/site.js';

const people = ['load-0021', 'load-0022', 'load-0023'] as const;

describe('groups as Okta pushes them', () => {
  const site = sharedSite(() => Installation.start());
  let client: ScimClient;
  let [one, two, three] = ['', '', ''];
  let id = '';
  beforeAll(async () => {
    client = new ScimClient(site().base, okta);
    [one, two, three] = (await Promise.all(people.map(create))) as [string, string, string];
    for (const who of people) await jiraFollows(site(), who, { active: true });
  }, 60_000);

  async function create(userName: string): Promise<string> {
    const emails = [{ primary: true, value: `${userName}@example.com`, type: 'work' }];
    const body = { schemas: [scim.user], userName, displayName: userName, emails, groups: [], active: true };
    return (await client.must(201, 'POST', '/Users', body)).id;
  }

  /** Of the three, in their order. */
  async function areDevelopers(...expected: readonly boolean[]): Promise<void> {
    for (const [index, who] of people.entries())
      await jiraGroupsFollow(site(), who, expected[index] ? ['jira-developers'] : []);
  }

  const members = async () => {
    const group = await client.must(200, 'GET', `/Groups/${id}`);
    return (group.members ?? []).map(({ value }: { value: string }) => value).toSorted();
  };

  it('O5 a group is looked up and created with its members, and the mapping counts', async () => {
    expect(await client.find('Groups', 'displayName eq "dev"', '&startIndex=1&count=100')).toEqual([]);
    const body = { schemas: [scim.group], displayName: 'dev', members: [{ value: one, display: people[0] }] };
    ({ id } = await client.must(201, 'POST', '/Groups', body));
    await areDevelopers(true, false, false);
  }, 60_000);

  it('O4 O5 C57 a change of members comes with a rename that names the id, and keeps everybody else', async () => {
    await client.patch(
      `/Groups/${id}`,
      { op: 'replace', value: { id, displayName: 'dev' } },
      { op: 'add', path: 'members', value: [{ value: two, display: people[1] }] },
    );
    expect(await members()).toEqual([one, two].toSorted());
    await areDevelopers(true, true, false);
    await client.patch(
      `/Groups/${id}`,
      { op: 'remove', path: `members[value eq "${one}"]` },
      { op: 'add', path: 'members', value: [{ value: three }] },
    );
    expect(await members()).toEqual([two, three].toSorted());
    await areDevelopers(false, true, true);
  }, 60_000);

  it('O4 a group that gets another name at Okta counts by that name, and keeps its members', async () => {
    await client.patch(`/Groups/${id}`, { op: 'replace', value: { id, displayName: 'sales' } });
    await areDevelopers(false, false, false);
    expect(await members()).toEqual([two, three].toSorted());
    await client.patch(`/Groups/${id}`, { op: 'replace', value: { id, displayName: 'dev' } });
    await areDevelopers(false, true, true);
  }, 60_000);

  it('O5 O8 C65 push now replaces everybody, passes over an id that nobody has, and an empty list empties', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    await client.patch(`/Groups/${id}`, {
      op: 'replace',
      path: 'members',
      value: [one, three, unknown].map((value) => ({ value })),
    });
    expect(await members()).toEqual([one, three].toSorted());
    await areDevelopers(true, false, true);
    await client.patch(`/Groups/${id}`, { op: 'replace', path: 'members', value: [] });
    await areDevelopers(false, false, false);
  }, 60_000);

  it('O2 an application that knows only PUT changes name and members alike', async () => {
    const put = (displayName: string, values: readonly string[]) => {
      const body = { schemas: [scim.group], id, displayName, members: values.map((value) => ({ value })) };
      return client.must(200, 'PUT', `/Groups/${id}`, body);
    };
    expect((await put('dev', [one, two])).members).toHaveLength(2);
    await areDevelopers(true, true, false);
    await put('dev', [three]);
    await areDevelopers(false, false, true);
    await put('support', [three]);
    await jiraGroupsFollow(site(), people[2], ['jira-support']);
  }, 60_000);

  it('O9 somebody who is deactivated keeps a place in the group, and has the Jira groups again afterwards', async () => {
    await client.patch(`/Users/${three}`, { op: 'replace', value: { active: false } });
    await jiraFollows(site(), people[2], { active: false });
    expect(await members()).toEqual([three]);
    await client.patch(`/Users/${three}`, { op: 'replace', value: { active: true } });
    await jiraFollows(site(), people[2], { active: true });
    await jiraGroupsFollow(site(), people[2], ['jira-support']);
  }, 60_000);

  it('C69 a group that is deleted gives nothing any more', async () => {
    await client.must(204, 'DELETE', `/Groups/${id}`);
    await client.must(404, 'GET', `/Groups/${id}`);
    await areDevelopers(false, false, false);
  }, 60_000);
});
