import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { flow } from '@gatehouse/contracts';
import { openDatabase } from '@gatehouse/database';
import { DirectoryGroups, DirectoryUsers } from '@gatehouse/directory';
import { DesiredAccess } from '@gatehouse/mapping';
import { Outbox } from '@gatehouse/messaging';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { Installation } from './support/installation.js';
import { jiraUser, signInAndArrive } from './support/sandbox.js';

describe('the directory of a provider', () => {
  let installation: Installation;
  let dataSource: DataSource;
  const provider = 'cognito';
  const who = 'load-0001';
  const outbox = new Outbox(flow);
  const [users, groups] = [new DirectoryUsers(outbox), new DirectoryGroups(outbox)];
  const traceId = () => randomBytes(16).toString('hex');
  const ids = { person: '', team: '', dev: '' };

  beforeAll(async () => {
    installation = await Installation.start();
    dataSource = await openDatabase(installation.databaseUrl, 3);
  }, 60_000);
  afterAll(async () => {
    await dataSource.destroy();
    await installation.discard();
  });

  const isDeveloper = async () => (await jiraUser(installation, who))?.groups.includes('jira-developers') === true;
  const until = (isSo: () => Promise<boolean>, what: string) => waitFor(isSo, { timeoutMs: 15_000, what });
  const group = (displayName: string) => ({ displayName, externalId: null, resource: {} });

  async function desired(): Promise<DesiredAccess> {
    const [row] = await dataSource.query<{ content: unknown }[]>(
      `select content from mapping.desired_access join mapping.account on id = account_id where name_folded = $1`,
      [who],
    );
    return DesiredAccess.parse(row?.content);
  }

  it('S67 makes the account of somebody who has never signed in, with groups inside of groups (P22)', async () => {
    await dataSource.transaction(async (manager) => {
      const resource = { displayName: 'Load One', emails: [{ value: 'load-0001@example.com', primary: true }] };
      const person = { userName: who, externalId: null, active: true, resource };
      ids.person = (await users.create(manager, provider, person, traceId())).id;
      ids.team = (await groups.create(manager, provider, group('team'))).id;
      ids.dev = (await groups.create(manager, provider, group('dev'))).id;
      await groups.addMembers(manager, { provider, id: ids.team }, [ids.person], traceId());
      await groups.addMembers(manager, { provider, id: ids.dev }, [ids.team], traceId());
    });
    await until(isDeveloper, 'the person to be in jira-developers');
    expect(await jiraUser(installation, who)).toMatchObject({
      displayName: 'Load One',
      emailAddress: 'load-0001@example.com',
      active: true,
    });
    const { reasons } = (await desired()).groups;
    expect(reasons).toContainEqual(
      expect.objectContaining({ group: 'jira-developers', claimed: 'dev', through: 'team' }),
    );
  }, 60_000);

  it('X42 follows a group that is renamed, and renamed back', async () => {
    const rename = (displayName: string) =>
      dataSource.transaction((manager) =>
        groups.change(manager, { provider, id: ids.dev }, { displayName }, traceId()),
      );
    await rename('sales');
    await until(async () => !(await isDeveloper()), 'the person to leave jira-developers');
    await rename('dev');
    await until(isDeveloper, 'the person to be in jira-developers again');
  }, 60_000);

  it('P22 follows a group that leaves the one around it, and the removal of that one', async () => {
    const dev = { provider, id: ids.dev };
    await dataSource.transaction((manager) => groups.removeMembers(manager, dev, [ids.team], traceId()));
    await until(async () => !(await isDeveloper()), 'the person to leave jira-developers');
    await dataSource.transaction((manager) => groups.addMembers(manager, dev, [ids.team], traceId()));
    await until(isDeveloper, 'the person to be in jira-developers again');
    await dataSource.transaction((manager) => groups.remove(manager, dev, traceId()));
    await until(async () => !(await isDeveloper()), 'the person to leave jira-developers');
    expect((await jiraUser(installation, who))?.groups).toContain('jira-software-users');
  }, 60_000);

  it('the person signs in and is the same account', async () => {
    await signInAndArrive(new HttpBrowser(), installation, who);
    const [row] = await dataSource.query<{ accounts: number; linked: number }[]>(
      `select (select count(*)::int from mapping.account) as accounts,
         (select count(*)::int from mapping.account_identity i join mapping.account_directory_user d using (account_id)) as linked`,
    );
    expect(row).toEqual({ accounts: 1, linked: 1 });
  }, 60_000);

  it('I4 a deactivation reaches what the account should be, and so does the way back', async () => {
    const set = (active: boolean) =>
      dataSource.transaction((manager) => users.change(manager, { provider, id: ids.person }, { active }, traceId()));
    await set(false);
    await until(async () => (await desired()).deactivated !== undefined, 'the account to be deactivated');
    expect(await desired()).toMatchObject({ deactivated: { by: 'directory', provider }, mayCreate: false });
    await set(true);
    await until(async () => (await desired()).deactivated === undefined, 'the account to be open again');
  }, 60_000);
});
