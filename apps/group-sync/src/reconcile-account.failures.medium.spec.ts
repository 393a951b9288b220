import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutageError, RetryableError, TerminalError } from '@gatehouse/errors';
import { desiredGroups, Installation } from '../test/installation.js';

const away = () => new OutageError('jira.unreachable', 'Jira did not answer');
const conflict = () => new RetryableError('jira.conflict', 'Jira refused a change');

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({});
  gatehouse.jira.addGroups('users', 'developers', 'support', 'by-hand', 'jira-administrators');
});

describe('Jira away', () => {
  it('a first login waits, and the row says why', async () => {
    gatehouse.jira.fail('find', away());
    const ada = await gatehouse.account('ada');
    await expect(gatehouse.reconcile(ada)).rejects.toThrow(OutageError);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'pending', code: 'jira.unreachable' });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({
      outcome: 'outage',
      code: 'jira.unreachable',
      jira_calls: 1,
    });
    expect(gatehouse.settled).toBe(0);
    await gatehouse.reconcile(ada);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', code: null });
  });

  it('a known account stays usable', async () => {
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada');
    await gatehouse.reconcile(ada);
    const before = await gatehouse.stateOf(ada);
    await gatehouse.desire(ada, { groups: desiredGroups(['users']) });
    gatehouse.jira.fail('find', away());
    await expect(gatehouse.reconcile(ada)).rejects.toThrow(OutageError);
    const { state, code, verifiedAt } = (await gatehouse.stateOf(ada))!;
    expect({ state, code, verifiedAt }).toEqual({ state: 'ready', code: null, verifiedAt: before!.verifiedAt });
  });
});

describe('a change that Jira refuses', () => {
  it('S41 a missing group locks nobody out: it is skipped, the run says so, and the next one tries again', async () => {
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users', 'nowhere', 'developers']) });
    await gatehouse.reconcile(ada);
    expect([...gatehouse.jira.named('ada')!.groups].sort()).toEqual(['developers', 'users']);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', active: true, appliedVersion: null });
    expect(await gatehouse.lastRunOf(ada)).toMatchObject({
      outcome: 'applied',
      code: 'jira.group_missing',
      plan: { skipped: ['nowhere'] },
    });
    expect(gatehouse.settled).toBe(1);

    gatehouse.jira.addGroups('nowhere');
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')!.groups).toContain('nowhere');
    expect(await gatehouse.stateOf(ada)).toMatchObject({ appliedVersion: 1 });
  });

  it('S20 a directory that cannot be written does not hold up the groups', async () => {
    gatehouse.jira.addUser({ name: 'ada', displayName: 'Old' });
    gatehouse.jira.fail('update', new TerminalError('jira.directory_read_only', 'read-only'));
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await expect(gatehouse.reconcile(ada)).rejects.toMatchObject({ code: 'jira.directory_read_only' });
    expect(gatehouse.jira.named('ada')!.groups).toEqual(['users']);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready' });
  });

  it('S20 what a directory has refused is not asked again by the next sign-in, until the job is retried', async () => {
    gatehouse.jira.addUser({ name: 'ada', displayName: 'Old' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    const refuse = () => gatehouse.jira.fail('update', new TerminalError('jira.directory_read_only', 'read-only'));
    const updates = () => gatehouse.jira.calls.filter((call) => call.startsWith('update')).length;
    const again = (lane: 'interactive' | 'bulk' = 'interactive') =>
      expect(gatehouse.reconcile(ada, { lane })).rejects.toMatchObject({ code: 'jira.directory_read_only' });
    refuse();
    await again();
    await gatehouse.park(ada, 'jira.directory_read_only');
    await again();
    await again();
    expect(updates()).toBe(1);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', appliedVersion: null });

    refuse();
    await again('bulk');
    expect(updates()).toBe(2);
    refuse();
    await gatehouse.desire(ada, { displayName: 'Ada' });
    await again();
    expect(updates()).toBe(3);

    await gatehouse.dataSource.query('update messaging.parked_job set resolved_at = now()');
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ displayName: 'Ada' });
  });

  it('what may succeed later keeps a first login waiting, until the last attempt', async () => {
    gatehouse.jira.fail('add', conflict(), { times: 2 });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await expect(gatehouse.reconcile(ada, { attempt: 7 })).rejects.toThrow(RetryableError);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'pending', code: 'jira.conflict' });
    await expect(gatehouse.reconcile(ada, { attempt: 8 })).rejects.toThrow(RetryableError);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', appliedVersion: null });
  });

  it('a user that a lagging node does not show yet is tried again, not parked', async () => {
    gatehouse.jira.fail('add', new TerminalError('jira.account_missing', 'no such user'));
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await expect(gatehouse.reconcile(ada)).rejects.toThrow(RetryableError);
  });

  it('O65 a default group of administrators is withheld, and the run says so', async () => {
    const groups = desiredGroups(['jira-administrators', 'users']);
    const reasons = groups.reasons.map(({ group, provider }) => ({ group, provider, source: 'default' as const }));
    const ada = await gatehouse.account('ada', { groups: { ...groups, reasons } });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')!.groups).toEqual(['users']);
    expect((await gatehouse.lastRunOf(ada))?.plan).toMatchObject({ withheld: ['jira-administrators'] });
  });
});
