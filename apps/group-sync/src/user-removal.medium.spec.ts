import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutageError, TerminalError } from '@gatehouse/errors';
import { desiredGroups, Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await configure();
  gatehouse.jira.addGroups('users', 'developers', 'jira-administrators');
});

const removed = { deactivated: { by: 'directory', provider: 'p', removesUser: true } } as const;
const configure = (settings: object = {}, whenRemoved: 'remove' | 'deactivate' = 'remove') =>
  gatehouse.configure(
    { brake: { perRunMax: 3, perGroupMax: 2, percentMax: 100 }, ...settings },
    { p: { directory: { whenRemoved } } },
  );
const removals = () => gatehouse.jira.calls.filter((call) => call.startsWith('remove-user'));
const changesOf = async (account: string) =>
  (await gatehouse.runsOf(account)).flatMap(({ plan }) => (plan?.['changes'] ?? []) as { kind: string }[]);
const kindsOf = async (account: string) => (await changesOf(account)).map(({ kind }) => kind);
const keyOf = (name: string) => gatehouse.jira.named(name)!.key;

/** Made by Gatehouse, with a group of its own giving. */
async function made(name = 'ada'): Promise<string> {
  const account = await gatehouse.account(name, { groups: desiredGroups(['developers'], ['developers']) });
  await gatehouse.reconcile(account);
  gatehouse.jira.calls.length = 0;
  return account;
}

async function remove(account: string): Promise<void> {
  await gatehouse.desire(account, { ...removed, mayCreate: false });
  await gatehouse.reconcile(account, { lane: 'offboarding' });
}

/** @param group empty: all that the version takes */
async function decide(group: string): Promise<void> {
  await gatehouse.dataSource.query(
    `insert into console.removal_decision (config_version, group_folded, verdict, actor, reason)
     values (2, $1, 'approve', 'test', 'test')`,
    [group],
  );
  await gatehouse.release(2);
}

async function comeBack(account: string): Promise<void> {
  await gatehouse.dataSource.query(
    `update mapping.desired_access set version = version + 1, content = content - 'deactivated' || '{"mayCreate": true, "lifted": "directory"}'
     where account_id = $1`,
    [account],
  );
  await gatehouse.reconcile(account);
}

describe('whom a directory removes, where the mapping removes users', () => {
  it('X32 loses the Jira user that Gatehouse made, after the sessions, and comes back as somebody new', async () => {
    const ada = await made();
    const key = keyOf('ada');
    await remove(ada);
    expect(gatehouse.jira.named('ada')).toBeUndefined();
    expect(gatehouse.jira.calls.slice(-3)).toEqual(['activate ada', 'sessions ada', `remove-user ${key}`]);
    expect((await kindsOf(ada)).slice(-2)).toEqual(['deactivate', 'remove-user']);
    expect(await gatehouse.ledgerOf(ada)).toEqual([]);
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      state: 'refused',
      code: 'account.deactivated',
      jiraKey: null,
    });

    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(removals()).toHaveLength(1);
    await comeBack(ada);
    expect(keyOf('ada')).not.toBe(key);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true, groups: ['developers'] });
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', createdByUs: true });
  });

  it('is only deactivated where the Jira user was there before Gatehouse', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await made();
    await remove(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
    expect(removals()).toEqual([]);
  });

  it('stays deactivated where Jira lets nobody go who has left traces, and is not asked for again', async () => {
    const ada = await made();
    gatehouse.jira.withTraces.add(keyOf('ada'));
    await remove(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
    expect((await gatehouse.lastRunOf(ada))?.plan).toMatchObject({ userKept: true });
    expect(await kindsOf(ada)).not.toContain('remove-user');
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(removals()).toHaveLength(1);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ code: 'account.deactivated', username: 'ada' });
  });

  it('is not removed while something of what can be taken back has failed', async () => {
    const ada = await made();
    const groups = { ...desiredGroups([]), sweeps: [{ provider: 'p', exclude: [], only: [] }] };
    gatehouse.jira.fail('remove', new TerminalError('jira.request_refused', 'no'));
    await gatehouse.desire(ada, { ...removed, groups });
    await expect(gatehouse.reconcile(ada, { lane: 'offboarding' })).rejects.toThrow('no');
    expect(removals()).toEqual([]);
    await gatehouse.reconcile(ada, { lane: 'offboarding' });
    expect(gatehouse.jira.named('ada')).toBeUndefined();
  });

  it('nobody of the administrators of Jira or of the reserved names, also where they are inactive already', async () => {
    const ada = await made();
    gatehouse.jira.change(keyOf('ada'), { active: false, groups: ['jira-administrators'] });
    await remove(ada);
    const grace = await made('grace');
    await configure({ reservedUsernames: ['grace'] });
    gatehouse.jira.change(keyOf('grace'), { active: false });
    await remove(grace);
    expect([gatehouse.jira.named('ada'), gatehouse.jira.named('grace')]).not.toContain(undefined);
  });

  it('I8 is told once, and may come back, when the answer to the removal was lost with the worker', async () => {
    const ada = await made();
    gatehouse.jira.fail('remove-user', new OutageError('jira.unreachable', 'away'), { when: 'after' });
    await gatehouse.desire(ada, { ...removed, mayCreate: false });
    await expect(gatehouse.reconcile(ada, { lane: 'offboarding' })).rejects.toThrow('away');
    await gatehouse.reconcile(ada, { lane: 'offboarding' });
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect((await kindsOf(ada)).filter((kind) => kind === 'remove-user')).toHaveLength(1);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ jiraKey: null });
    await comeBack(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true });
  });

  it('is made anew who comes back before anybody knows that the removal was done', async () => {
    const ada = await made();
    const key = keyOf('ada');
    gatehouse.jira.fail('remove-user', new OutageError('jira.unreachable', 'away'), { when: 'after' });
    await gatehouse.desire(ada, removed);
    await expect(gatehouse.reconcile(ada, { lane: 'offboarding' })).rejects.toThrow('away');
    await comeBack(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true, groups: ['developers'] });
    expect(keyOf('ada')).not.toBe(key);
    expect((await kindsOf(ada)).filter((kind) => kind === 'remove-user')).toHaveLength(1);
    expect(await gatehouse.ledgerOf(ada)).toEqual([expect.objectContaining({ group: 'developers' })]);
  });

  it('is taken back whose removal never reached Jira', async () => {
    const ada = await made();
    const key = keyOf('ada');
    gatehouse.jira.fail('remove-user', new OutageError('jira.unreachable', 'away'));
    await gatehouse.desire(ada, removed);
    await expect(gatehouse.reconcile(ada, { lane: 'offboarding' })).rejects.toThrow('away');
    await comeBack(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ key, active: true });
    expect(await kindsOf(ada)).not.toContain('remove-user');
  });

  it('P31 stays while the removal of one of its groups waits for a decision, and goes after it', async () => {
    await configure({ brake: { perRunMax: 100, perGroupMax: 1, percentMax: 100 } });
    const groups = { ...desiredGroups([]), sweeps: [{ provider: 'p', exclude: [], only: [] }] };
    const grace = await made('grace');
    const ada = await made();
    await gatehouse.desire(grace, { groups }, 2);
    await gatehouse.reconcile(grace, { lane: 'bulk' });
    await gatehouse.desire(ada, { ...removed, groups }, 2);
    await gatehouse.reconcile(ada, { lane: 'offboarding' });
    expect((await gatehouse.lastRunOf(ada))?.plan).toMatchObject({ held: [{ group: 'developers' }] });
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false, groups: ['developers'] });

    await decide('');
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(gatehouse.jira.named('ada')).toBeUndefined();
  });

  it('is not forgotten where Jira only does not show the user at the moment', async () => {
    const ada = await made();
    const user = gatehouse.jira.named('ada')!;
    gatehouse.jira.delete(user.key);
    await remove(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ jiraKey: user.key });
  });

  it('P31 waits for a word of its own where more go than the brake lets, whoever was deactivated before', async () => {
    const people: string[] = [];
    for (let nth = 1; nth <= 4; nth += 1) people.push(await made(`ada${nth}`));
    const deactivated = { deactivated: { by: 'directory', provider: 'p' } } as const;
    await configure({ brake: { perRunMax: 100, perGroupMax: 100, percentMax: 100 } });
    for (const account of people) {
      await gatehouse.desire(account, deactivated);
      await gatehouse.reconcile(account, { lane: 'offboarding' });
    }
    await configure({ brake: { perRunMax: 100, perGroupMax: 2, percentMax: 100 } });
    for (const account of people) {
      await gatehouse.desire(account, removed, 2);
      await gatehouse.reconcile(account, { lane: 'bulk' });
    }
    expect((await gatehouse.lastRunOf(people[3]!))?.plan).toMatchObject({ held: [{ group: '*removed' }] });

    // Whoever approves what a version takes has not said that.
    await decide('');
    for (const account of people) await gatehouse.reconcile(account, { lane: 'bulk' });
    expect(gatehouse.jira.users.size).toBe(2);
    await decide('*removed');
    for (const account of people) await gatehouse.reconcile(account, { lane: 'bulk' });
    expect(gatehouse.jira.users.size).toBe(0);
  });

  it('is not carried out when the option was taken back since it was decided, or the provider took it back', async () => {
    const ada = await made();
    await gatehouse.desire(ada, removed);
    await configure({}, 'deactivate');
    await gatehouse.reconcile(ada, { lane: 'offboarding' });
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });

    const grace = await made('grace');
    await configure();
    gatehouse.jira.gate = async (call) => {
      if (call === 'sessions grace') await gatehouse.desire(grace, { displayName: 'decided anew' });
    };
    await remove(grace);
    gatehouse.jira.gate = () => Promise.resolve();
    expect(removals()).toEqual([]);
    expect(gatehouse.jira.named('grace')).toMatchObject({ active: false });
  });

  it('S60 is deactivated all the same where Jira does not end sessions, and removed once it does', async () => {
    const ada = await made();
    gatehouse.jira.fail('sessions', new TerminalError('jira.request_refused', 'no'));
    await gatehouse.desire(ada, removed);
    await expect(gatehouse.reconcile(ada, { lane: 'offboarding' })).rejects.toThrow('no');
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
    await gatehouse.reconcile(ada, { lane: 'offboarding' });
    expect(gatehouse.jira.named('ada')).toBeUndefined();
  });

  it('is not asked for again whom Jira has kept, also when other rules give other groups, but after a return', async () => {
    const ada = await made();
    gatehouse.jira.withTraces.add(keyOf('ada'));
    await remove(ada);
    await gatehouse.desire(ada, { ...removed, groups: desiredGroups(['users']) }, 2);
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(removals()).toHaveLength(1);

    await comeBack(ada);
    gatehouse.jira.withTraces.clear();
    await remove(ada);
    expect(gatehouse.jira.named('ada')).toBeUndefined();
  });
});
