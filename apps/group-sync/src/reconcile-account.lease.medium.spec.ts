import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { OutageError } from '@gatehouse/errors';
import { Leases } from '@gatehouse/messaging';
import { waitFor } from '@gatehouse/testing';
import { desiredGroups, Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({});
  gatehouse.jira.addGroups('users', 'developers', 'support', 'one', 'two', 'three', 'four', 'five', 'six');
});

/** A worker that was killed in mid-run. */
const killedAt = (accountId: string) =>
  gatehouse.dataSource.query(
    `insert into messaging.lease (key, holder, expires_at)
     values ('account/' || $1, gen_random_uuid(), clock_timestamp() - interval '1 second')`,
    [accountId],
  );

describe('one writer per account', () => {
  it('F19 a job that meets another at the same account goes back without asking Jira', async () => {
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    let metAnother: unknown;
    gatehouse.jira.gate = async () => {
      gatehouse.jira.gate = () => Promise.resolve();
      const before = gatehouse.jira.calls.length;
      metAnother = await gatehouse.reconcile(ada, { lane: 'bulk' }).catch((error: unknown) => error);
      expect(gatehouse.jira.calls).toHaveLength(before);
    };
    await gatehouse.reconcile(ada);
    expect(metAnother).toMatchObject({ code: 'lease.held', retryAfterMs: 250 });
    expect(await gatehouse.runsOf(ada)).toHaveLength(1);

    const calls = gatehouse.jira.calls.length;
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(gatehouse.jira.calls).toHaveLength(calls);
    expect(gatehouse.settled).toBe(2);
  });

  it('I5 the account of a killed worker is verified once more, when a late call of it can have landed', async () => {
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await gatehouse.reconcile(ada);
    await killedAt(ada);
    await gatehouse.reconcile(ada);
    const [event, ...others] = await gatehouse.published();
    expect(others).toEqual([]);
    expect(event).toMatchObject({ event: 'account.verify-due', key: ada, queue: 'group-sync.interactive' });
    expect(event!.inSeconds).toBeGreaterThan(14.5);
    expect(event!.inSeconds).toBeLessThan(15.5);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', active: true, code: null });

    // Until then whatever is seen may be undone by the late call, so no run takes the account for fresh.
    const look = async () => {
      const before = gatehouse.jira.calls.length;
      await gatehouse.reconcile(ada);
      return gatehouse.jira.calls.length - before;
    };
    expect(await look()).toBe(1);
    const late = gatehouse.jira.named('ada')!;
    gatehouse.jira.change(late.key, { groups: [] });
    await gatehouse.dataSource.query('update sync.jira_account set verify_from = now()');
    expect(await look()).toBeGreaterThan(0);
    expect(gatehouse.jira.named('ada')!.groups).toEqual(['users']);
    expect(await look()).toBe(0);
    expect(await gatehouse.published()).toHaveLength(1);
  });

  it('F28 a worker that was frozen for a minute makes no further call, writes nothing, and asks for a verification', async () => {
    const names = ['one', 'two', 'three', 'four', 'five', 'six'];
    gatehouse.jira.addUser({ name: 'ada', groups: ['users'] });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users', ...names], ['users', ...names]) });
    let now = 0;
    let wakes: () => void = () => undefined;
    const asleep = new Promise<void>((resolve) => (wakes = resolve));
    gatehouse.jira.gate = (call) => (call.startsWith('add') ? asleep : Promise.resolve());
    const frozen = gatehouse.reconcile(ada, { leases: new Leases(gatehouse.dataSource, {}, () => now) });
    frozen.catch(() => undefined);
    await waitFor(() => gatehouse.jira.calls.some((call) => call.startsWith('add')), { what: 'its first change' });

    await gatehouse.expireLeases();
    gatehouse.jira.gate = () => Promise.resolve();
    await gatehouse.desire(ada, { groups: desiredGroups(['users'], ['users', ...names]) });
    await gatehouse.reconcile(ada, { lane: 'provisioning' });
    expect(gatehouse.jira.named('ada')!.groups).toEqual(['users']);
    const applied = await gatehouse.stateOf(ada);
    const calls = gatehouse.jira.calls.length;

    now = 60_000;
    wakes();
    await expect(frozen).rejects.toMatchObject({ code: 'lease.lost' });
    expect(gatehouse.jira.calls).toHaveLength(calls);
    expect(Object.entries((await gatehouse.stateOf(ada))!).filter(([name]) => name !== 'verifyFrom')).toEqual(
      Object.entries(applied!).filter(([name]) => name !== 'verifyFrom'),
    );
    expect((await gatehouse.runsOf(ada)).map(({ version }) => version)).toEqual([2]);
    expect(
      (await gatehouse.published()).map(({ event, queue, inSeconds }) => [event, queue, (inSeconds ?? 0) > 10]),
    ).toEqual([
      ['account.verify-due', 'group-sync.provisioning', true],
      ['account.verify-due', 'group-sync.interactive', false],
    ]);

    // What had been on its way landed; the verification takes it back although the version counts as applied.
    expect(gatehouse.jira.named('ada')!.groups.length).toBeGreaterThan(1);
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')!.groups).toEqual(['users']);
  });

  it('F28 what was found out before the freeze is not pinned after it', async () => {
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    gatehouse.jira.gate = async (call) => {
      if (!call.startsWith('create')) return;
      gatehouse.jira.gate = () => Promise.resolve();
      await gatehouse.expireLeases();
      await gatehouse.reconcile(ada, { lane: 'provisioning' });
    };
    await expect(gatehouse.reconcile(ada)).rejects.toMatchObject({ code: 'lease.lost' });
    expect(gatehouse.jira.users.size).toBe(1);
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'ready', createIntent: null, appliedVersion: 1 });
  });
});

describe('one breaker per Jira', () => {
  it('F18 a refusal that concerns everybody stops the calls of the same run, and those of the next', async () => {
    const names = Array.from({ length: 12 }, (_, index) => `group-${index}`);
    gatehouse.jira.addUser({ name: 'ada' });
    const ada = await gatehouse.account('ada', { groups: desiredGroups(names) });
    gatehouse.jira.fail('add', new OutageError('jira.credentials_refused', 'refused'), { times: 100 });
    const breakers = gatehouse.breakers();
    await expect(gatehouse.reconcile(ada, { breakers })).rejects.toMatchObject({ code: 'jira.credentials_refused' });
    expect(gatehouse.jira.calls.filter((call) => call.startsWith('add')).length).toBeLessThanOrEqual(8);
    await waitFor(
      async () => (await gatehouse.dataSource.query<unknown[]>('select from messaging.breaker')).length > 0,
      {
        what: 'the row',
      },
    );
    const calls = gatehouse.jira.calls.length;
    const grace = await gatehouse.account('grace');
    await expect(gatehouse.reconcile(grace, { breakers })).rejects.toThrow(OutageError);
    expect(gatehouse.jira.calls).toHaveLength(calls);
    expect(await gatehouse.stateOf(grace)).toMatchObject({ state: 'pending', code: 'jira.credentials_refused' });
  });
});
