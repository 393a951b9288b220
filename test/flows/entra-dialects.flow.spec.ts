import { beforeAll, describe, expect, it } from '@jest/globals';
import { Installation } from './support/installation.js';
import { jiraFollows, jiraGroupsFollow } from './support/jira-follows.js';
import { entra, scim, ScimClient } from './support/scim-client.js';
import { sharedSite } from './support/site.js';

/** What one change looks like in the two ways in which Entra sends it (E2, E3, E4). */
interface Dialect {
  readonly name: string;
  readonly flags?: string;
  readonly people: readonly [string, string];
  readonly group: { readonly name: string; readonly jira: string };
  readonly rename: readonly unknown[];
  readonly active: (isActive: boolean) => unknown;
  readonly removeMember: (id: string) => unknown;
}

const dialects: readonly Dialect[] = [
  {
    name: 'without a flag',
    people: ['load-0031', 'load-0032'],
    group: { name: 'dev', jira: 'jira-developers' },
    rename: [
      { op: 'Replace', path: 'displayName', value: 'Load Renamed' },
      { op: 'Replace', path: 'name.givenName', value: 'Renamed' },
      { op: 'Add', path: `${scim.enterprise}:employeeNumber`, value: '701984' },
    ],
    active: (isActive) => ({ op: 'Replace', path: 'active', value: isActive ? 'True' : 'False' }),
    removeMember: (id) => ({ op: 'Remove', path: 'members', value: [{ value: id }] }),
  },
  {
    name: 'with aadOptscim062020',
    flags: 'aadOptscim062020',
    people: ['load-0041', 'load-0042'],
    group: { name: 'support', jira: 'jira-support' },
    rename: [
      {
        op: 'replace',
        value: {
          displayName: 'Load Renamed',
          'name.givenName': 'Renamed',
          [`${scim.enterprise}:employeeNumber`]: '701984',
        },
      },
    ],
    active: (isActive) => ({ op: 'replace', path: 'active', value: isActive }),
    removeMember: (id) => ({ op: 'remove', path: `members[value eq "${id}"]` }),
  },
];

describe('Entra', () => {
  const site = sharedSite(() => Installation.start());

  describe.each(dialects)('$name', ({ flags, people, group, rename, active, removeMember }) => {
    let client: ScimClient;
    const ids: string[] = [];
    let groupId = '';
    const [who, other] = people;
    beforeAll(() => {
      client = new ScimClient(site().base, { ...entra, ...(flags === undefined ? {} : { flags }) });
    });

    it('P16 E9 C11 matches by userName, finds nobody and creates, with no more than it has', async () => {
      for (const userName of people) {
        expect(await client.find('Users', `userName eq "${userName}"`)).toEqual([]);
        const created = await client.must(201, 'POST', '/Users', {
          schemas: [scim.user, scim.enterprise],
          externalId: userName,
          userName,
          active: flags === undefined ? 'True' : true,
          displayName: userName,
          emails: [{ primary: true, type: 'work', value: `${userName}@example.com` }],
          meta: { resourceType: 'User' },
          name: { formatted: `Load ${userName}`, familyName: 'Load', givenName: userName },
          roles: [],
        });
        expect(created.active).toBe(true);
        ids.push(created.id);
      }
      await jiraFollows(site(), who, { active: true, displayName: who, emailAddress: `${who}@example.com` });
      expect(await client.find('Users', `externalId eq "${who}"`)).toMatchObject([{ id: ids[0] }]);
      expect(await client.find('Users', `emails[type eq "work"].value eq "${who}@example.com"`)).toHaveLength(1);
    }, 60_000);

    it('E1 E4 C50 changes several attributes at once', async () => {
      await client.patch(`/Users/${ids[0]}`, ...rename);
      const user = await client.must(200, 'GET', `/Users/${ids[0]}`);
      expect([user.name.givenName, user.name.familyName]).toEqual(['Renamed', 'Load']);
      expect(user[scim.enterprise]?.employeeNumber).toBe('701984');
      await jiraFollows(site(), who, { displayName: 'Load Renamed' });
    }, 60_000);

    it('E5 C52 adds what is not there by its type, and keeps the other', async () => {
      await client.patch(
        `/Users/${ids[0]}`,
        { op: 'Add', path: 'phoneNumbers[type eq "work"].value', value: '55555555555' },
        { op: 'Replace', path: 'phoneNumbers[type eq "mobile"].value', value: '66666666666' },
        { op: 'Replace', path: 'emails[type eq "work"].value', value: `new-${who}@example.com` },
      );
      const user = await client.must(200, 'GET', `/Users/${ids[0]}`);
      expect(user.phoneNumbers).toHaveLength(2);
      expect(user.phoneNumbers).toContainEqual({ type: 'work', value: '55555555555' });
      await jiraFollows(site(), who, { emailAddress: `new-${who}@example.com` });
      await client.patch(`/Users/${ids[0]}`, {
        op: 'Replace',
        path: 'emails[type eq "work"].value',
        value: `${who}@example.com`,
      });
      await jiraFollows(site(), who, { emailAddress: `${who}@example.com` });
    }, 60_000);

    it('E3 E9 E11 C62 makes a group with its own schema, fills it, and takes one out and no more', async () => {
      expect(await client.find('Groups', `displayName eq "${group.name}"`, '&excludedAttributes=members')).toEqual([]);
      const created = await client.must(201, 'POST', '/Groups', {
        schemas: [scim.group, scim.entraGroup],
        externalId: `group of ${group.name}`,
        displayName: group.name,
        meta: { resourceType: 'Group' },
        members: [],
      });
      groupId = created.id;
      const members = ids.map((value) => ({ $ref: null, value }));
      const added = await client.send('PATCH', `/Groups/${groupId}`, {
        schemas: [scim.patch],
        Operations: [{ op: 'Add', path: 'members', value: members }],
      });
      expect([added.status, added.body]).toEqual([204, undefined]);
      for (const person of people) await jiraGroupsFollow(site(), person, [group.jira]);
      await client.patch(`/Groups/${groupId}`, removeMember(ids[1]!));
      await jiraGroupsFollow(site(), other, []);
      await jiraGroupsFollow(site(), who, [group.jira]);
      expect(
        await client.find('Groups', `displayName eq "${group.name}"`, '&excludedAttributes=members'),
      ).toMatchObject([{ id: groupId, displayName: group.name }]);
    }, 60_000);

    it('P16 E2 E10 C48 disables, is still found, and comes back with the groups', async () => {
      await client.patch(`/Users/${ids[0]}`, active(false));
      await jiraFollows(site(), who, { active: false });
      expect(await client.find('Users', `userName eq "${who}"`)).toMatchObject([{ id: ids[0], active: false }]);
      await client.patch(`/Users/${ids[0]}`, active(true));
      await jiraFollows(site(), who, { active: true });
      await jiraGroupsFollow(site(), who, [group.jira]);
    }, 60_000);

    it('E10 deletes for good: 404, out of the group, and the Jira user is deactivated', async () => {
      await client.must(204, 'DELETE', `/Users/${ids[0]}`);
      await client.must(404, 'GET', `/Users/${ids[0]}`);
      expect(await client.find('Users', `userName eq "${who}"`)).toEqual([]);
      await jiraFollows(site(), who, { active: false });
      expect((await client.must(200, 'GET', `/Groups/${groupId}`)).members ?? []).toEqual([]);
    }, 60_000);
  });
});
