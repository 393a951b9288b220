import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CleanupState, ProviderProvisioning } from '@gatehouse/contracts';
import { openDatabase } from '@gatehouse/database';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { AdminApi } from './support/admin-api.js';
import { Installation } from './support/installation.js';
import { jiraFollows, jiraGroupsFollow } from './support/jira-follows.js';
import { jiraRest, jiraUser, setSwitches, signIn, signInAndArrive } from './support/sandbox.js';
import { okta, scim, ScimClient } from './support/scim-client.js';
import { sharedSite } from './support/site.js';

describe('somebody who signs in and whom a directory pushes', () => {
  const site = sharedSite(() => Installation.start());
  let dataSource: DataSource;
  /** Of the provider by which people sign in, and of another one. */
  let cognito: ScimClient;
  let partner: ScimClient;
  beforeAll(async () => {
    dataSource = await openDatabase(site().databaseUrl, 2);
    cognito = new ScimClient(site().base, okta);
    partner = new ScimClient(site().base, { ...okta, token: 'sandbox-scim-token-b' });
  });
  afterAll(() => dataSource.destroy());

  const userOf = (name: string, email = `${name}@example.com`) => ({
    schemas: [scim.user],
    userName: name,
    displayName: `${name} of the directory`,
    emails: [{ primary: true, value: email, type: 'work' }],
    active: true,
  });
  const groupOf = (displayName: string, ...members: readonly string[]) => ({
    schemas: [scim.group],
    displayName,
    members: members.map((value) => ({ value })),
  });

  async function accountsOf(name: string) {
    const rows = await dataSource.query<{ identities: number; people: number }[]>(
      `select (select count(*)::int from mapping.account_identity where account_id = account.id) as identities,
         (select count(*)::int from mapping.account_directory_user where account_id = account.id) as people
       from mapping.account where name_folded = $1`,
      [name],
    );
    return rows;
  }

  it('S67 of one name and an equal address is one account, and what both providers give adds up', async () => {
    await signInAndArrive(new HttpBrowser(), site(), 'ada');
    await jiraGroupsFollow(site(), 'ada', ['jira-developers']);
    const { id } = await partner.must(201, 'POST', '/Users', userOf('ADA', 'Ada@Example.com'));
    await partner.must(201, 'POST', '/Groups', groupOf('support', id));
    await jiraGroupsFollow(site(), 'ada', ['jira-developers', 'jira-support']);
    expect(await accountsOf('ada')).toEqual([{ identities: 1, people: 1 }]);
    await signInAndArrive(new HttpBrowser(), site(), 'ada');
    await jiraGroupsFollow(site(), 'ada', ['jira-developers', 'jira-support']);

    await partner.patch(`/Users/${id}`, { op: 'replace', value: { active: false } });
    await jiraFollows(site(), 'ada', { active: false });
    expect((await signIn(new HttpBrowser(), site(), 'ada')).status).toBe(403);
    await partner.patch(`/Users/${id}`, { op: 'replace', value: { active: true } });
    await jiraFollows(site(), 'ada', { active: true });
    await signInAndArrive(new HttpBrowser(), site(), 'ada');
  }, 90_000);

  it('is one account too when the directory came first; of its provider the directory says the groups', async () => {
    const { id } = await cognito.must(201, 'POST', '/Users', userOf('grace'));
    await cognito.must(201, 'POST', '/Groups', groupOf('ops', id));
    await jiraGroupsFollow(site(), 'grace', ['jira-developers']);
    await signInAndArrive(new HttpBrowser(), site(), 'grace');
    expect(await accountsOf('grace')).toEqual([{ identities: 1, people: 1 }]);
    await jiraGroupsFollow(site(), 'grace', ['jira-developers']);
    await jiraFollows(site(), 'grace', { displayName: 'grace of the directory' });
  }, 60_000);

  it('O60 of one name and another address is not the same person, and gets nothing of theirs', async () => {
    await signInAndArrive(new HttpBrowser(), site(), 'linus');
    const { id } = await cognito.must(201, 'POST', '/Users', userOf('linus', 'eve@evil.example'));
    await cognito.must(201, 'POST', '/Groups', groupOf('dev', id));
    const refused = await waitForRefusal(id);
    expect(refused).toBe('match.identity_not_linked');
    await jiraGroupsFollow(site(), 'linus', []);
    await jiraFollows(site(), 'linus', { emailAddress: 'linus@example.com', active: true });
  }, 60_000);

  it('C74 a token reaches nobody of another provider, and a name there is free here', async () => {
    const { id } = await cognito.must(201, 'POST', '/Users', userOf('zoe'));
    for (const [method, body] of [
      ['GET', undefined],
      ['PUT', userOf('zoe')],
      ['DELETE', undefined],
    ] as const)
      await partner.must(404, method, `/Users/${id}`, body);
    expect(await partner.find('Users', 'userName eq "zoe"')).toEqual([]);
    await partner.must(201, 'POST', '/Users', userOf('zoe'));
  });

  describe('of a provider with options', () => {
    const [employee, contractor] = ['load-0061', 'load-0062'] as const;
    const ids = { employee: '', contractor: '' };
    let api: AdminApi;
    beforeAll(() => {
      api = new AdminApi(site());
    });

    async function configure(directory: object): Promise<void> {
      const { version, providers, mappings, settings } = await api.config();
      const cognito = { ...mappings['cognito']!, directory };
      await api.call('PUT', 'config', { version, providers, settings, mappings: { ...mappings, cognito } });
    }
    const settled = () =>
      waitFor(
        async () => {
          const [row] = await dataSource.query<{ n: number }[]>(
            `select count(*)::int as n from messaging.outbox
             where state <> 'settled' and (not_before is null or not_before <= now())`,
          );
          return row!.n === 0;
        },
        { timeoutMs: 20_000, what: 'everything to be worked off' },
      );
    const progress = async () => ProviderProvisioning.parse(await api.call('GET', 'providers/cognito/provisioning'));
    const changeName = (id: string, displayName: string) =>
      cognito.patch(`/Users/${id}`, { op: 'replace', value: { displayName } });

    it('X22 X31 only whom it provisions gets a Jira user, and only by signing in; both are answered as sent', async () => {
      // zoe of the test before is placed by the rules of before, or is left out by those of now.
      await settled();
      await configure({
        importUsers: false,
        updateUsers: false,
        onlyUsers: { attributes: { userType: ['Employee'] } },
      });
      const byHand = { name: contractor, displayName: 'Made by hand', emailAddress: `${contractor}@example.com` };
      expect((await jiraRest(site(), 'POST', '/rest/api/2/user', byHand)).status).toBe(201);
      const before = await jiraUser(site(), contractor);
      for (const [who, userType] of [['employee', 'Employee'], ['contractor', 'Contractor']] as const) // prettier-ignore
        ids[who] = (await cognito.must(201, 'POST', '/Users', { ...userOf(who === 'employee' ? employee : contractor), userType })).id; // prettier-ignore
      const [dev] = await cognito.find('Groups', 'displayName eq "dev"');
      const value = Object.values(ids).map((id) => ({ value: id }));
      await cognito.patch(`/Groups/${dev!.id}`, { op: 'add', path: 'members', value });
      await settled();
      expect(await jiraUser(site(), employee)).toBeUndefined();
      // linus of the test before has no type either.
      const { refused, leftOut } = await progress();
      expect(refused).toContainEqual({ code: 'match.import_off', people: 1 });
      expect([leftOut, refused.map(({ code }) => code)]).toEqual([2, expect.not.arrayContaining(['directory.user_left_out'])]); // prettier-ignore

      await signInAndArrive(new HttpBrowser(), site(), employee);
      await jiraGroupsFollow(site(), employee, ['jira-developers']);
      await cognito.patch(`/Users/${ids.contractor}`, { op: 'replace', value: { active: false } });
      await settled();
      expect(await jiraUser(site(), contractor)).toEqual(before);
      expect(await cognito.must(200, 'GET', `/Users/${ids.contractor}`)).toMatchObject({ active: false, userType: 'Contractor' }); // prettier-ignore
    }, 90_000);

    it('X22 what changes in the directory changes nobody in Jira, and deactivates nobody, until that is turned on', async () => {
      await configure({ updateUsers: false, deactivateUsers: false });
      const named = (await jiraUser(site(), employee))!.displayName;
      await changeName(ids.employee, 'Another Name');
      await cognito.patch(`/Users/${ids.employee}`, { op: 'replace', value: { active: false } });
      await settled();
      await jiraFollows(site(), employee, { displayName: named, active: true });
      await signInAndArrive(new HttpBrowser(), site(), employee);
      await configure({});
      await jiraFollows(site(), employee, { active: false });
      expect((await signIn(new HttpBrowser(), site(), employee)).status).toBe(403);
      await cognito.patch(`/Users/${ids.employee}`, { op: 'replace', value: { active: true } });
      await jiraFollows(site(), employee, { active: true, displayName: 'Another Name' });
    }, 90_000);

    it('X32 who is missing in a complete list is deactivated in Jira, and back with the next word of the provider', async () => {
      await configure({ cleanup: { exceptNames: ['lin*', 'z*', 'grace'] } });
      await settled();
      const list = { listedAt: new Date(Date.now() + 30_000).toISOString(), by: 'userName', values: [contractor] };
      const plan = CleanupState.parse(await api.call('POST', 'providers/cognito/cleanup', list));
      expect([plan.held, plan.people]).toEqual(['unusable', [{ id: ids.employee, userName: employee }]]);
      // The only one who is listed is inactive: a list of somebody who is active is one of this directory.
      const again = CleanupState.parse(
        await api.call('POST', 'providers/cognito/cleanup', { ...list, values: [contractor, 'grace'] }),
      );
      await api.call('POST', 'providers/cognito/cleanup', { apply: again.id, reason: 'a test of clean-ups' });
      await jiraFollows(site(), employee, { active: false });
      expect(await cognito.must(200, 'GET', `/Users/${ids.employee}`)).toMatchObject({ active: false });
      await cognito.patch(`/Users/${ids.employee}`, { op: 'replace', value: { active: true } });
      await jiraFollows(site(), employee, { active: true });
      await jiraGroupsFollow(site(), employee, ['jira-developers']);
    }, 90_000);

    it('X32 whom the provider deletes is removed from Jira as far as Jira lets go, and comes back as somebody new', async () => {
      await configure({ whenRemoved: 'remove' });
      const [author, reader] = ['load-0063', 'load-0064'] as const;
      await setSwitches(site(), { authors: [author] });
      const made = async (name: string) => (await cognito.must(201, 'POST', '/Users', userOf(name))).id;
      const people = [await made(author), await made(reader)];
      for (const name of [author, reader]) await jiraFollows(site(), name, { active: true });
      const before = (await jiraUser(site(), reader))!;

      for (const id of people) await cognito.must(204, 'DELETE', `/Users/${id}`);
      await jiraFollows(site(), author, { active: false });
      await waitFor(async () => (await jiraUser(site(), reader)) === undefined, { timeoutMs: 20_000, what: 'nobody' });
      for (const name of [author, reader]) expect((await signIn(new HttpBrowser(), site(), name)).status).toBe(403);
      expect(await jiraUser(site(), reader)).toBeUndefined();

      await made(reader);
      await jiraFollows(site(), reader, { active: true });
      expect((await jiraUser(site(), reader))!.key).not.toBe(before.key);
      await signInAndArrive(new HttpBrowser(), site(), reader);
    }, 90_000);
  });

  function waitForRefusal(id: string): Promise<string | null> {
    const decided = async () => {
      const [row] = await dataSource.query<{ refused_code: string | null }[]>(
        'select refused_code from mapping.account_directory_user where directory_user_id = $1',
        [id],
      );
      return row?.refused_code;
    };
    return waitFor(decided, { timeoutMs: 20_000, what: 'the person to be refused' }) as Promise<string | null>;
  }
});
