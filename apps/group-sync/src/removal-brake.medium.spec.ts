import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { desiredGroups, Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({
    verificationWindowMinutes: 0,
    brake: { perRunMax: 3, perGroupMax: 2, percentMax: 100 },
  });
  gatehouse.jira.addGroups('one', 'two', 'three');
});

const membersOf = (group: string) =>
  [...gatehouse.jira.users.values()].filter(({ groups }) => groups.includes(group)).map(({ name }) => name);
const held = () =>
  gatehouse.dataSource.query<object[]>(
    `select a.name_folded as name, group_name as "group", scope, config_version as version
     from sync.held_removal join mapping.account a on a.id = account_id where released_at is null order by 1, 2`,
  );
const decide = (verdict: 'approve' | 'dismiss', version: number, group = '') =>
  gatehouse.dataSource.query(
    `insert into console.removal_decision (config_version, group_folded, verdict, actor, reason)
     values ($1, $2, $3, 'test', 'because')`,
    [version, group, verdict],
  );

async function people(count: number, groups: string[]): Promise<string[]> {
  const accounts: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const account = await gatehouse.account(`p${n}`, { groups: desiredGroups(groups, groups) });
    await gatehouse.reconcile(account);
    accounts.push(account);
  }
  return accounts;
}

async function lose(accounts: readonly string[], all: string[], version = 2): Promise<void> {
  for (const account of accounts) {
    await gatehouse.desire(account, { groups: desiredGroups([], all) }, version);
    await gatehouse.reconcile(account);
  }
}

describe('P31 X51 X52 I3 the brake', () => {
  it('holds what goes beyond the threshold of a group, and the rest of the plan goes on', async () => {
    const accounts = await people(4, ['one']);
    for (const account of accounts) {
      await gatehouse.desire(account, { groups: desiredGroups(['two'], ['one']) }, 2);
      await gatehouse.reconcile(account);
    }
    expect(membersOf('one')).toEqual(['p2', 'p3']);
    expect(membersOf('two')).toHaveLength(4);
    expect(await held()).toEqual([
      { name: 'p2', group: 'one', scope: 'group', version: 2 },
      { name: 'p3', group: 'one', scope: 'group', version: 2 },
    ]);
    expect(await gatehouse.stateOf(accounts[3]!)).toMatchObject({ state: 'ready' });
    expect((await gatehouse.lastRunOf(accounts[3]!))?.plan).toMatchObject({
      held: [{ group: 'one', because: 'managed', scope: 'group' }],
    });
    expect(await gatehouse.ledgerOf(accounts[3]!)).toMatchObject([{ group: 'one' }, { group: 'two' }]);
  });

  it('counts two groups of Jira once whose names fold to one', async () => {
    const spellings = ['caf\u00e9', 'cafe\u0301'];
    gatehouse.jira.addGroups(...spellings);
    gatehouse.jira.addUser({ name: 'p0', groups: spellings });
    const account = await gatehouse.account('p0', { groups: desiredGroups([], spellings) });
    await gatehouse.reconcile(account);
    expect(gatehouse.jira.named('p0')?.groups).toEqual([]);
  });

  it('holds what one configuration takes from too many people in all', async () => {
    const groups = ['one', 'two', 'three'];
    const accounts = await people(5, groups);
    for (const [index, account] of accounts.entries()) {
      const rest = groups.filter((_, at) => at !== index % 3);
      await gatehouse.desire(account, { groups: desiredGroups(rest, groups) }, 2);
      await gatehouse.reconcile(account);
    }
    expect((await held()).map((row) => ({ ...row }))).toEqual([
      { name: 'p3', group: 'one', scope: 'run', version: 2 },
      { name: 'p4', group: 'two', scope: 'run', version: 2 },
    ]);
  });

  it('does not stop one person who loses everything', async () => {
    const [ada] = await people(1, ['one', 'two', 'three']);
    await lose([ada!], ['one', 'two', 'three']);
    expect(await held()).toEqual([]);
    expect(gatehouse.jira.named('p0')!.groups).toEqual([]);
  });

  it('never lets two workers share the last place', async () => {
    const accounts = await people(6, ['one']);
    for (const account of accounts) await gatehouse.desire(account, { groups: desiredGroups([], ['one']) }, 2);
    await Promise.all(accounts.map((account) => gatehouse.reconcile(account)));
    expect(membersOf('one')).toHaveLength(4);
  });

  it('keeps held what is held when the window has moved on, or the configuration', async () => {
    const accounts = await people(3, ['one']);
    await lose(accounts, ['one']);
    await gatehouse.dataSource.query(`update sync.removal set admitted_at = now() - interval '2 hours'`);
    await gatehouse.reconcile(accounts[2]!);
    expect(membersOf('one')).toEqual(['p2']);
    await lose([accounts[2]!], ['one'], 3);
    expect(membersOf('one')).toEqual(['p2']);
    expect(await held()).toEqual([{ name: 'p2', group: 'one', scope: 'group', version: 3 }]);
  });

  it('an approval lets them go, each account once', async () => {
    const accounts = await people(5, ['one']);
    await lose(accounts, ['one']);
    await decide('approve', 2);
    await gatehouse.release(2);
    const due = (await gatehouse.published()).filter(({ event }) => event === 'account.removal-due');
    expect(due.map(({ key, queue }) => [key, queue]).sort()).toEqual(
      accounts
        .slice(2)
        .map((key) => [key, 'group-sync.bulk'])
        .sort(),
    );
    await gatehouse.release(2);
    expect((await gatehouse.published()).filter(({ event }) => event === 'account.removal-due')).toHaveLength(3);
    for (const account of accounts) await gatehouse.reconcile(account, { lane: 'bulk' });
    expect(membersOf('one')).toEqual([]);
    expect(await held()).toEqual([]);
  });

  it('an approved account is looked at again although it was seen a moment ago', async () => {
    await gatehouse.configure({ brake: { perRunMax: 0 } });
    const [ada] = await people(1, ['one']);
    await lose([ada!], ['one']);
    expect(membersOf('one')).toEqual(['p0']);
    await gatehouse.reconcile(ada!);
    expect(await gatehouse.runsOf(ada!)).toHaveLength(2);
    await decide('approve', 2);
    await gatehouse.release(2);
    await gatehouse.reconcile(ada!);
    expect(membersOf('one')).toEqual([]);
  });

  it('an approval of one group lets that group go', async () => {
    await gatehouse.configure({ verificationWindowMinutes: 0, brake: { perRunMax: 0 } });
    const accounts = await people(2, ['one', 'two']);
    await lose(accounts, ['one', 'two']);
    await decide('approve', 2, 'one');
    await gatehouse.release(2);
    for (const account of accounts) await gatehouse.reconcile(account);
    expect([membersOf('one'), membersOf('two')]).toEqual([[], ['p0', 'p1']]);
    expect(await held()).toHaveLength(2);
  });

  it('what is dismissed stays as it is, and asks no more', async () => {
    const accounts = await people(3, ['one']);
    await lose(accounts, ['one']);
    await decide('dismiss', 2);
    await gatehouse.reconcile(accounts[2]!);
    expect(membersOf('one')).toEqual(['p2']);
    expect(await held()).toEqual([]);
    expect((await gatehouse.lastRunOf(accounts[2]!))?.plan).toMatchObject({
      kept: [{ group: 'one', because: 'dismissed' }],
    });
  });

  it('what is earned again waits no more', async () => {
    const accounts = await people(3, ['one']);
    await lose(accounts, ['one']);
    await gatehouse.desire(accounts[2]!, { groups: desiredGroups(['one'], ['one']) }, 2);
    await gatehouse.reconcile(accounts[2]!);
    expect(await held()).toEqual([]);
  });
});
