import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { DeferredError, OutageError } from '@gatehouse/errors';
import { desiredGroups, Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({ verificationWindowMinutes: 0 });
  gatehouse.jira.addGroups('users', 'developers', 'support', 'by-hand', 'welcome', 'jira-administrators');
});

const away = () => new OutageError('jira.unreachable', 'Jira did not answer');
const groupsOf = (name: string) => [...gatehouse.jira.named(name)!.groups].sort();
const planOf = async (accountId: string) => (await gatehouse.lastRunOf(accountId))!.plan!;

describe('the ledger', () => {
  it('P24 X53 a deleted rule takes back what it granted, and nothing that was there by hand', async () => {
    gatehouse.jira.addUser({ name: 'ada', groups: ['by-hand', 'support'] });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['developers', 'support'], ['developers']) });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.ledgerOf(ada)).toEqual([
      { group: 'developers', provider: 'p', reason: 'rule developers', how: 'added' },
    ]);

    await gatehouse.desire(ada, { groups: desiredGroups([]) }, 2);
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['by-hand', 'support']);
    expect(await gatehouse.ledgerOf(ada)).toEqual([]);
    expect(await planOf(ada)).toMatchObject({
      changes: [{ kind: 'remove', group: 'developers', because: 'granted' }],
    });
  });

  it('S42 P11 keeps what was granted while its provider holds, and says why', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['developers']) });
    await gatehouse.reconcile(ada);
    const holds = [{ provider: 'p', cause: 'keep-existing' as const }];
    await gatehouse.desire(ada, { groups: { ...desiredGroups([]), holds } });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['developers']);
    expect(await planOf(ada)).toMatchObject({
      holds,
      kept: [{ group: 'developers', because: 'provider-holds' }],
      changes: [],
    });
    expect(await gatehouse.ledgerOf(ada)).toHaveLength(1);
  });

  it('S29 a default for everybody comes back after an administrator took it away', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await gatehouse.reconcile(ada);
    gatehouse.jira.change(gatehouse.jira.named('ada')!.key, { groups: [] });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['users']);
  });

  it('forgets what an administrator took away and nobody wants: given back by hand it is theirs', async () => {
    const { key } = gatehouse.jira.addUser({ name: 'ada' });
    const holds = [{ provider: 'p', cause: 'keep-existing' as const }];
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['developers']) });
    await gatehouse.reconcile(ada);
    gatehouse.jira.change(key, { groups: [] });
    await gatehouse.desire(ada, { groups: { ...desiredGroups([]), holds } });
    await gatehouse.reconcile(ada);
    gatehouse.jira.change(key, { groups: ['developers'] });
    await gatehouse.desire(ada, { groups: desiredGroups([]) });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['developers']);
  });

  it('I8 names each applied change once, with its reason, attempt and lane', async () => {
    gatehouse.jira.addUser({ name: 'ada', displayName: 'Old', groups: ['support'] });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users'], ['users', 'support']) });
    await gatehouse.reconcile(ada, { attempt: 3 });
    const changes = [
      { kind: 'profile', fields: ['displayName'] },
      { kind: 'add', group: 'users', because: [['p', 'rule users']] },
      { kind: 'remove', group: 'support', because: 'managed' },
    ];
    const told = (await planOf(ada))['changes'];
    expect(told).toEqual(expect.arrayContaining(changes));
    expect(told).toHaveLength(changes.length);
    expect(await gatehouse.attemptsOf(ada)).toEqual([{ outcome: 'applied', attempt: 3, lane: 'interactive' }]);
    await gatehouse.reconcile(ada);
    expect(await planOf(ada)).toMatchObject({ changes: [] });
  });

  it('one who is in 2,000 groups costs the same calls as one in five', async () => {
    const all = Array.from({ length: 2_000 }, (_, index) => `g${index}`);
    gatehouse.jira.addGroups(...all).addUser({ name: 'ada', groups: all });
    const ada = await gatehouse.account('ada', { groups: desiredGroups([...all, 'users'], all) });
    await gatehouse.reconcile(ada);
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ jira_calls: 2 });
    expect(await gatehouse.ledgerOf(ada)).toHaveLength(2_001);
    await gatehouse.reconcile(ada);
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({ jira_calls: 1, outcome: 'unchanged' });
  });
});

/** As if the process died in this call: whatever Jira did, the run commits nothing any more. */
async function killedIn(accountId: string, call: string, when: 'before' | 'after'): Promise<void> {
  const [on = '', about = ''] = call.split(' ');
  const killed = new DeferredError('lease.held', 'killed', { retryAfterMs: 1 });
  gatehouse.jira.fail(on as 'add', killed, { when, about });
  await expect(gatehouse.reconcile(accountId)).rejects.toBe(killed);
}

describe('I5 I8 a worker that is killed in mid-run', () => {
  const steps: [string, 'before' | 'after'][] = [
    ['update JIRAUSER10000', 'before'],
    ['update JIRAUSER10000', 'after'],
    ['add users', 'before'],
    ['add users', 'after'],
    ['add developers', 'after'],
    ['remove support', 'before'],
    ['remove support', 'after'],
  ];

  it.each(steps)(
    'in %s, %s Jira did it: all is done, each change is told once, and ours is ours',
    async (call, when) => {
      gatehouse.jira.addUser({ name: 'ada', displayName: 'Old', groups: ['support', 'by-hand'] });
      const groups = desiredGroups(['users', 'developers'], ['support']);
      const ada = await gatehouse.account('ada', { groups });
      await killedIn(ada, call, when);
      await gatehouse.reconcile(ada);
      expect(groupsOf('ada')).toEqual(['by-hand', 'developers', 'users']);
      expect((await gatehouse.ledgerOf(ada)).map(({ group, how }) => `${group} ${how}`)).toEqual([
        'developers added',
        'users added',
      ]);
      const told = (await gatehouse.runsOf(ada)).flatMap(({ plan }) => (plan?.['changes'] ?? []) as { kind: string }[]);
      expect(
        told.map((change) => ('group' in change ? `${change.kind} ${String(change.group)}` : change.kind)).sort(),
      ).toEqual(['add developers', 'add users', 'profile', 'remove support']);
      expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', underWay: null });
    },
  );

  it.each(['before', 'after'] as const)(
    'P24 what it gave goes, although the rule is gone before anybody finds it there (killed %s another change)',
    async (when) => {
      gatehouse.jira.addUser({ name: 'ada', groups: ['by-hand'] });
      const ada = await gatehouse.account('ada', { groups: desiredGroups(['developers', 'support']) });
      await killedIn(ada, 'add support', when);
      await gatehouse.desire(ada, { groups: desiredGroups([]) }, 2);
      await gatehouse.reconcile(ada);
      expect(groupsOf('ada')).toEqual(['by-hand']);
      expect(await gatehouse.ledgerOf(ada)).toEqual([]);
    },
  );

  it('P11 what it gave stays ours while the provider that was the reason holds back', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['developers', 'support']) });
    await killedIn(ada, 'add support', 'before');
    const holds = [{ provider: 'p', cause: 'absent' as const }];
    await gatehouse.desire(ada, { groups: { ...desiredGroups([]), holds } }, 2);
    await gatehouse.reconcile(ada);
    expect(await gatehouse.ledgerOf(ada)).toMatchObject([{ group: 'developers', provider: 'p', how: 'added' }]);

    await gatehouse.desire(ada, { groups: desiredGroups([]) }, 3);
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual([]);
  });

  it('F29 what the version before left under way, which told no reasons, is read', async () => {
    gatehouse.jira.addUser({ name: 'ada', groups: ['developers'] });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['developers']) });
    await gatehouse.reconcile(ada);
    const left = { traceId: 't', attempt: 1, lane: 'bulk', version: 1, startedAt: '2026-01-01T00:00:00Z', ours: [] };
    const changes = [{ kind: 'add', group: 'developers' }];
    await gatehouse.dataSource.query(
      'update sync.jira_account set under_way = $2, verified_at = null where account_id = $1',
      [ada, JSON.stringify({ ...left, changes })],
    );
    await gatehouse.reconcile(ada);
    expect(await gatehouse.ledgerOf(ada)).toMatchObject([{ group: 'developers', how: 'added' }]);
  });

  it('F17 an answer that was lost is told by the run that sees what came of it', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    gatehouse.jira.fail('add', away(), { when: 'after', about: 'users' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await expect(gatehouse.reconcile(ada)).rejects.toThrow(OutageError);
    await gatehouse.reconcile(ada);
    const runs = await gatehouse.runsOf(ada);
    expect(runs.map(({ outcome }) => outcome)).toEqual(['outage', 'cut-short', 'unchanged']);
    expect(runs[1]!.plan).toEqual({ changes: [{ kind: 'add', group: 'users' }] });
    expect(await gatehouse.ledgerOf(ada)).toMatchObject([{ group: 'users', how: 'added' }]);
  });
});

describe('S30 groups for newcomers', () => {
  const reason = { group: 'welcome', source: 'default' as const, provider: 'p' };
  const groups = { ...desiredGroups(['users']), ifNew: { wanted: ['welcome'], reasons: [reason] } };

  it('S33 go to whoever was created for this sign-in, once', async () => {
    const ada = await gatehouse.account('ada', { groups });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['users', 'welcome']);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ newcomer: false, createdByUs: true });

    gatehouse.jira.change(gatehouse.jira.named('ada')!.key, { groups: ['users'] });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['users']);
  });

  it('do not go to somebody who was there before', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { groups });
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['users']);
  });

  it.each<[string, 'before' | 'after']>([
    ['create ada', 'after'],
    ['add users', 'before'],
    ['add welcome', 'before'],
    ['add welcome', 'after'],
  ])('survive a kill in %s, %s Jira did it', async (call, when) => {
    const ada = await gatehouse.account('ada', { groups });
    await killedIn(ada, call, when);
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['users', 'welcome']);
    expect(gatehouse.jira.users.size).toBe(1);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ newcomer: false });
  });

  it('survive a retry', async () => {
    const ada = await gatehouse.account('ada', { groups });
    gatehouse.jira.fail('add', away(), { times: 2 });
    await expect(gatehouse.reconcile(ada)).rejects.toThrow(OutageError);
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['users', 'welcome']);
  });

  it('stay, although nobody names them any more', async () => {
    const ada = await gatehouse.account('ada', { groups });
    await gatehouse.reconcile(ada);
    await gatehouse.desire(ada, { groups: desiredGroups(['users']) }, 2);
    await gatehouse.reconcile(ada);
    expect(groupsOf('ada')).toEqual(['users', 'welcome']);
  });
});
