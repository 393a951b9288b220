import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AccountOrdered, TimelinePage } from '@gatehouse/contracts';
import { emptyTables } from '@gatehouse/testing';
import { KnownPeople } from '../../test/known-people.js';
import { Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

describe('D10 an administrator deactivates and reactivates people, over the API', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;
  let people: KnownPeople;
  let account: string;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
    people = new KnownPeople(surroundings);
  });
  afterAll(() => surroundings.close());
  beforeEach(async () => {
    await people.forget();
    await emptyTables(people, 'console.account_order', 'console.session_revocation', 'directory.directory_user');
    const config = await people.configure({});
    account = (await people.signedIn('ada', [], config)).accountId;
  });

  const post = (path: string, body: unknown) =>
    running.request(`people/${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    });
  const orders = () => people.query('select account_id, kind, reason, lifts from console.account_order order by id');

  it('writes the order, tells claim-mapping and ends the sessions, in one commit that the audit shows', async () => {
    const answer = await post('ada/deactivate', { reason: 'left the company' });
    expect(answer.status).toBe(200);
    expect(AccountOrdered.parse(await answer.json())).toMatchObject({ account, order: 'deactivate', sessions: 0 });
    expect(await orders()).toEqual([
      { account_id: account, kind: 'deactivate', reason: 'left the company', lifts: {} },
    ]);
    expect(await people.query('select event, key, queue from messaging.outbox')).toEqual([
      { event: 'account.deactivation-ordered', key: account, queue: 'claim-mapping.offboarding' },
    ]);
    expect(await people.query('select account_id from console.session_revocation')).toEqual([{ account_id: account }]);
    const [line] = await people.query(`select object, details from console.audit where action = 'account.deactivated'`);
    expect(line).toMatchObject({ object: `account/${account}`, details: { reason: 'left the company' } });
  });

  it('lifts what directories said until then, version by version', async () => {
    const [user] = await people.query(
      `insert into directory.directory_user (provider, user_name, user_name_folded, active, version)
       values ('company', 'ada', 'ada', false, 7) returning id`,
    );
    await people.query('insert into mapping.account_directory_user (directory_user_id, account_id) values ($1, $2)', [
      user!['id'],
      account,
    ]);
    expect((await post(`${account}/reactivate`, { reason: 'it was a mistake' })).status).toBe(200);
    expect(await orders()).toEqual([
      expect.objectContaining({ kind: 'reactivate', lifts: { [user!['id'] as string]: 7 } }),
    ]);
    expect(await people.query('select event, queue from messaging.outbox')).toEqual([
      { event: 'account.reactivation-ordered', queue: 'claim-mapping.interactive' },
    ]);
  });

  it('wants a reason and somebody known', async () => {
    expect((await post('ada/deactivate', {})).status).toBe(400);
    expect((await post('ada/deactivate', { reason: ' ' })).status).toBe(400);
    expect((await post('nobody/deactivate', { reason: 'because' })).status).toBe(404);
    expect((await post(`${randomUUID()}/reactivate`, { reason: 'because' })).status).toBe(404);
    expect(await orders()).toEqual([]);
  });

  it('U12 is told by the timeline', async () => {
    await post('ada/deactivate', { reason: 'left the company' });
    const answer = await running.request(`people/${account}/timeline?kind=ordered`);
    const { items } = TimelinePage.parse(await answer.json());
    expect(items).toEqual([
      expect.objectContaining({ kind: 'ordered', details: expect.objectContaining({ order: 'deactivate' }) }),
    ]);
  });
});
