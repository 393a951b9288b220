import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutageError, TerminalError } from '@gatehouse/errors';
import { desiredGroups, Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({ verificationWindowMinutes: 0 });
  gatehouse.jira.addGroups('users', 'developers', 'support', 'by-hand', 'jira-administrators');
});

const away = () => new OutageError('jira.unreachable', 'Jira did not answer');
const groupsOf = (name: string) => [...gatehouse.jira.named(name)!.groups].sort();
const planOf = async (accountId: string) => (await gatehouse.lastRunOf(accountId))!.plan!;

describe('S41 groups that are missing', () => {
  it('are made where the mapping says so, then joined', async () => {
    const groups = { ...desiredGroups(['users', 'New Team']), creatable: ['new team'] };
    const ada = await gatehouse.account('ada', { groups });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['New Team', 'users']);
    expect(await planOf(ada)).toMatchObject({ createdGroups: ['New Team'] });
  });

  it('are made once when two sign-ins need one at the same time', async () => {
    const groups = { ...desiredGroups(['team']), creatable: ['team'] };
    const people = await Promise.all(['ada', 'grace'].map((name) => gatehouse.account(name, { groups })));
    let waiting = 0;
    let release = () => {};
    const both = new Promise<void>((resolve) => (release = resolve));
    gatehouse.jira.gate = async (call) => {
      if (call !== 'make-group team') return;
      if (++waiting === 2) release();
      await both;
    };
    await Promise.all(people.map((person) => gatehouse.reconcile(person)));
    expect([groupsOf('ada'), groupsOf('grace')]).toEqual([['team'], ['team']]);
    const made = await Promise.all(people.map(planOf));
    expect(made.flatMap(({ createdGroups = [] }) => createdGroups as string[])).toEqual(['team']);
  });

  it('are skipped otherwise, which is no failure of the person, and tried again each time', async () => {
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users', 'nowhere']) });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', code: null, appliedVersion: null });
    expect(await planOf(ada)).toMatchObject({ skipped: ['nowhere'] });
    gatehouse.jira.addGroups('nowhere');
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['nowhere', 'users']);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ appliedVersion: 1 });
  });
});

describe('S43 S44 on-the-fly without "keep existing"', () => {
  it('takes what is not claimed, and neither excluded nor protected groups', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada');
    await gatehouse.reconcile(ada);
    const { key } = gatehouse.jira.named('ada')!;
    gatehouse.jira.change(key, { groups: ['by-hand', 'support', 'jira-administrators'] });
    const groups = { ...desiredGroups(['users']), sweeps: [{ provider: 'p', exclude: ['BY-*'], only: [] }] };
    await gatehouse.desire(ada, { groups });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['by-hand', 'jira-administrators', 'users']);
  });
});

describe('P03 administrators', () => {
  const admins = desiredGroups(['jira-administrators'], ['jira-administrators']);
  const none = desiredGroups([], ['jira-administrators']);

  async function appointed(name: string): Promise<string> {
    const account = await gatehouse.account(name, { groups: admins });
    await gatehouse.reconcile(account);
    expect(groupsOf(name)).toEqual(['jira-administrators']);
    await gatehouse.desire(account, { groups: none });
    return account;
  }

  it('whom we did not make are never taken out', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { groups: none });
    await gatehouse.reconcile(ada);
    gatehouse.jira.change(key, { groups: ['jira-administrators'] });
    gatehouse.jira.addUser({ name: 'root2', groups: ['jira-administrators'] });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['jira-administrators']);
    expect(await planOf(ada)).toMatchObject({ kept: [{ because: 'administrators' }] });
  });

  it('whom we made are taken out while somebody else is there', async () => {
    const ada = await appointed('ada');
    gatehouse.jira.addUser({ name: 'root2', groups: ['jira-administrators'] });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual([]);
  });

  it('are not taken out as the last active one, nor when nobody can say', async () => {
    const ada = await appointed('ada');
    gatehouse.jira.addUser({ name: 'old', groups: ['jira-administrators'], active: false });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['jira-administrators']);
    expect(await planOf(ada)).toMatchObject({ kept: [{ because: 'last-administrator' }] });
    gatehouse.reader.failure = away();
    await gatehouse.reconcile(ada);
    expect(await planOf(ada)).toMatchObject({ kept: [{ because: 'administrators-unknown' }] });
  });

  it('do not go both when they are taken out at the same time', async () => {
    const people = [await appointed('ada'), await appointed('grace')];
    let started = 0;
    gatehouse.jira.gate = async (call) => {
      if (call.startsWith('find') && ++started < 2) await new Promise((resolve) => setImmediate(resolve));
    };
    const runs = await Promise.allSettled(people.map((person) => gatehouse.reconcile(person)));
    for (const run of runs) if (run.status === 'rejected') expect(run.reason).toMatchObject({ code: 'lease.held' });
    for (const person of people) await gatehouse.reconcile(person);
    expect([groupsOf('ada'), groupsOf('grace')].flat()).toEqual(['jira-administrators']);
  });
});

describe('S20 X14 the profile', () => {
  it('of somebody who is there stays as it is when it is not to be updated; a new user gets it all the same', async () => {
    gatehouse.jira.addUser({ name: 'ada', displayName: 'Old' });
    const change = { displayName: 'New', updatesProfile: false };
    const ada = await gatehouse.account('ada', change);
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ displayName: 'Old' });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ jira_calls: 1 });
    const grace = await gatehouse.account('grace', change);
    await gatehouse.reconcile(grace);
    expect(gatehouse.jira.named('grace')).toMatchObject({ displayName: 'New' });
  });
});

describe('S25 X30 user properties', () => {
  const propertiesOf = (name: string) => gatehouse.jira.properties.get(gatehouse.jira.named(name)!.key);

  it('are read once, and only what differs is written', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'ada' });
    gatehouse.jira.properties.set(key, { theirs: '1', floor: '3', old: 'x' });
    const ada = await gatehouse.account('ada', { properties: { department: 'Ops', floor: '3', old: null } });
    await gatehouse.reconcile(ada);
    expect(propertiesOf('ada')).toEqual({ theirs: '1', floor: '3', department: 'Ops' });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ jira_calls: 4 });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ jira_calls: 2, outcome: 'unchanged' });
  });

  it('are removed when the configuration drops them, if they are ours, and asked for no more', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { properties: { department: 'Ops' } });
    await gatehouse.reconcile(ada);
    await gatehouse.desire(ada, { properties: {} });
    await gatehouse.reconcile(ada);
    expect(propertiesOf('ada')).toEqual({ department: 'Ops' });
    await gatehouse.desire(ada, { properties: {} }, 2);
    await gatehouse.reconcile(ada);
    expect(propertiesOf('ada')).toEqual({});
    await gatehouse.reconcile(ada);
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ jira_calls: 1 });
  });

  it('S25 are left when their claim stays away, through changes of the configuration, until it drops them', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { properties: { department: 'Ops' } });
    await gatehouse.reconcile(ada);
    await gatehouse.desire(ada, { properties: {}, propertiesKept: ['department'] }, 2);
    await gatehouse.reconcile(ada);
    expect(propertiesOf('ada')).toEqual({ department: 'Ops' });
    await gatehouse.desire(ada, { propertiesKept: [] }, 3);
    await gatehouse.reconcile(ada);
    expect(propertiesOf('ada')).toEqual({});
  });

  it('cost nothing where there are none', async () => {
    const ada = await gatehouse.account('ada');
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.calls).toEqual(['find ada', 'create ada']);
  });
});

describe('S60 D10 a Jira user that is inactive', () => {
  const inactive = () => gatehouse.jira.addUser({ name: 'ada', active: false });

  it('is activated by a sign-in where the mapping says so, before anything else', async () => {
    inactive();
    const ada = await gatehouse.account('ada', { mayActivate: true, groups: desiredGroups(['users']) });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true, groups: ['users'] });
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', active: true });
    expect(await planOf(ada)).toMatchObject({ changes: [{ kind: 'activate' }, { kind: 'add' }] });
  });

  it.each(['directory', 'administrator'])('stays so when a %s deactivated it', async (by) => {
    const { key } = gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { mayActivate: true });
    await gatehouse.reconcile(ada);
    await gatehouse.dataSource.query('update sync.jira_account set deactivated_by = $1', [by]);
    gatehouse.jira.change(key, { active: false });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'refused', code: 'jira.account_inactive' });
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
  });

  it('S20 in a directory that cannot be written is parked at once, without a second try', async () => {
    inactive();
    gatehouse.jira.fail('activate', new TerminalError('jira.directory_read_only', 'read-only'));
    const ada = await gatehouse.account('ada', { mayActivate: true, groups: desiredGroups(['users']) });
    await expect(gatehouse.reconcile(ada)).rejects.toMatchObject({ code: 'jira.directory_read_only' });
    expect(gatehouse.jira.calls).toEqual(['find ada', 'activate ada']);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'failed', code: 'jira.directory_read_only' });
  });
});

describe('P04 a licence that is full', () => {
  const software = (remainingSeats: number | null) => [
    { key: 'jira-software', name: 'Jira Software', groups: ['users'], remainingSeats },
  ];

  it('P02 pauses the group that takes a seat and nothing else; who is in no other application is told so, and it is looked at again', async () => {
    gatehouse.reader.applications = software(0);
    gatehouse.jira.addUser({ name: 'ada', displayName: 'Old' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users', 'developers']) });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ displayName: 'ada', groups: ['developers'] });
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      state: 'refused',
      code: 'jira.licence_full',
      appliedVersion: null,
    });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({
      outcome: 'paused',
      code: 'jira.licence_full',
      plan: { paused: ['users'] },
    });
    const [event] = await gatehouse.published();
    expect(event).toMatchObject({ event: 'account.seats-due', key: ada, queue: 'group-sync.interactive' });
    expect(event!.inSeconds).toBeGreaterThan(590);

    await gatehouse.reconcile(ada);
    expect(await gatehouse.published()).toHaveLength(1);

    gatehouse.renewSeats();
    gatehouse.reader.applications = software(1);
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['developers', 'users']);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', code: null, appliedVersion: 1 });
  });

  it('P02 somebody who is in another application can work there meanwhile', async () => {
    const desk = { key: 'jira-servicedesk', name: 'Desk', groups: ['developers'], remainingSeats: 3 };
    gatehouse.reader.applications = [...software(0), desk];
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users', 'developers']) });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', code: 'jira.licence_full' });
    expect(groupsOf('ada')).toEqual(['developers']);
  });

  it('P02 an activation that would take a seat waits as well, visibly; nothing is parked', async () => {
    gatehouse.jira.addUser({ name: 'ada', active: false, groups: ['users'] });
    gatehouse.jira.fail('activate', new TerminalError('jira.licence_full', 'full'));
    const ada = await gatehouse.account('ada', { mayActivate: true, groups: desiredGroups(['users', 'developers']) });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.calls.filter((call) => !call.startsWith('find'))).toEqual(['activate ada']);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'refused', code: 'jira.licence_full', active: false });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ outcome: 'paused', plan: { paused: ['developers'] } });
    expect(gatehouse.settled).toBe(1);
    expect(await gatehouse.published()).toEqual([expect.objectContaining({ event: 'account.seats-due', key: ada })]);
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', code: null, active: true });
    expect(groupsOf('ada')).toEqual(['developers', 'users']);
  });

  it('pauses as well when somebody else takes the last seat meanwhile: nothing is parked', async () => {
    gatehouse.reader.applications = software(1);
    gatehouse.jira.fail('add', new TerminalError('jira.licence_full', 'full'), { about: 'users' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users', 'developers']) });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['developers']);
    expect(await gatehouse.stateOf(ada)).toMatchObject({
      state: 'refused',
      code: 'jira.licence_full',
      appliedVersion: null,
      underWay: null,
    });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ outcome: 'paused', plan: { paused: ['users'] } });
    expect((await gatehouse.ledgerOf(ada)).map(({ group }) => group)).toEqual(['developers']);
    expect(gatehouse.settled).toBe(1);
    expect(await gatehouse.published()).toEqual([expect.objectContaining({ event: 'account.seats-due', key: ada })]);
    gatehouse.renewSeats();
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['developers', 'users']);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ code: null, appliedVersion: 1 });
  });

  it('counts the seats that it gives away itself, and asks Jira once a minute', async () => {
    gatehouse.reader.applications = software(2);
    const names = ['ada', 'grace', 'linus'];
    for (const name of names)
      await gatehouse.reconcile(await gatehouse.account(name, { groups: desiredGroups(['users']) }));
    expect(names.map((name) => gatehouse.jira.named(name)!.groups.length)).toEqual([1, 1, 0]);
    expect(gatehouse.reader.asked).toBe(1);
  });

  it('holds nobody up when nobody can say', async () => {
    gatehouse.reader.failure = away();
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['users']);
    expect(await planOf(ada)).toMatchObject({ seatsUnknown: true });
  });

  it('is not asked about where nothing is added', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    await gatehouse.reconcile(await gatehouse.account('ada'));
    expect(gatehouse.reader.asked).toBe(0);
  });
});

it('F13 a limit that Jira sets on the question for seats stops the run like any other', async () => {
  const limited = new OutageError('jira.rate_limited', 'too many', { retryAfterMs: 60_000 });
  gatehouse.reader.failure = limited;
  gatehouse.jira.addUser({ name: 'ada' });
  const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
  await expect(gatehouse.reconcile(ada)).rejects.toThrow(OutageError);
  expect(gatehouse.jira.calls).toEqual(['find ada']);
});
