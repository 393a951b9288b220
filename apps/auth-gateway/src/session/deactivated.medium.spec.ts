import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import type { Page } from '@gatehouse/testing';
import { claimsOf, GatewayFixture } from '../gateway.fixture.js';

/** Nothing but the gateway runs: what directories and administrators say holds although no queue moves (I7). */
describe('promises 7 and 8: somebody who is deactivated', () => {
  let gateway: GatewayFixture;
  let replica: string;
  let account: string;
  beforeAll(async () => {
    gateway = await GatewayFixture.start();
    replica = await gateway.replica();
    account = (await gateway.firstSignIn('ada')).accountId;
    await gateway.firstSignIn('bob');
  });
  afterAll(() => gateway.stop());
  beforeEach(async () => {
    gateway.jira.exchanging = true;
    await gateway.dataSource.query(
      'truncate directory.directory_user, mapping.account_directory_user, console.account_order cascade',
    );
  });

  const sql = (text: string, values: unknown[] = []) => gateway.dataSource.query<{ id: string }[]>(text, values);

  async function directoryUser(columns: { externalId?: string; name?: string; active?: boolean; linked?: boolean }) {
    const [row] = await sql(
      `insert into directory.directory_user (provider, user_name, user_name_folded, external_id, active)
       values ('company', $1, $1, $2, $3) returning id`,
      [columns.name ?? randomUUID(), columns.externalId ?? null, columns.active ?? false],
    );
    if (columns.linked)
      await sql('insert into mapping.account_directory_user (directory_user_id, account_id) values ($1, $2)', [
        row!.id,
        account,
      ]);
    return row!.id;
  }

  const order = (kind: 'deactivate' | 'reactivate', lifts: object = {}) =>
    sql(
      `insert into console.account_order (account_id, kind, lifts, actor, reason) values ($1, $2, $3, 'test', 'test')`,
      [account, kind, JSON.stringify(lifts)],
    );

  async function signIn(name = 'ada', browser = new HttpBrowser()): Promise<Page> {
    gateway.idp.person = name;
    return gateway.signIn(browser);
  }

  async function isKnownAt(base: string, browser: HttpBrowser): Promise<boolean> {
    const response = await fetch(`${base}/login/none/wait/${randomUUID()}`, {
      headers: { cookie: `gatehouse_session=${browser.cookie('gatehouse_session')}` },
    });
    await response.body?.cancel();
    return response.status === 200;
  }

  it('I7 has no session any more within two seconds of the commit, on every replica', async () => {
    const [ada, bob] = [new HttpBrowser(), new HttpBrowser()];
    claimsOf(await signIn('ada', ada));
    claimsOf(await signIn('bob', bob));
    const user = await directoryUser({ active: true, linked: true });
    for (const base of [gateway.publicUrl, replica]) expect(await isKnownAt(base, ada)).toBe(true);

    await sql('update directory.directory_user set active = false where id = $1', [user]);
    const committedAt = performance.now();

    await waitFor(async () => !(await isKnownAt(gateway.publicUrl, ada)) && !(await isKnownAt(replica, ada)), {
      what: 'both to know it',
    });
    expect(performance.now() - committedAt).toBeLessThan(2_000);
    expect(await isKnownAt(replica, bob)).toBe(true);
    // Jira asks again with the browser's session: it counts for nothing, and the sign-in that follows is refused.
    gateway.idp.person = 'ada';
    expect((await gateway.signIn(ada)).status).toBe(403);

    await sql('update directory.directory_user set active = true where id = $1', [user]);
    expect(claimsOf(await signIn())).toMatchObject({ preferred_username: 'ada' });
  });

  it('I7 gets no token for a code of before', async () => {
    gateway.jira.exchanging = false;
    await signIn();
    const code = gateway.jira.codes.at(-1)!;
    await directoryUser({ linked: true });
    expect((await gateway.jira.exchange(code)).status).toBe(400);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['as the linked user of the directory', () => directoryUser({ linked: true })],
    ['by the provider’s id, not linked yet', () => directoryUser({ externalId: 'ada' })],
    ['by the name, not linked yet', () => directoryUser({ name: 'ada' })],
    [
      'by the name of somebody whom the directory removed',
      async () => {
        const id = await directoryUser({ name: 'ada', active: true });
        await sql('update directory.directory_user set deleted_at = now() where id = $1', [id]);
      },
    ],
    [
      'by the directory that removed them while they were inactive, whatever another one says',
      async () => {
        const id = await directoryUser({ linked: true });
        await sql('update directory.directory_user set deleted_at = now(), version = version + 1 where id = $1', [id]);
        const other = await directoryUser({ linked: true, active: true });
        await sql(`update directory.directory_user set provider = 'other' where id = $1`, [other]);
      },
    ],
    ['by an administrator', () => order('deactivate')],
    [
      'by an administrator, whatever the directory says',
      async () => {
        await directoryUser({ linked: true, active: true });
        await order('deactivate');
      },
    ],
  ])('is refused at the callback %s, and nothing is started for the claims', async (_, deactivate) => {
    await deactivate();
    const outbox = await gateway.count('messaging.outbox');
    const page = await signIn();
    expect(page.status).toBe(403);
    expect(page.body).toContain('Your account is deactivated');
    expect(page.body).not.toContain('administrator deactivated');
    const [login] = await gateway.dataSource.query<object[]>(
      'select outcome, code, subject from gateway.login order by at desc limit 1',
    );
    expect(login).toEqual({ outcome: 'refused', code: 'entry.deactivated', subject: 'ada' });
    expect(await gateway.count('messaging.outbox')).toBe(outbox);
  });

  it('is refused before there is any account, and while it waits for one', async () => {
    gateway.idp.people.set('zoe', { ...gateway.idp.people.get('ada'), preferred_username: 'zoe' });
    const user = await directoryUser({ name: 'zoe' });
    expect((await signIn('zoe')).status).toBe(403);
    expect(await gateway.identityOf('zoe')).toBeUndefined();

    await sql('update directory.directory_user set active = true where id = $1', [user]);
    const browser = new HttpBrowser();
    const waiting = await signIn('zoe', browser);
    expect(waiting.url.pathname).toContain('/wait/');
    await sql(`update directory.directory_user set active = false, external_id = 'zoe' where id = $1`, [user]);
    await gateway.provision('zoe');
    const page = await browser.get(waiting.url);
    expect(page.status).toBe(403);
    expect(page.body).toContain('Your account is deactivated');
  });

  it('is let in again once the directory that removed them has them anew, before any job has linked that one', async () => {
    const id = await directoryUser({ linked: true });
    await sql('update directory.directory_user set deleted_at = now(), version = version + 1 where id = $1', [id]);
    expect((await signIn()).status).toBe(403);
    await directoryUser({ externalId: 'ada', active: true });
    claimsOf(await signIn());
  });

  it('is let in where nobody deactivates: others of that name, lifted by an administrator, the other provider', async () => {
    const user = await directoryUser({ linked: true });
    await order('reactivate', { [user]: 1 });
    claimsOf(await signIn());
    await sql('update directory.directory_user set version = 2 where id = $1', [user]);
    expect((await signIn()).status).toBe(403);

    await sql('truncate directory.directory_user cascade');
    await sql('truncate mapping.account_directory_user, console.account_order');
    await sql(`insert into directory.directory_user (provider, user_name, user_name_folded, external_id, active)
               values ('other', 'ada', 'ada', 'ada', false)`);
    const other = await directoryUser({ name: 'ada' });
    await sql(
      `insert into mapping.account_directory_user (directory_user_id, account_id)
       select $1, account_id from sync.jira_account where username = 'bob'`,
      [other],
    );
    claimsOf(await signIn());
  });
});
