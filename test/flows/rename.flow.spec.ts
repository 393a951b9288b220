import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ConfigExport, RenamePage } from '@gatehouse/contracts';
import { openDatabase } from '@gatehouse/database';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { adminToken, Installation } from './support/installation.js';
import { jiraUser, setPerson, signIn, signInAndArrive } from './support/sandbox.js';

describe('a person gets another name at the identity provider', () => {
  let installation: Installation;
  let database: DataSource;

  beforeAll(async () => {
    installation = await Installation.start();
    database = await openDatabase(installation.databaseUrl, 2);
  }, 60_000);
  afterAll(async () => {
    await database.destroy();
    await installation.discard();
  });

  const api = (path: string, init: RequestInit = {}) =>
    fetch(`${installation.base}/api/v1/${path}`, {
      ...init,
      headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json', 'if-match': '*' },
    });

  const rename = async () => RenamePage.parse(await (await api('renames')).json()).items[0];
  const becomes = (state: string) =>
    waitFor(async () => (await rename())?.state === state, { timeoutMs: 15_000, what: `the rename to be ${state}` });

  /** A sign-in keeps its name for a minute. */
  const aMinuteLater = () =>
    database
      .query(`update gateway.session set created_at = created_at - interval '2 minutes'`)
      .then(() =>
        database.query(
          `update gateway.op_model set consumed_at = consumed_at - interval '2 minutes' where consumed_at is not null`,
        ),
      );

  it('P06 X35 and stays the same person in Jira: listed first, renamed when told so, and signed in by the new name', async () => {
    const document = ConfigExport.parse(await (await api('config')).json());
    document.providers['cognito']!.authoritativeForUsernames = true;
    expect((await api('config', { method: 'PUT', body: JSON.stringify(document) })).status).toBe(200);
    await signInAndArrive(new HttpBrowser(), installation, 'ada');
    const before = (await jiraUser(installation, 'ada'))!;

    await setPerson(installation, 'ada', { claims: { 'cognito:username': 'ada.lovelace' } });
    const page = await signIn(new HttpBrowser(), installation, 'ada');
    expect(page.body).toContain('ada');
    await becomes('reported');
    expect(await rename()).toMatchObject({ from: before.name, to: 'ada.lovelace', jiraKey: before.key });
    expect(await jiraUser(installation, 'ada')).toBeDefined();

    await aMinuteLater();
    const { account } = (await rename())!;
    const body = JSON.stringify({ reason: 'she asked for it' });
    expect((await api(`renames/${account}/apply`, { method: 'POST', body })).status).toBe(200);
    await becomes('done');
    expect(await jiraUser(installation, 'ada')).toBeUndefined();
    const after = (await jiraUser(installation, 'ada.lovelace'))!;
    expect(after).toMatchObject({ key: before.key, groups: before.groups });

    const arrived = await signInAndArrive(new HttpBrowser(), installation, 'ada');
    expect(arrived.body).toContain('ada.lovelace');
    await waitFor(
      async () => {
        const [row] = await database.query<{ name_folded: string }[]>(
          'select name_folded from mapping.account where id = $1',
          [account],
        );
        return row?.name_folded === 'ada.lovelace';
      },
      { timeoutMs: 10_000, what: 'the account to go by its new name' },
    );
  }, 60_000);
});
