import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutageError } from '@gatehouse/errors';
import pg from 'pg';
import { desiredGroups, Installation } from '../test/installation.js';

const away = () => new OutageError('jira.unreachable', 'Jira did not answer');

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({});
  gatehouse.jira.addGroups('users', 'developers', 'support', 'by-hand', 'jira-administrators');
});

describe('a linked account', () => {
  async function linked(groups = desiredGroups(['users'], ['users', 'developers'])) {
    const user = gatehouse.jira.addUser({ name: 'ada', groups: ['by-hand', 'developers'] });
    const accountId = await gatehouse.account('ada', { groups });
    await gatehouse.reconcile(accountId);
    gatehouse.jira.calls.length = 0;
    gatehouse.settled = 0;
    return { accountId, user };
  }

  it('S38 D4 loses what is managed and no longer earned, and keeps what was given by hand', async () => {
    const { user } = await linked();
    expect([...gatehouse.jira.users.get(user.key)!.groups].sort()).toEqual(['by-hand', 'users']);
  });

  it('promise 1: is not asked for again within the window', async () => {
    const { accountId } = await linked();
    await gatehouse.reconcile(accountId);
    expect(gatehouse.jira.calls).toEqual([]);
    expect(gatehouse.settled).toBe(1);
  });

  it('is asked for at once when something else is desired', async () => {
    const { accountId, user } = await linked();
    await gatehouse.desire(accountId, { groups: desiredGroups(['developers'], ['users', 'developers']) });
    await gatehouse.reconcile(accountId);
    expect([...gatehouse.jira.users.get(user.key)!.groups].sort()).toEqual(['by-hand', 'developers']);
    expect(await gatehouse.stateOf(accountId)).toMatchObject({ appliedVersion: 2 });
  });

  it('costs one read and no write when it is verified again, and what somebody changed by hand is repaired', async () => {
    const { accountId, user } = await linked();
    await gatehouse.grow(accountId);
    await gatehouse.reconcile(accountId);
    expect(gatehouse.jira.calls).toEqual([`find ${user.key}`]);
    expect(await gatehouse.lastRunOf(accountId)).toMatchObject({ outcome: 'unchanged', jira_calls: 1 });

    gatehouse.jira.change(user.key, { groups: ['by-hand'] });
    await gatehouse.grow(accountId);
    await gatehouse.reconcile(accountId);
    expect([...gatehouse.jira.users.get(user.key)!.groups].sort()).toEqual(['by-hand', 'users']);
  });

  it('is never skipped for so long that its username could not be handed over any more', async () => {
    await gatehouse.configure({ verificationWindowMinutes: 1440, usernameVerifiedHours: 1 });
    const { accountId } = await linked();
    await gatehouse.dataSource.query(`update sync.jira_account set verified_at = now() - interval '61 minutes'`);
    await gatehouse.reconcile(accountId);
    expect(gatehouse.jira.calls).toHaveLength(1);
  });

  it('follows a rename in Jira by its key', async () => {
    const { accountId, user } = await linked();
    gatehouse.jira.change(user.key, { name: 'ada.l' });
    await gatehouse.grow(accountId);
    await gatehouse.reconcile(accountId);
    expect(await gatehouse.stateOf(accountId)).toMatchObject({ state: 'ready', username: 'ada.l', jiraKey: user.key });
  });

  it('is refused, never made again, when its user is gone: a newcomer of the name is somebody else', async () => {
    const { accountId, user } = await linked();
    gatehouse.jira.delete(user.key);
    gatehouse.jira.addUser({ name: 'ada' });
    await gatehouse.grow(accountId);
    await gatehouse.reconcile(accountId);
    expect(await gatehouse.stateOf(accountId)).toMatchObject({
      state: 'refused',
      code: 'jira.account_missing',
      jiraKey: user.key,
      verifiedAt: null,
    });
    expect(gatehouse.jira.calls).toEqual([`find ${user.key}`, `find ${user.key}`]);
  });

  it('a name that moved to another user is not handed over on old knowledge', async () => {
    const { accountId, user } = await linked();
    gatehouse.jira.change(user.key, { name: 'ada.old' });
    gatehouse.jira.addUser({ name: 'ADA', emailAddress: 'new@example.com' });
    const newcomer = await gatehouse.account('Ada', { email: 'new@example.com' });
    await gatehouse.reconcile(newcomer);
    expect(await gatehouse.stateOf(newcomer)).toMatchObject({ state: 'ready', username: 'ADA' });
    expect(await gatehouse.stateOf(accountId)).toMatchObject({ verifiedAt: null });
  });

  it('S21 P30 changes only the fields that differ, and never blanks one', async () => {
    const { accountId, user } = await linked();
    gatehouse.jira.change(user.key, { displayName: 'Old' });
    await gatehouse.desire(accountId, { displayName: undefined, email: 'ada@new.example' });
    await gatehouse.reconcile(accountId);
    expect(gatehouse.jira.users.get(user.key)).toMatchObject({ displayName: 'Old', emailAddress: 'ada@new.example' });
    expect((await gatehouse.lastRunOf(accountId))?.plan).toMatchObject({ profile: ['email'] });
  });

  it('ends quietly when nobody belongs to it any more', async () => {
    const { accountId } = await linked();
    await gatehouse.dataSource.query('delete from mapping.account_identity');
    await gatehouse.grow(accountId);
    await gatehouse.reconcile(accountId);
    expect(gatehouse.jira.calls).toEqual([]);
    expect(gatehouse.settled).toBe(1);
  });

  it('tells the gateway with the commit', async () => {
    const listener = new pg.Client({ connectionString: gatehouse.databaseUrl });
    await listener.connect();
    const heard = new Promise<string | undefined>((resolve) => listener.on('notification', (n) => resolve(n.payload)));
    await listener.query('listen gatehouse_account');
    const { accountId } = await linked();
    expect(await heard).toBe(accountId);
    await listener.end();
  });
});

describe('many groups', () => {
  const names = Array.from({ length: 24 }, (_, index) => `group-${index}`);

  it('(b) 5 changes among 300 groups are 6 calls, at most 4 at a time', async () => {
    const all = Array.from({ length: 300 }, (_, index) => `g${index}`);
    gatehouse.jira.addGroups(...all, ...names).addUser({ name: 'ada', groups: all });
    const wanted = [...all.slice(2), ...names.slice(0, 3)];
    const ada = await gatehouse.account('ada', { groups: desiredGroups(wanted, all) });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ jira_calls: 6 });
  });

  it('writes the profile first, then groups with at most 8 calls at a time', async () => {
    gatehouse.jira.addGroups(...names).addUser({ name: 'ada', displayName: 'Old' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(names) });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.calls[1]).toMatch(/^update /);
    expect(gatehouse.jira.parallelMax).toBe(8);
    expect(gatehouse.jira.named('ada')?.groups).toHaveLength(24);
  });

  it('stops writing once Jira is away, and goes on from there', async () => {
    gatehouse.jira.addGroups(...names);
    gatehouse.jira.fail('add', away(), { about: 'group-4' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(names) });
    await expect(gatehouse.reconcile(ada)).rejects.toThrow(OutageError);
    expect(gatehouse.jira.calls.filter((call) => call.startsWith('add')).length).toBeLessThan(24);
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')?.groups).toHaveLength(24);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready' });
  });
});
