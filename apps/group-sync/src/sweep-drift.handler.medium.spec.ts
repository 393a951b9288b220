import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { desiredGroups, Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await gatehouse.configure({});
  gatehouse.jira.addGroups('users', 'developers');
});

interface Sent {
  readonly key: string;
  readonly queue: string;
  readonly trace_id: string;
}

const sent = () =>
  gatehouse.dataSource.query<Sent[]>(
    `select key, queue, trace_id from messaging.outbox where event = 'account.drift-check-due' order by id`,
  );
const keys = async () => (await sent()).map(({ key }) => key);
const report = async () =>
  (
    await gatehouse.dataSource.query<Record<string, unknown>[]>(
      `select sent, checked, differing, repaired, finished_at is not null as finished from sync.drift_report`,
    )
  )[0];
const settleAll = () =>
  gatehouse.dataSource.query(`update messaging.outbox set state = 'settled', outcome = 'applied', settled_at = now()`);

/** Somebody who was reconciled once, two days ago. */
async function person(name: string, groups = desiredGroups(['users'])): Promise<string> {
  const account = await gatehouse.account(name, { groups });
  await gatehouse.reconcile(account);
  await gatehouse.grow(account);
  return account;
}

async function workOff(): Promise<void> {
  for (const { key, trace_id } of await sent())
    await gatehouse.reconcile(key, { lane: 'bulk', traceId: trace_id }).catch(() => undefined);
}

describe('X46 a sweep for drift', () => {
  it('repairs a membership that was taken away in Jira by hand and is still wanted, and tells what it found', async () => {
    const [ada, grace] = [await person('ada'), await person('grace')];
    gatehouse.jira.change(gatehouse.jira.named('ada')!.key, { groups: [] });
    await gatehouse.sweep('not-seen-for-long');
    expect(new Set((await sent()).map(({ queue }) => queue))).toEqual(new Set(['group-sync.bulk']));
    expect((await keys()).toSorted()).toEqual([ada, grace].toSorted());
    await workOff();
    expect(gatehouse.jira.named('ada')!.groups).toEqual(['users']);
    expect(await report()).toEqual({ sent: 2, checked: 2, differing: 1, repaired: 1, finished: true });
  });

  it('asks for nobody who was seen lately, is refused, or has nothing that we manage', async () => {
    await gatehouse.reconcile(await gatehouse.account('fresh', { groups: desiredGroups(['users']) }));
    await person('nothing', desiredGroups([]));
    const refused = await gatehouse.account('refused', { mayCreate: false, groups: desiredGroups(['users']) });
    await gatehouse.reconcile(refused);
    const managed = await person('managed', desiredGroups([], ['users']));
    await gatehouse.sweep('not-seen-for-long');
    expect(await keys()).toEqual([managed]);
  });

  it('takes all of them when it is asked to, but for those whom a run would take for fresh', async () => {
    await gatehouse.reconcile(await gatehouse.account('fresh', { groups: desiredGroups(['users']) }));
    const lately = await person('lately');
    await gatehouse.dataSource.query(
      `update sync.jira_account set verified_at = now() - interval '1 hour' where account_id = $1`,
      [lately],
    );
    await gatehouse.sweep('not-seen-for-long');
    expect(await keys()).toEqual([]);
    await gatehouse.sweep('all');
    expect(await keys()).toEqual([lately]);
  });

  it('tells of somebody who cannot be repaired', async () => {
    await person('ada');
    gatehouse.jira.delete(gatehouse.jira.named('ada')!.key);
    await gatehouse.sweep('not-seen-for-long');
    await workOff();
    expect(await report()).toMatchObject({ checked: 1, differing: 1, repaired: 0 });
  });

  it('D10 revives nobody whom an administrator deactivated in Jira; a sign-in does where it may', async () => {
    const ada = await gatehouse.account('ada', { mayActivate: true, groups: desiredGroups(['users']) });
    await gatehouse.reconcile(ada);
    await gatehouse.grow(ada);
    gatehouse.jira.change(gatehouse.jira.named('ada')!.key, { active: false });
    await gatehouse.sweep('not-seen-for-long');
    await workOff();
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: false });
    expect(await gatehouse.stateOf(ada)).toMatchObject({ state: 'refused', code: 'jira.account_inactive' });
    await gatehouse.reconcile(ada);
    expect(gatehouse.jira.named('ada')).toMatchObject({ active: true });
  });
});

describe('X46 a sweep over many', () => {
  const people = 1_200;
  beforeEach(async () => {
    await gatehouse.dataSource.query(
      `with made as (
         insert into mapping.account (id, name_folded)
         select gen_random_uuid(), 'u' || n from generate_series(1, $1::integer) as n returning id, name_folded
       ), seen as (
         insert into sync.jira_account (account_id, jira_key, username, active, state, verified_at)
         select id, name_folded, name_folded, true, 'ready', now() - interval '2 days' from made
       )
       insert into mapping.desired_access (account_id, version, content, config_version)
       select id, 1, $2, 1 from made`,
      [people, JSON.stringify({ groups: desiredGroups(['users']) })],
    );
  });
  const counts = async () => {
    const all = await keys();
    return { rows: all.length, people: new Set(all).size };
  };

  it('F01 goes on at its cursor after a kill, under the trace it began with, and sends nobody twice', async () => {
    const traceId = 'ab'.repeat(16);
    await expect(gatehouse.sweep('not-seen-for-long', { traceId, killedAfterPages: 1 })).rejects.toThrow('killed');
    expect(await counts()).toEqual({ rows: 500, people: 500 });
    await gatehouse.sweep('not-seen-for-long');
    expect(await counts()).toEqual({ rows: people, people });
    expect(new Set((await sent()).map(({ trace_id }) => trace_id))).toEqual(new Set([traceId]));
    await gatehouse.sweep('not-seen-for-long', { traceId });
    expect(await counts()).toEqual({ rows: people, people });
    expect(await report()).toMatchObject({ sent: people, finished: true });
  });

  it('F19 two deliveries at once share the pages', async () => {
    await Promise.all([gatehouse.sweep('not-seen-for-long'), gatehouse.sweep('not-seen-for-long')]);
    expect(await counts()).toEqual({ rows: people, people });
  });

  it('F13 does not begin anew while runs of the last one wait, as they do while Jira is away', async () => {
    await gatehouse.sweep('not-seen-for-long');
    await gatehouse.sweep('not-seen-for-long');
    expect(await counts()).toEqual({ rows: people, people });
    await settleAll();
    await gatehouse.sweep('not-seen-for-long');
    expect(await counts()).toEqual({ rows: 2 * people, people });
  });
});
