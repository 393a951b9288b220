import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { RenameItem, RenamePage } from '@gatehouse/contracts';
import { emptyTables } from '@gatehouse/testing';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

describe('P06 renames, over the API', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;
  let admin: string;
  let operator: string;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
    [admin, operator] = [await running.tokenOf('admin'), await running.tokenOf('operator')];
  });
  afterAll(() => surroundings.close());
  beforeEach(() =>
    emptyTables(
      surroundings.dataSource,
      ...['sync.rename', 'console.rename_order', 'messaging.outbox', 'console.audit'],
    ),
  );

  const query = (text: string, values: unknown[] = []) =>
    surroundings.dataSource.query<Record<string, unknown>[]>(text, values);

  /** Noticed so many seconds ago. */
  async function rename(to: string, state: string, code: string | null = null, seconds = 0): Promise<string> {
    const account = randomUUID();
    await query(
      `insert into sync.rename (account_id, jira_key, from_name, to_name, state, code, trace_id, noticed_at, changed_at)
       values ($1, 'K', 'ada', $2, $3, $4, 't', now() - make_interval(secs => $5), now() - make_interval(secs => $5))`,
      [account, to, state, code, seconds],
    );
    return account;
  }

  const list = async (search = '') => RenamePage.parse(await (await running.request(`renames${search}`)).json());

  async function apply(account: string, token = admin, body: object = { reason: 'she married' }) {
    const answer = await running.request(`renames/${account}/apply`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it('says of each what stands against it and what to do, page by page', async () => {
    await rename('ada.lovelace', 'blocked', 'rename.several_directories', 10);
    await rename('countess', 'done', null, 20);
    await rename('from.a.newer.version', 'blocked', 'rename.something_new', 30);
    const first = await list('?limit=2');
    expect(first.items).toMatchObject([
      {
        from: 'ada',
        to: 'ada.lovelace',
        state: 'blocked',
        code: 'rename.several_directories',
        reason: expect.stringContaining('several user directories'),
        instruction: expect.stringContaining('duplicated/list'),
      },
      { to: 'countess', state: 'done', reason: null },
    ]);
    const second = await list(`?limit=2&after=${first.next}`);
    expect(second).toMatchObject({ items: [{ code: 'rename.something_new', reason: null }], next: null });
    expect((await list('?state=done')).items).toHaveLength(1);
  });

  it('one call orders the very name that is listed, starts the job and is told to the audit', async () => {
    const account = await rename('ada.lovelace', 'reported');
    const answer = await apply(account);
    expect(answer.status).toBe(200);
    expect(RenameItem.parse(answer.body)).toMatchObject({ account, from: 'ada', to: 'ada.lovelace' });
    expect(await query('select job, queue, key from messaging.outbox')).toEqual([
      { job: 'rename-account', queue: 'group-sync.bulk', key: account },
    ]);
    expect(await query('select to_name, reason from console.rename_order')).toEqual([
      { to_name: 'ada.lovelace', reason: 'she married' },
    ]);
    expect(await query('select action, object, details from console.audit')).toEqual([
      {
        action: 'rename.apply',
        object: `account/${account}`,
        details: { reason: 'she married', from: 'ada', to: 'ada.lovelace' },
      },
    ]);
  });

  it.each(['blocked', 'pending', 'under-way'])('one that is %s is tried again by it', async (state) => {
    expect((await apply(await rename('ada.lovelace', state))).status).toBe(200);
  });

  it('refuses where nothing waits, without a reason, and to an operator', async () => {
    const done = await rename('ada.lovelace', 'done');
    for (const account of [done, randomUUID()])
      expect(await apply(account)).toMatchObject({ status: 409, body: { code: 'rename.not_waiting' } });
    const open = await rename('ada.lovelace', 'reported');
    expect(await apply(open, admin, {})).toMatchObject({ status: 400, body: { code: 'api.request_invalid' } });
    expect(await apply(open, operator)).toMatchObject({ status: 403, body: { code: 'api.forbidden' } });
    expect(await query('select 1 from messaging.outbox')).toEqual([]);
  });
});
