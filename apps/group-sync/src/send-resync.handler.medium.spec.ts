import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { flow, sendResync } from '@gatehouse/contracts';
import { Outbox } from '@gatehouse/messaging';
import { newTraceId } from '@gatehouse/telemetry';
import { desiredGroups, Installation } from '../test/installation.js';
import { AccountDoubts } from './account-doubts.store.js';
import { Resyncs } from './resyncs.store.js';
import { SendResyncHandler } from './send-resync.handler.js';

const people = 450;

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());

describe('U19 a resync of many', () => {
  const id = randomUUID();
  const traceId = newTraceId();
  const query = <Row>(text: string, values: unknown[] = []) => gatehouse.dataSource.query<Row[]>(text, values);

  beforeEach(async () => {
    await gatehouse.empty();
    await gatehouse.configure({});
    await query('truncate console.resync, console.resync_item, sync.resync_progress');
    await query(
      `with made as (
         insert into mapping.account (id, name_folded)
         select gen_random_uuid(), 'u' || n from generate_series(1, $1::integer) as n returning id, name_folded
       ), seen as (
         insert into sync.jira_account (account_id, jira_key, username, active, state, verified_at, applied_version)
         select id, name_folded, name_folded, true, 'ready', now(), 1 from made
       ), asked as (
         insert into console.resync (id, actor, reason, selection, total, trace_id) values ($2, 't', 'r', '{"all":true}', $1, $3)
         returning id
       )
       insert into console.resync_item (resync_id, account_id) select asked.id, made.id from asked, made`,
      [people, id, traceId],
    );
  });

  async function run({ dies = false } = {}): Promise<void> {
    const handler = new SendResyncHandler(gatehouse.dataSource, new Resyncs(), new AccountDoubts(), new Outbox(flow));
    const settle = () => (dies ? Promise.reject(new Error('killed')) : Promise.resolve());
    const context = { job: sendResync.name, lane: 'bulk' as const, attempt: 1, traceId, settle };
    await handler.handle({ resyncId: id, traceId }, { ...context, coveredTraceIds: [newTraceId(), traceId] });
  }
  const sent = async () => {
    const [row] = await query<{ rows: number; people: number; looks: number }>(
      `select (count(*) filter (where event = 'account.resync-due'))::integer as rows,
         (count(distinct key) filter (where event = 'account.resync-due'))::integer as people,
         (count(*) filter (where event = 'resync.due'))::integer as looks from messaging.outbox`,
    );
    return row!;
  };
  const settle = (count: number) =>
    query(
      `update messaging.outbox set state = 'settled', outcome = 'applied', settled_at = now() where id in (
         select id from messaging.outbox where event = 'account.resync-due' and state <> 'settled' order by id limit $1)`,
      [count],
    );

  it('sends on no more than a window, in the bulk lane, and fills it up as it is worked off', async () => {
    await run();
    expect(await sent()).toEqual({ rows: 200, people: 200, looks: 1 });
    await run();
    expect(await sent()).toMatchObject({ rows: 200 });
    await settle(150);
    await run();
    expect(await sent()).toMatchObject({ rows: 350, people: 350 });
    await settle(350);
    await run();
    const { looks, ...all } = await sent();
    expect(all).toEqual({ rows: people, people });
    const [progress] = await query<object>(
      `select sent, finished_at is not null as finished from sync.resync_progress`,
    );
    expect(progress).toEqual({ sent: people, finished: true });
    await run();
    expect(await sent()).toEqual({ ...all, looks });
    const queues = await query<{ queue: string }>('select distinct queue from messaging.outbox');
    expect(queues).toEqual([{ queue: 'group-sync.bulk' }]);
  });

  it('F01 a kill repeats nothing and forgets nothing', async () => {
    await expect(run({ dies: true })).rejects.toThrow('killed');
    expect(await sent()).toEqual({ rows: 0, people: 0, looks: 0 });
    await run();
    expect(await sent()).toMatchObject({ rows: 200, people: 200 });
  });

  it.each(['paused', 'cancelled'])('sends nothing on while it is %s', async (state) => {
    await run();
    await settle(200);
    await query('update console.resync set state = $1', [state]);
    await run();
    expect(await sent()).toMatchObject({ rows: 200, looks: 1 });
    await query(`update console.resync set state = 'running'`);
    await run();
    expect(await sent()).toMatchObject({ rows: 400, people: 400 });
  });

  it('has Jira looked at, however lately it was', async () => {
    gatehouse.jira.addGroups('users');
    const ada = await gatehouse.account('ada', { groups: desiredGroups(['users']) });
    await gatehouse.reconcile(ada);
    gatehouse.jira.change(gatehouse.jira.named('ada')!.key, { groups: [] });
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(gatehouse.jira.named('ada')).toMatchObject({ groups: [] });
    await gatehouse.dataSource.transaction((manager) => new AccountDoubts().add(manager, [ada]));
    await gatehouse.reconcile(ada, { lane: 'bulk' });
    expect(gatehouse.jira.named('ada')).toMatchObject({ groups: ['users'] });
  });
});
