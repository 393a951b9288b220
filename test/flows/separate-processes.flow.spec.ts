import { describe, expect, it } from '@jest/globals';
import { HttpBrowser, plain, scaled, waitFor } from '@gatehouse/testing';
import pg from 'pg';
import { adminToken, Installation } from './support/installation.js';
import { jiraFollows } from './support/jira-follows.js';
import { jiraUser, signIn } from './support/sandbox.js';
import { okta, scim, ScimClient } from './support/scim-client.js';
import { SeparateProcesses } from './support/separate-processes.js';
import type { Service } from './support/separate-processes.js';
import { sharedSite } from './support/site.js';

const budget = { process: 25, allProcesses: 90, suite: 45 };
const loginsUnderLoad = scaled(400, 40);
const pushedUnderLoad = scaled(1_600, 160);
const atATime = 16;

describe('every service in a process of its own', () => {
  const site = sharedSite(() =>
    SeparateProcesses.start({
      variables: { STOP_DELAY_SECONDS: '1' },
      databaseUrlFor: asOwnRole,
    }),
  );

  it('DESIGN 5 keeps to 25 connections for each and 90 for all, under load', async () => {
    const peaks = await peaksWhile(site().databaseUrl, 'usename', () => everythingAtOnce(site(), 'load-1'));

    expect(Object.keys(peaks.each).sort()).toEqual([
      'of auth-gateway',
      'of claim-mapping',
      'of console',
      'of group-sync',
      'of scim-ingest',
    ]);
    for (const peak of Object.values(peaks.each)) expect(peak).toBeLessThanOrEqual(budget.process);
    expect(peaks.all).toBeLessThanOrEqual(budget.allProcesses);
    process.stderr.write(`connections at most: ${JSON.stringify(peaks)}\n`);
  }, 120_000);

  it('each says that it is alive and ready, with and without the base path', async () => {
    for (const service of ['auth-gateway', 'console', 'scim-ingest', 'claim-mapping', 'group-sync'] as const) {
      const paths = service === 'auth-gateway' ? ['/_sso'] : ['/_sso', ''];
      for (const path of paths) {
        expect(await json(`${site().address(service)}${path}/healthz`)).toEqual({ status: 'alive' });
        expect(await json(`${site().address(service)}${path}/readyz`)).toEqual({ status: 'ready' });
      }
    }
  });

  it('leads an administrator through the gateway to the console and its raw queues', async () => {
    const browser = new HttpBrowser();
    const home = await browser.submit(await browser.get(`${site().base}/console`), { token: adminToken });
    const board = await browser.get(`${site().base}/console/queues`);

    expect([home.url.href, home.status]).toEqual([`${site().base}/console`, 200]);
    expect(plain(home.body)).toMatch(/raw queues/i);
    expect([board.url.pathname.startsWith('/_sso/console/queues'), board.status]).toEqual([true, 200]);
  });

  it('leads an identity provider through the gateway to SCIM, and what it pushes is in Jira', async () => {
    const client = new ScimClient(site().base, okta);
    const { id, meta } = await client.must(201, 'POST', '/Users', userOf('load-3001'));
    expect(meta.location).toBe(`${site().base}/scim/v2/Users/${id}`);
    await jiraFollows(site(), 'load-3001', { active: true, emailAddress: 'load-3001@example.com' });
    const direct = await fetch(`${site().address('scim-ingest')}/scim/v2/Users/${id}`);
    expect([direct.status, direct.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="scim"']);
  }, 60_000);

  it('F05 one that is told to stop says so first, still serves for a moment, and leaves with 0 within 10 s', async () => {
    const program = site().program('group-sync');
    const started = Date.now();
    const stopped = program.stop('SIGTERM');
    await waitFor(async () => (await fetch(`${site().address('group-sync')}/readyz`)).status === 503, {
      timeoutMs: 1_000,
      what: 'it to say that it is going away',
    });

    expect(await json(`${site().address('group-sync')}/healthz`)).toEqual({ status: 'alive' });
    expect(await stopped).toBe(0);
    expect(Date.now() - started).toBeLessThan(10_000);
    expect(Date.now() - started).toBeGreaterThan(1_000);
  });

  it('a second signal means now', async () => {
    const program = site().program('claim-mapping');
    program.child.kill('SIGTERM');
    await waitFor(async () => (await fetch(`${site().address('claim-mapping')}/readyz`)).status === 503, {
      what: 'it to have heard the first',
    });

    expect(await program.stop('SIGTERM')).toBe(130);
  });

  it('without the console people still sign in, and the gateway says what to start', async () => {
    await site().program('console').stop();
    const api = await fetch(`${site().base}/api/v1/config`, { headers: { authorization: `Bearer ${adminToken}` } });
    const page = await new HttpBrowser().get(`${site().base}/console`);
    const again = await signIn(new HttpBrowser(), site(), 'load-1001');

    expect([api.status, api.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await api.text()).toContain('npm run start:console');
    expect([page.status, page.body.includes('npm run start:console')]).toEqual([503, true]);
    expect(again.url.pathname).toBe('/browse/DEMO-1');
  });

  it('without SCIM an identity provider is told to come again, in SCIM’s form, and people still sign in', async () => {
    await site().program('scim-ingest').stop();
    const { status, headers, body } = await new ScimClient(site().base, okta).send('GET', '/Users?count=1');

    expect([status, headers.get('retry-after')]).toEqual([503, '5']);
    expect(body).toMatchObject({ schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '503' });
    expect(body?.detail).toContain('npm run start:scim-ingest');
    expect((await signIn(new HttpBrowser(), site(), 'load-1002')).url.pathname).toBe('/browse/DEMO-1');
  });
});

describe('everything in one process', () => {
  const site = sharedSite(() => Installation.start());

  it('DESIGN 5 keeps to 45 connections, under load', async () => {
    const peaks = await peaksWhile(site().databaseUrl, 'datname', () => everythingAtOnce(site(), 'load-2'));

    expect(peaks.all).toBeGreaterThan(0);
    expect(peaks.all).toBeLessThanOrEqual(budget.suite);
    process.stderr.write(`connections at most: ${JSON.stringify(peaks)}\n`);
  }, 120_000);
});

async function json(url: string): Promise<unknown> {
  return (await fetch(url)).json();
}

/** A role for each service, so that the server can tell whose connections it has. Not named like a schema of ours, which would be searched first. */
async function asOwnRole(url: string, service: Service): Promise<string> {
  await query(url, `create role "of ${service}" superuser login password 'secret'`);
  const own = new URL(url);
  own.username = `of ${service}`;
  own.password = 'secret';
  return own.href;
}

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'gatehouse-test' });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

interface Peaks {
  readonly each: Readonly<Record<string, number>>;
  readonly all: number;
}

/** The most connections that were open at one time while something went on, looked at all the time. */
async function peaksWhile(url: string, by: 'usename' | 'datname', work: () => Promise<void>): Promise<Peaks> {
  const client = new pg.Client({ connectionString: url, application_name: 'gatehouse-test' });
  await client.connect();
  const each: Record<string, number> = {};
  let all = 0;
  let working = true;
  const done = work().finally(() => (working = false));
  try {
    while (working) {
      const { rows } = await client.query<{ name: string; open: number }>(
        `select ${by} as name, count(*)::int as open from pg_stat_activity
         where datname = current_database() and application_name <> 'gatehouse-test' group by 1`,
      );
      for (const { name, open } of rows) each[name] = Math.max(each[name] ?? 0, open);
      all = Math.max(
        all,
        rows.reduce((sum, { open }) => sum + open, 0),
      );
    }
    await done;
    return { each, all };
  } finally {
    await client.end();
  }
}

function userOf(userName: string) {
  const emails = [{ primary: true, value: `${userName}@example.com`, type: 'work' }];
  return { schemas: [scim.user], userName, displayName: userName, emails, active: true };
}

/** An identity provider pushes others while people sign in. */
async function everythingAtOnce(site: SeparateProcesses | Installation, prefix: string): Promise<void> {
  const client = new ScimClient(site.base, okta);
  const push = async (_: unknown, worker: number) => {
    for (let nth = 0; nth < pushedUnderLoad / atATime; nth += 1)
      await client.must(201, 'POST', '/Users', userOf(`${prefix}9${worker}-${nth}`));
  };
  await Promise.all([manyFirstLogins(site, prefix), ...Array.from({ length: atATime }, push)]);
}

async function manyFirstLogins(site: SeparateProcesses | Installation, prefix: string): Promise<void> {
  const waiting = Array.from(
    { length: loginsUnderLoad },
    (_, index) => `${prefix}${String(index + 1).padStart(3, '0')}`,
  );
  const person = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const name = next;
      await signIn(new HttpBrowser(), site, name);
      await waitFor(() => jiraUser(site, name), { timeoutMs: 60_000, what: `${name} to be in Jira` });
    }
  };
  await Promise.all(Array.from({ length: atATime }, person));
}
