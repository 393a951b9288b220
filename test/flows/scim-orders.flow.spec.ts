import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openDatabase } from '@gatehouse/database';
import { HttpBrowser, waitFor } from '@gatehouse/testing';
import type { DataSource } from 'typeorm';
import { AdminApi } from './support/admin-api.js';
import { Installation } from './support/installation.js';
import { jiraFollows } from './support/jira-follows.js';
import { jiraUser, signIn, signInAndArrive } from './support/sandbox.js';
import { okta, scim, ScimClient } from './support/scim-client.js';
import { sharedSite } from './support/site.js';

/** Where the three facts wait: a change by the directory, a deactivation by it, a sign-in. */
const lanes = ['claim-mapping.provisioning', 'claim-mapping.offboarding', 'claim-mapping.interactive'] as const;
const orders = [
  [0, 1, 2],
  [0, 2, 1],
  [1, 0, 2],
  [1, 2, 0],
  [2, 0, 1],
  [2, 1, 0],
] as const;

describe('an older change, a sign-in and a deactivation', () => {
  const site = sharedSite(() => Installation.start());
  let client: ScimClient;
  let api: AdminApi;
  let dataSource: DataSource;
  beforeAll(async () => {
    client = new ScimClient(site().base, okta);
    api = new AdminApi(site());
    dataSource = await openDatabase(site().databaseUrl, 2);
  });
  afterAll(() => dataSource.destroy());

  const unsettled = async (condition: string, values: readonly unknown[] = []) => {
    const [row] = await dataSource.query<{ n: number }[]>(
      `select count(*)::int as n from messaging.outbox where state <> 'settled' and ${condition}`,
      [...values],
    );
    return row!.n;
  };
  const settled = (what: string, condition = 'true', values: readonly unknown[] = []) =>
    waitFor(async () => (await unsettled(condition, values)) === 0, { timeoutMs: 20_000, what });

  it.each(orders.map((order, index) => ({ order, names: order.map((at) => lanes[at]), who: `load-005${index + 1}` })))(
    'F20 D10 end alike when they are worked off in the order $names',
    async ({ names, who }) => {
      const emails = [{ primary: true, value: `${who}@example.com`, type: 'work' }];
      const body = { schemas: [scim.user], userName: who, displayName: who, emails, active: true };
      const { id } = await client.must(201, 'POST', '/Users', body);
      await jiraFollows(site(), who, { active: true });
      await signInAndArrive(new HttpBrowser(), site(), who);
      await settled('everything before');

      for (const lane of lanes) await api.call('POST', `lanes/${lane}/pause`, { reason: 'a test of orders' });
      await client.patch(`/Users/${id}`, { op: 'replace', value: { displayName: `${who} renamed` } });
      await signInAndArrive(new HttpBrowser(), site(), who);
      await client.patch(`/Users/${id}`, { op: 'replace', value: { active: false } });
      expect(await unsettled('queue = any($1::text[])', [lanes])).toBe(3);

      for (const lane of names) {
        await api.call('POST', `lanes/${lane}/resume`, { reason: 'the next one' });
        await settled(`${lane} to be worked off`, 'queue = $1', [lane]);
      }
      await jiraFollows(site(), who, { active: false });
      await settled('everything');
      expect((await jiraUser(site(), who))?.active).toBe(false);
      expect((await signIn(new HttpBrowser(), site(), who)).status).toBe(403);
      expect(await client.must(200, 'GET', `/Users/${id}`)).toMatchObject({ active: false });
    },
    60_000,
  );
});
