import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutageError, TerminalError } from '@gatehouse/errors';
import { desiredGroups, Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({ brake: { perRunMax: 3, perGroupMax: 2, percentMax: 100 } });
  gatehouse.jira.addGroups('users', 'developers', 'jira-administrators');
});

const removed = { deactivated: { by: 'directory', provider: 'p', removesUser: true } } as const;
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
    const { calls } = gatehouse.jira;
    expect(calls.indexOf('sessions ada')).toBeLessThan(calls.indexOf(`remove-user ${key}`));
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
    await gatehouse.configure({ reservedUsernames: ['grace'] });
    gatehouse.jira.change(keyOf('grace'), { active: false });
    await remove(grace);
    expect(removals()).toEqual([]);
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
    await gatehouse.configure({ brake: { perRunMax: 100, perGroupMax: 1, percentMax: 100 } });
    const groups = { ...desiredGroups([]), sweeps: [{ provider: 'p', exclude: [], only: [] }] };
    const grace = await made('grace');
    const ada = await made();
    await gatehouse.desire(grace, { groups }, 2);
    await gatehouse.reconcile(grace, { lane: 'bulk' });
    await gatehouse.desire(ada, { ...removed, groups }, 2);
    await gatehouse.reconcile(ada, { lane: 'offboarding' });
    expect((await gatehouse.lastRunOf(ada))?.plan).toMatchObject({ held: [{ group: 'developers' }] });
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false, groups: ['developers'] });

    await gatehouse.dataSource.query(
      `insert into console.removal_decision (config_version, verdict, actor, reason) values (2, 'approve', 'test', 'test')`,
    );
    await gatehouse.release(2);
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

  it('P31 waits for a decision where more go than the brake lets, whoever of them was deactivated before', async () => {
    const people = [];
    for (let nth = 1; nth <= 4; nth += 1) people.push(await made(`ada${nth}`));
    const deactivated = { deactivated: { by: 'directory', provider: 'p' } } as const;
    await gatehouse.configure({ brake: { perRunMax: 100, perGroupMax: 100, percentMax: 100 } });
    for (const account of people) {
      await gatehouse.desire(account, deactivated);
      await gatehouse.reconcile(account, { lane: 'offboarding' });
    }
    await gatehouse.configure({ brake: { perRunMax: 3, perGroupMax: 2, percentMax: 100 } });
    for (const account of people) {
      await gatehouse.desire(account, removed, 2);
      await gatehouse.reconcile(account, { lane: 'bulk' });
    }
    expect(removals()).toHaveLength(2);
    expect((await gatehouse.lastRunOf(people[3]!))?.plan).toMatchObject({ held: [{ group: '*' }] });
  });
});
