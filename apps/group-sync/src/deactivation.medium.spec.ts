import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutageError, TerminalError } from '@gatehouse/errors';
import type { Deactivation } from '@gatehouse/mapping';
import { desiredGroups, Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await configure();
  gatehouse.jira.addGroups('users', 'jira-administrators');
});

const byDirectory = { deactivated: { by: 'directory', provider: 'p' } } as const;
const deactivated = { state: 'refused', code: 'account.deactivated' };
const configure = (more: object = {}) =>
  gatehouse.configure({ brake: { perRunMax: 3, perGroupMax: 2, percentMax: 100 }, ...more });

async function ready(name = 'ada', groups = ['users']): Promise<string> {
  const { key } = gatehouse.jira.addUser({ name });
  const account = await gatehouse.account(name);
  await gatehouse.reconcile(account);
  gatehouse.jira.change(key, { groups });
  gatehouse.jira.calls.length = 0;
  return account;
}

function withNewcomers(wanted: string[], ifNew: string[]) {
  const reasons = ifNew.map((group) => ({ group, source: 'default' as const, provider: 'p' }));
  return { ...desiredGroups(wanted), ifNew: { wanted: ifNew, reasons } };
}

async function deactivate(account: string, by: Deactivation = byDirectory.deactivated): Promise<void> {
  await gatehouse.desire(account, { deactivated: by });
  await gatehouse.reconcile(account, { lane: 'offboarding' });
}

async function lift(account: string, lifted: 'directory' | 'administrator' | 'sign-in'): Promise<void> {
  await gatehouse.dataSource.query(
    `update mapping.desired_access set version = version + 1,
       content = content - 'deactivated' || jsonb_build_object('lifted', $2::text) where account_id = $1`,
    [account, lifted],
  );
  await gatehouse.reconcile(account);
}

async function approve(version: number): Promise<void> {
  await gatehouse.dataSource.query(
    `insert into console.removal_decision (config_version, verdict, actor, reason) values ($1, 'approve', 'test', 'test')`,
    [version],
  );
  await gatehouse.release(version);
}

describe('S60 D10 a deactivated account', () => {
  it('has its Jira user deactivated and its sessions ended, and keeps its groups', async () => {
    const ada = await ready();
    await deactivate(ada);
    expect(gatehouse.jira.calls).toEqual([expect.stringContaining('find'), 'activate ada', 'sessions ada']);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false, groups: ['users'] });
    expect(await gatehouse.stateOf(ada)).toMatchObject({ ...deactivated, active: false, deactivatedBy: 'directory' });
    expect((await gatehouse.runsOf(ada)).at(-1)).toMatchObject({
      outcome: 'applied',
      plan: { changes: [{ kind: 'deactivate' }] },
    });
  });

  it('X30 keeps a property that is switched off meanwhile as ours, and loses it when it is back', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { properties: { team: 'red' } });
    await gatehouse.reconcile(ada);
    await gatehouse.desire(ada, { properties: {}, ...byDirectory }, 2);
    await gatehouse.reconcile(ada, { lane: 'offboarding' });
    expect(gatehouse.jira.properties.get(key)).toEqual({ team: 'red' });
    await lift(ada, 'directory');
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true });
    expect(gatehouse.jira.properties.get(key)).toEqual({});
  });

  it('costs nothing when it is told again, and is found again when somebody activates it by hand', async () => {
    const ada = await ready();
    await deactivate(ada);
    gatehouse.jira.calls.length = 0;
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.calls).toEqual([]);
    await gatehouse.grow(ada);
    gatehouse.jira.change(gatehouse.jira.named('ada')!.key, { active: true });
    await gatehouse.sweep('not-seen-for-long');
    const due = await gatehouse.dataSource.query<unknown[]>(
      `select 1 from messaging.outbox where event = 'account.drift-check-due' and key = $1`,
      [ada],
    );
    expect(due).toHaveLength(1);
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
  });

  it('without a Jira user gets none, and none is linked', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', byDirectory);
    const zoe = await gatehouse.account('zoe', byDirectory);
    for (const account of [ada, zoe]) await gatehouse.reconcile(account);
    expect(gatehouse.jira.calls).toEqual([]);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true });
    for (const account of [ada, zoe])
      expect(await gatehouse.stateOf(account)).toMatchObject({ ...deactivated, jiraKey: null });
  });

  it('whose create was never answered loses the user that was made all the same', async () => {
    gatehouse.jira.fail('create', new OutageError('jira.unreachable', 'lost'), { when: 'after' });
    const ada = await gatehouse.account('ada');
    await expect(gatehouse.reconcile(ada)).rejects.toMatchObject({ code: 'jira.unreachable' });
    await deactivate(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
    expect(await gatehouse.stateOf(ada)).toMatchObject({ ...deactivated, deactivatedBy: 'directory' });
  });

  it.each([
    ['directory', 'directory', true],
    ['directory', 'administrator', true],
    ['administrator', 'directory', false],
    ['administrator', 'administrator', true],
    ['directory', 'sign-in', false],
  ] as const)('deactivated by %s and lifted by %s is activated again: %s', async (by, lifted, expected) => {
    const ada = await ready();
    await deactivate(ada, { by });
    await lift(ada, lifted);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: expected, groups: ['users'] });
    const state = expected
      ? { state: 'ready', deactivatedBy: null }
      : { state: 'refused', code: 'jira.account_inactive' };
    expect(await gatehouse.stateOf(ada)).toMatchObject(state);
  });

  it('X22 D10 whose directory counts no more is activated by no sweep and no push, but by the next sign-in', async () => {
    const ada = await ready();
    await deactivate(ada);
    const lifted = { lifted: 'sign-in-over-directory', mayActivate: true, deactivated: undefined } as const;
    await gatehouse.desire(ada, { ...lifted, awaitsSignIn: true });
    for (const lane of ['bulk', 'provisioning'] as const) {
      await gatehouse.reconcile(ada, { lane });
      expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
    }
    await gatehouse.desire(ada, { ...lifted, awaitsSignIn: undefined });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true });
  });

  it('P02 stays ours to activate while a full licence makes its reactivation wait', async () => {
    const ada = await ready();
    await deactivate(ada, { by: 'administrator' });
    gatehouse.jira.fail('activate', new TerminalError('jira.licence_full', 'full'));
    await lift(ada, 'administrator');
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      ...{ state: 'refused', code: 'jira.licence_full', deactivatedBy: 'administrator' },
    });
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true });
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', deactivatedBy: null });
  });

  it('F29 that an older version has left as it would leave others is deactivated at the next word', async () => {
    const ada = await ready();
    await gatehouse.desire(ada, byDirectory);
    await gatehouse.dataSource.query(
      `update sync.jira_account set applied_version = (select version from mapping.desired_access where account_id = $1)
       where account_id = $1`,
      [ada],
    );
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
    expect(await gatehouse.stateOf(ada)).toMatchObject(deactivated);
  });

  it('leaves groups where the mapping says so, all but those that are excepted', async () => {
    gatehouse.jira.addGroups('kept');
    const ada = await ready('ada', ['users', 'kept', 'jira-administrators']);
    gatehouse.jira.addUser({ name: 'grace', groups: ['jira-administrators'] });
    const sweeps = [{ provider: 'p', exclude: ['kept', 'jira-administrators'], only: [] }];
    await gatehouse.desire(ada, { groups: { ...desiredGroups([]), sweeps } });
    await deactivate(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false, groups: ['kept', 'jira-administrators'] });
    expect((await gatehouse.runsOf(ada)).at(-1)).toMatchObject({
      plan: { changes: [{ kind: 'deactivate' }, { kind: 'remove', group: 'users' }] },
    });
  });

  it('leaves groups that we gave as well, also what it got as a newcomer', async () => {
    const ada = await gatehouse.account('ada', { mayCreate: true, groups: withNewcomers(['users'], ['welcome']) });
    gatehouse.jira.addGroups('welcome');
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ groups: ['users', 'welcome'] });
    const sweeps = [{ provider: 'p', exclude: ['jira-administrators'], only: [] }];
    await gatehouse.desire(ada, { groups: { ...desiredGroups([]), sweeps } });
    await deactivate(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false, groups: [] });
  });

  it('that was inactive before us is not activated by whoever lifts it', async () => {
    const ada = await ready();
    gatehouse.jira.change(gatehouse.jira.named('ada')!.key, { active: false });
    await deactivate(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ ...deactivated, deactivatedBy: null });
    await lift(ada, 'administrator');
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
  });

  it('I8 that was deactivated in the moment of a kill is ours all the same, and is told once', async () => {
    const ada = await ready();
    gatehouse.jira.fail('sessions', new OutageError('jira.unreachable', 'lost'));
    gatehouse.jira.fail('activate', new OutageError('jira.unreachable', 'lost'), { when: 'after' });
    await gatehouse.desire(ada, byDirectory);
    await expect(gatehouse.reconcile(ada)).rejects.toMatchObject({ code: 'jira.unreachable' });
    expect(await gatehouse.stateOf(ada)).toMatchObject(deactivated);
    await gatehouse.reconcile(ada).catch(() => undefined);
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ ...deactivated, deactivatedBy: 'directory', active: false });
    const told = (await gatehouse.runsOf(ada)).flatMap(({ plan }) => (plan?.['changes'] ?? []) as { kind: string }[]);
    expect(told.filter(({ kind }) => kind === 'deactivate')).toHaveLength(1);
  });
});

describe('P29 a Jira that does not do it', () => {
  it.each(['jira.directory_read_only', 'jira.request_refused'] as const)(
    '%s is parked where it is seen, and the account lets nobody in all the same',
    async (code) => {
      const ada = await ready();
      gatehouse.jira.fail('activate', new TerminalError(code, 'refused'));
      await expect(deactivate(ada)).rejects.toMatchObject({ code });
      expect(gatehouse.jira.calls).toContain('sessions ada');
      expect(await gatehouse.stateOf(ada)).toMatchObject({ ...deactivated, active: true, appliedVersion: null });
      expect((await gatehouse.runsOf(ada)).at(-1)).toMatchObject({ outcome: 'failed', code });
      await gatehouse.reconcile(ada);
      expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
    },
  );

  it('bars the account before it asks a Jira that is away', async () => {
    const ada = await ready();
    gatehouse.jira.fail('find', new OutageError('jira.unreachable', 'away'));
    await expect(deactivate(ada)).rejects.toMatchObject({ code: 'jira.unreachable' });
    expect(await gatehouse.stateOf(ada)).toMatchObject({ ...deactivated, active: true });
  });

  it('P03 the last administrator and reserved names stay, seen by an operator', async () => {
    const ada = await ready('ada', ['users', 'jira-administrators']);
    await expect(deactivate(ada)).rejects.toMatchObject({ code: 'account.last_administrator' });
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true });
    expect(await gatehouse.stateOf(ada)).toMatchObject(deactivated);
    gatehouse.jira.addUser({ name: 'grace', groups: ['jira-administrators'] });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });

    const root = await ready('dave');
    await configure({ reservedUsernames: ['Dave'] });
    await expect(deactivate(root)).rejects.toMatchObject({ code: 'account.reserved' });
    expect(gatehouse.jira.named('dave')).toMatchObject({ active: true });
  });
});

describe('P31 X51 X52 many deactivations', () => {
  it('are held beyond the threshold and let go by an approval; whoever is held is let in all the same by nobody', async () => {
    const accounts: string[] = [];
    for (const name of ['ada', 'grace', 'linus', 'zoe']) accounts.push(await ready(name));
    for (const account of accounts) await deactivate(account);
    const active = () => [...gatehouse.jira.users.values()].filter((user) => user.active).map(({ name }) => name);
    expect(active()).toEqual(['linus', 'zoe']);
    for (const account of accounts) expect(await gatehouse.stateOf(account)).toMatchObject(deactivated);
    const held = await gatehouse.dataSource.query<object[]>(`select because, group_name from sync.held_removal`);
    expect(held).toEqual(Array(2).fill({ because: 'deactivated', group_name: '*' }));
    await approve(1);
    for (const account of accounts) await gatehouse.reconcile(account);
    expect(active()).toEqual([]);
    expect(await gatehouse.dataSource.query('select 1 from sync.held_removal')).toEqual([]);
  });

  it('ordered by an administrator are not held', async () => {
    for (const name of ['ada', 'grace', 'linus', 'zoe']) await deactivate(await ready(name), { by: 'administrator' });
    expect([...gatehouse.jira.users.values()].every(({ active }) => !active)).toBe(true);
  });
});

describe('X25 an account that nobody uses', () => {
  const unused = { by: 'inactivity' } as const;

  it('is deactivated, and revived by a sign-in where autoActivate is on', async () => {
    await configure({ inactivity: { days: 90 } });
    const ada = await ready();
    await gatehouse.desire(ada, { mayActivate: true });
    await deactivate(ada, unused);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
    await lift(ada, 'sign-in');
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true });
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', deactivatedBy: null });
  });

  it('is left alone in an excepted group, as an administrator, and once it is switched off', async () => {
    await configure({ inactivity: { days: 90, exceptGroups: ['users'] } });
    const ada = await ready();
    const grace = await ready('grace', ['jira-administrators']);
    for (const account of [ada, grace]) await deactivate(account, unused);
    await configure();
    const zoe = await ready('zoe', []);
    await deactivate(zoe, unused);
    expect([...gatehouse.jira.users.values()].every(({ active }) => active)).toBe(true);
    for (const account of [ada, grace, zoe]) expect(await gatehouse.stateOf(account)).toMatchObject({ state: 'ready' });
  });
});
