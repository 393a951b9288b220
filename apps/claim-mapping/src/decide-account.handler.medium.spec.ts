import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Installation } from '../test/installation.js';

let gatehouse: Installation;
beforeAll(async () => void (gatehouse = await Installation.open()));
afterAll(() => gatehouse.close());
beforeEach(async () => {
  await gatehouse.empty();
  await configure();
});

const provider = { name: 'P', issuer: 'https://idp.example', clientId: 'c', clientSecret: 's' };
const configure = (mapping: object = {}, settings: object = {}) =>
  gatehouse.configure({ providers: { p: provider }, mappings: { p: mapping }, settings });

async function person(name = 'ada'): Promise<{ account: string; identity: string }> {
  const claims = { preferred_username: name, email: `${name}@example.com`, email_verified: true };
  const identity = await gatehouse.identity('p', claims);
  const { account } = await gatehouse.map(identity);
  return { account: account!, identity };
}

const sql = (text: string, values: unknown[] = []) => gatehouse.dataSource.query<{ id: string }[]>(text, values);
const order = (account: string, kind: string, lifts: object = {}) =>
  sql(
    `insert into console.account_order (account_id, kind, lifts, actor, reason) values ($1, $2, $3, 'test', 'test')`,
    [account, kind, JSON.stringify(lifts)],
  );

async function directoryUser(account: string): Promise<string> {
  const [row] = await sql(
    `insert into directory.directory_user (provider, user_name, user_name_folded) values ('p', 'x', 'x') returning id`,
  );
  await sql('insert into mapping.account_directory_user (directory_user_id, account_id) values ($1, $2)', [
    row!.id,
    account,
  ]);
  return row!.id;
}

const contentOf = async (account: string) => (await gatehouse.desiredOf(account))!.content;
const published = (event: string) =>
  gatehouse.dataSource.query<{ key: string; queue: string }[]>(
    'select key, queue from messaging.outbox where event = $1 order by id',
    [event],
  );

describe('D10 S60 an order of an administrator', () => {
  it('deactivates and reactivates an account, and its sessions end once', async () => {
    const { account, identity } = await person();
    await order(account, 'deactivate');
    await gatehouse.decide(account);
    expect(await contentOf(account)).toMatchObject({ deactivated: { by: 'administrator' }, mayCreate: false });
    expect(await published('access.revoked')).toEqual([{ key: account, queue: 'auth-gateway.offboarding' }]);
    expect((await published('access.desired')).at(-1)).toEqual({ key: account, queue: 'group-sync.offboarding' });

    // Whatever else is decided of the account meanwhile.
    await gatehouse.map(identity, 'bulk');
    expect(await contentOf(account)).toMatchObject({ deactivated: { by: 'administrator' } });
    expect(await published('access.revoked')).toHaveLength(1);

    // Somebody was let in between two orders of which only the second was ever looked at.
    await sql(
      `insert into gateway.session (id, token_hash, identity_id, account_id, expires_at)
       values (gen_random_uuid(), 'a', $1, $2, now() + interval '1 hour')`,
      [identity, account],
    );
    await gatehouse.decide(account);
    expect((await published('access.revoked')).slice(1)).toEqual([{ key: account, queue: 'auth-gateway.offboarding' }]);
    await sql('delete from gateway.session');

    await order(account, 'reactivate');
    await gatehouse.decide(account, 'interactive');
    const content = await contentOf(account);
    expect(content).toMatchObject({ lifted: 'administrator', mayCreate: true });
    expect(content).not.toHaveProperty('deactivated');
  });

  it('to reactivate lifts what the directory said, and nothing that it says later', async () => {
    const { account } = await person();
    const user = await directoryUser(account);
    await sql('update directory.directory_user set active = false, version = 2 where id = $1', [user]);
    await gatehouse.decide(account);
    expect(await contentOf(account)).toMatchObject({ deactivated: { by: 'directory', provider: 'p' } });
    await order(account, 'reactivate', { [user]: 2 });
    await gatehouse.decide(account);
    expect(await contentOf(account)).not.toHaveProperty('deactivated');
    await sql('update directory.directory_user set version = 3 where id = $1', [user]);
    await gatehouse.decide(account);
    expect(await contentOf(account)).toMatchObject({ deactivated: { by: 'directory' } });
    await sql('update directory.directory_user set active = true, version = 4 where id = $1', [user]);
    await gatehouse.decide(account);
    expect(await contentOf(account)).not.toHaveProperty('deactivated');
  });

  it('"unless explicitly set otherwise": a sign-in overrules the directory where the mapping says so', async () => {
    const { account, identity } = await person();
    const user = await directoryUser(account);
    await sql(`update directory.directory_user set active = false, changed_at = now() where id = $1`, [user]);
    await sql(`update gateway.identity set verified_at = clock_timestamp() + interval '1 second'`);
    await gatehouse.map(identity);
    expect(await contentOf(account)).toMatchObject({ deactivated: { by: 'directory' } });
    await configure({ autoActivate: true, signInOverrulesDirectory: true });
    await gatehouse.map(identity);
    expect(await contentOf(account)).toMatchObject({ lifted: 'sign-in-over-directory', mayActivate: true });
  });
});

describe('X25 accounts that nobody uses', () => {
  const days = 90;

  async function used(name: string, daysAgo: number): Promise<{ account: string; identity: string }> {
    const known = await person(name);
    await sql(`update gateway.identity set verified_at = now() - make_interval(days => $2) where id = $1`, [
      known.identity,
      daysAgo,
    ]);
    await sql(`update mapping.account set created_at = now() - interval '400 days' where id = $1`, [known.account]);
    await sql(
      `insert into sync.jira_account (account_id, jira_key, username, active, state) values ($1::uuid, $1::text, $2, true, 'ready')`,
      [known.account, name],
    );
    return known;
  }

  const isDeactivated = async ({ account }: { account: string }) => 'deactivated' in (await contentOf(account));

  it('does nothing unless it is set', async () => {
    const ada = await used('ada', 300);
    await gatehouse.sweepInactivity();
    expect(await isDeactivated(ada)).toBe(false);
  });

  it('finds who has not signed in for so long, and no other', async () => {
    await configure({}, { inactivity: { days } });
    const [ada, grace, linus, zoe] = [
      await used('ada', 91),
      await used('grace', 89),
      await used('linus', 91),
      await used('zoe', 91),
    ];
    await sql(
      `insert into gateway.session (id, token_hash, identity_id, account_id, expires_at) values (gen_random_uuid(), 'h', $1, $2, now() + interval '1 day')`,
      [linus.identity, linus.account],
    );
    await order(zoe.account, 'reactivate');
    await gatehouse.sweepInactivity();
    expect(await contentOf(ada.account)).toMatchObject({ deactivated: { by: 'inactivity' } });
    for (const other of [grace, linus, zoe]) expect(await isDeactivated(other)).toBe(false);
    expect(await published('access.revoked')).toEqual([{ key: ada.account, queue: 'auth-gateway.offboarding' }]);
    expect((await published('access.desired')).at(-1)).toEqual({ key: ada.account, queue: 'group-sync.bulk' });
  });

  it('X25 takes no more than its share when the same sweep comes again after a kill', async () => {
    await configure({}, { inactivity: { days, perRunMax: 2 } });
    const people = [await used('ada', 91), await used('grace', 92), await used('linus', 93)];
    const count = async () => (await Promise.all(people.map(isDeactivated))).filter(Boolean).length;
    const [fact] = (await sql(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
       values ('inactivity.sweep-due', 'sweep-inactivity', 'claim-mapping.bulk', 'all', '{}', 'trace') returning id`,
    )) as [{ id: string }];
    await gatehouse.sweepInactivity([fact.id]);
    await gatehouse.sweepInactivity([fact.id]);
    expect(await count()).toBe(2);
  });

  it('takes no more than its share in one run, and a sign-in lifts it', async () => {
    await configure({}, { inactivity: { days, perRunMax: 2 } });
    const people = [await used('ada', 91), await used('grace', 92), await used('linus', 93)];
    const count = async () => (await Promise.all(people.map(isDeactivated))).filter(Boolean).length;
    await gatehouse.sweepInactivity();
    expect(await count()).toBe(2);
    await gatehouse.sweepInactivity();
    expect(await count()).toBe(3);
    await sql('update gateway.identity set verified_at = clock_timestamp() where id = $1', [people[0]!.identity]);
    await gatehouse.map(people[0]!.identity);
    expect(await contentOf(people[0]!.account)).toMatchObject({ lifted: 'sign-in' });
    expect(await count()).toBe(2);
  });
});
