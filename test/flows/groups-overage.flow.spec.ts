import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LoginPage } from '@gatehouse/contracts';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import pg from 'pg';
import { adminToken, Installation } from './support/installation.js';
import { jiraUser, setPerson, signInAndArrive } from './support/sandbox.js';

describe('gina signs in at the partner', () => {
  let installation: Installation;
  let database: pg.Client;

  beforeAll(async () => {
    installation = await Installation.start();
    database = new pg.Client({ connectionString: installation.databaseUrl });
    await database.connect();
  }, 60_000);
  afterAll(async () => {
    await database.end();
    await installation.discard();
  });

  const signIn = () => signInAndArrive(new HttpBrowser(), installation, 'gina', { provider: 'partner' });
  const isDeveloper = async () => (await jiraUser(installation, 'gina'))?.groups.includes('jira-developers') === true;
  const settled = () =>
    waitFor(
      async () =>
        (await database.query("select from messaging.outbox where state <> 'settled' limit 1")).rowCount === 0,
      { timeoutMs: 10_000, what: 'every outbox row to be settled' },
    );

  async function notes(): Promise<LoginPage['items']> {
    const answer = await fetch(`${installation.base}/api/v1/logins?provider=partner&outcome=accepted`, {
      headers: { authorization: `Bearer ${adminToken}` },
    });
    return LoginPage.parse(await answer.json()).items;
  }

  async function holds(): Promise<unknown> {
    const { rows } = await database.query<{ holds: unknown }>(
      `select content #> '{groups,holds}' as holds from mapping.desired_access`,
    );
    return rows[0]?.holds;
  }

  it('with one group, and has what the mapping gives for it', async () => {
    await setPerson(installation, 'gina', { groups: ['dev'] });
    await signIn();
    await waitFor(isDeveloper, { timeoutMs: 5_000, what: 'gina to be in jira-developers' });
    expect(await holds()).toEqual([]);
  }, 30_000);

  it('O64 F26 with 220 groups, which are too many to be sent: nothing is taken away, and both places say why', async () => {
    const reset = await fetch(`${installation.idp}/__test/reset`, { method: 'POST' });
    expect(reset.ok).toBe(true);
    const page = await signIn();
    await settled();

    expect(page.url.pathname).toBe('/browse/DEMO-1');
    expect(await isDeveloper()).toBe(true);
    expect(await holds()).toEqual([{ provider: 'partner', cause: 'truncated' }]);
    const [newest] = await notes();
    expect(newest).toMatchObject({
      code: 'login.groups_truncated',
      meaning: expect.stringContaining('no group is taken away'),
      action: expect.stringContaining('send only the groups'),
    });
  }, 30_000);

  it('with an empty list, which is one that was received whole: the group is taken away', async () => {
    await setPerson(installation, 'gina', { groups: [] });
    await signIn();
    await waitFor(async () => !(await isDeveloper()), { timeoutMs: 5_000, what: 'gina to be no developer' });
    expect(await holds()).toEqual([]);
    expect((await notes())[0]).toMatchObject({ code: null, meaning: null });
  }, 30_000);

  it('S12 and at the other provider, where the same subject is another identity of her one account', async () => {
    await signInAndArrive(new HttpBrowser(), installation, 'gina');
    await settled();

    const { rows } = await database.query<{ provider: string }>(
      `select i.provider from gateway.identity i
       where i.subject = (select subject from gateway.identity where provider = 'partner') order by i.provider`,
    );
    expect(rows.map(({ provider }) => provider)).toEqual(['cognito', 'partner']);
    const accounts = await database.query('select distinct account_id from mapping.account_identity');
    expect(accounts.rowCount).toBe(1);
  }, 30_000);
});
