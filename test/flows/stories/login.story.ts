import { describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain, waitFor } from '@gatehouse/testing';
import { adminToken } from '../support/installation.js';
import { jiraRest, jiraState, jiraUser, setPerson, signInAndArrive, toIdentityProvider } from '../support/sandbox.js';
import type { Site } from '../support/site.js';

/** The whole story of signing in, for any way to run an installation. */
export function loginStory(site: () => Site): void {
  describe('a person signs in to Jira', () => {
    it('S02 lands ada, whom Jira has never seen, on the page she opened, with her profile and mapped groups', async () => {
      const page = await signInAndArrive(new HttpBrowser(), site(), 'ada');

      expect(page.url.href).toBe(`${site().origin}/browse/DEMO-1?focused=1`);
      expect(plain(page.body)).toContain('Ada');
      await waitFor(async () => (await jiraUser(site(), 'ada'))?.groups.includes('jira-developers') === true, {
        timeoutMs: 2_000,
        what: 'ada to be in jira-developers',
      });
      expect(await jiraUser(site(), 'ada')).toMatchObject({
        displayName: 'Ada Lovelace',
        emailAddress: 'ada@example.com',
        active: true,
        groups: expect.arrayContaining(['jira-software-users', 'jira-developers']),
      });
    });

    it.each([
      { person: 'zoe', groups: ['jira-software-users'] },
      { person: 'linus', groups: ['jira-software-users'] },
      { person: 'gina', groups: ['jira-software-users'] },
      { person: 'grace', groups: ['jira-software-users', 'jira-support'] },
    ])('S02 lets $person in with exactly the groups of the mapping', async ({ person, groups }) => {
      const page = await signInAndArrive(new HttpBrowser(), site(), person);

      expect(page.status).toBe(200);
      expect(page.url.pathname).toBe('/browse/DEMO-1');
      const user = await jiraUser(site(), person);
      expect([...(user?.groups ?? [])].sort()).toEqual(groups);
    });

    it('O55 refuses dave, whose e-mail is not verified, says why, and creates nothing', async () => {
      const page = await signInAndArrive(new HttpBrowser(), site(), 'dave');

      expect(page.status).toBe(403);
      expect(plain(page.body)).toMatch(/e-mail/i);
      expect(plain(page.body)).toMatch(/[0-9a-f]{32}/);
      expect(await jiraUser(site(), 'dave')).toBeUndefined();
    });

    it("O62 does not link an IdP person who is named like Jira's administrator", async () => {
      const before = await jiraUser(site(), 'admin');
      const page = await signInAndArrive(new HttpBrowser(), site(), 'admin');

      expect(page.status).toBe(403);
      expect(await jiraUser(site(), 'admin')).toEqual(before);
    });

    it('makes no Jira call at a second login within the verification window', async () => {
      await signInAndArrive(new HttpBrowser(), site(), 'load-0001');
      const before = await jiraState(site());
      const page = await signInAndArrive(new HttpBrowser(), site(), 'load-0001');

      expect(page.url.pathname).toBe('/browse/DEMO-1');
      const calls = await provisioningCalls(site());
      expect(calls).toBe(provisioningCallsOf(before));
    });

    it('S38 X24 takes away a mapped group the person lost, and keeps a group an administrator added by hand', async () => {
      await signInAndArrive(new HttpBrowser(), site(), 'load-0002');
      await setPerson(site(), 'load-0002', { groups: ['dev'] });
      await signInAndArrive(new HttpBrowser(), site(), 'load-0002');
      await waitFor(async () => (await groupsOf('load-0002')).includes('jira-developers'), {
        timeoutMs: 5_000,
        what: 'the group',
      });
      await jiraRest(site(), 'POST', '/rest/api/2/group', { name: 'chess-club' });
      await jiraRest(site(), 'POST', '/rest/api/2/group/user?groupname=chess-club', { name: 'load-0002' });

      await setPerson(site(), 'load-0002', { groups: ['something-else'] });
      await signInAndArrive(new HttpBrowser(), site(), 'load-0002');

      await waitFor(async () => !(await groupsOf('load-0002')).includes('jira-developers'), {
        timeoutMs: 5_000,
        what: 'the removal',
      });
      expect((await groupsOf('load-0002')).sort()).toEqual(['chess-club', 'jira-software-users']);
    });

    it('P11 takes nothing away when the claim is missing altogether', async () => {
      await setPerson(site(), 'load-0003', { groups: ['dev'] });
      await signInAndArrive(new HttpBrowser(), site(), 'load-0003');
      await waitFor(async () => (await groupsOf('load-0003')).includes('jira-developers'), {
        timeoutMs: 5_000,
        what: 'the group',
      });

      await setPerson(site(), 'load-0003', { groups: null });
      await signInAndArrive(new HttpBrowser(), site(), 'load-0003');
      await settled(site());

      expect(await groupsOf('load-0003')).toContain('jira-developers');
    });

    it('ending our session sends the next login at Jira back to the identity provider', async () => {
      const browser = new HttpBrowser();
      await signInAndArrive(browser, site(), 'load-0004');
      // While our session lives, a new Jira login passes without the identity provider.
      browser.forget(/^SBXJIRA/);
      const again = await browser.click(await browser.get(`${site().origin}/browse/DEMO-2`), 'single sign-on');
      expect(again.url.pathname).toBe('/browse/DEMO-2');

      const confirm = await browser.get(`${site().base}/logout`);
      const out = await browser.submit(confirm, {});
      expect(out.url.pathname).toBe('/_sso/logged-out');
      browser.forget(/^SBX/);
      const asked = await toIdentityProvider(browser, site());

      expect(asked.url.port).toBe(new URL(site().idp).port);
    });

    it('serves byte-identical discovery whatever Host and X-Forwarded headers say', async () => {
      const address = `${site().base}/oidc/.well-known/openid-configuration`;
      const honest = await (await fetch(address)).text();
      const forged = await (
        await fetch(address.replace('localhost', '127.0.0.1'), {
          headers: { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https', forwarded: 'host=evil.example' },
        })
      ).text();

      expect(JSON.parse(honest)).toMatchObject({ issuer: `${site().base}/oidc` });
      expect(forged).toBe(honest);
    });

    it('answers an unknown address of ours with our page, and one of the API with a problem', async () => {
      const page = await new HttpBrowser().get(`${site().base}/nothing/here`);
      expect(page.status).toBe(404);
      expect(plain(page.body)).toMatch(/no such page/i);

      const api = await fetch(`${site().base}/api/v1/nothing`, {
        headers: { authorization: `Bearer ${adminToken}` },
      });
      expect(api.status).toBe(404);
      expect(api.headers.get('content-type')).toContain('application/problem+json');
    });

    it('shows one trace id from the click to the Jira call, and never a token in the log', async () => {
      site().logLines.length = 0;
      const browser = new HttpBrowser();
      await signInAndArrive(browser, site(), 'load-0005');
      await settled(site());

      const written = () => site().logLines.map((line) => JSON.parse(line) as LogLine);
      await waitFor(() => written().some(({ job }) => job === 'reconcile-account'), {
        what: 'the log lines of every process to arrive',
      });
      const lines = written();
      const traces = new Set(lines.filter(({ job }) => job === 'reconcile-account').map(({ traceId }) => traceId));
      expect(traces.size).toBe(1);
      const [trace] = traces;
      const ofTrace = lines.filter(({ traceId }) => traceId === trace);
      expect(ofTrace.some(({ route }) => route?.includes('/rest/api/2/user'))).toBe(true);

      const log = site().logLines.join('');
      const secrets = browser.history.flatMap((url) => [url.searchParams.get('code'), url.searchParams.get('state')]);
      for (const secret of secrets) if (secret) expect(log).not.toContain(secret);
      expect(log).not.toMatch(/eyJ[A-Za-z0-9_-]{10,}\./); // a JWT
      expect(log).not.toContain('load-0005@');
      for (const secret of ['sandbox-cognito-secret', 'sandbox-admin-token']) expect(log).not.toContain(secret);
    });

    async function groupsOf(name: string): Promise<string[]> {
      return [...((await jiraUser(site(), name))?.groups ?? [])];
    }
  });
}

interface LogLine {
  readonly traceId?: string;
  readonly job?: string;
  readonly route?: string;
}

async function provisioningCalls(site: Site): Promise<number> {
  await settled(site);
  return provisioningCallsOf(await jiraState(site));
}

function provisioningCallsOf(state: unknown): number {
  const { calls } = state as { calls: { byRoute?: Record<string, number> } };
  return Object.entries(calls.byRoute ?? {})
    .filter(([route]) => route.includes('/rest/api/2/'))
    .reduce((sum, [, count]) => sum + count, 0);
}

/** Every accepted event has been applied, superseded or parked. */
async function settled(site: Site): Promise<void> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: site.databaseUrl });
  await client.connect();
  try {
    await waitFor(
      async () =>
        (await client.query("select 1 from messaging.outbox where state <> 'settled' limit 1")).rowCount === 0,
      { timeoutMs: 10_000, what: 'every outbox row to be settled' },
    );
  } finally {
    await client.end();
  }
}
