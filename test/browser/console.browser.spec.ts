import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createTestDatabase, freePort, testRedis, waitFor } from '@gatehouse/testing';
import pg from 'pg';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { adminToken } from '../flows/support/installation.js';
import { Program } from '../flows/support/program.js';
import { SeparateProcesses } from '../flows/support/separate-processes.js';
import { sharedSite } from '../flows/support/site.js';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const available = existsSync(executablePath);
const screenshots = process.env['SCREENSHOT_DIR'];

if (!available) {
  process.stderr.write(
    `\n*** The browser tests of the console did NOT run: no Chromium at ${executablePath}. Install it, or name it with CHROMIUM_PATH. ***\n\n`,
  );
}

const redis = available ? testRedis('the raw board on Redis') : undefined;

/** Compiled programs, because jest cannot load all parts of bull-board. */
const sites = {
  'PostgreSQL, all in one process': startSuite,
  'Redis, separate processes behind the gateway': startSeparate,
};

describe.each(Object.entries(sites))('the console in a real browser, queues on %s', (name, start) => {
  if (!available || (start === startSeparate && !redis)) {
    it.skip('did not run', () => undefined);
    return;
  }
  const site = sharedSite(start);
  const picture = name.split(',')[0]!.toLowerCase();
  let browser: Browser;

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-sync'] });
    await leaveJobs();
  }, 90_000);
  afterAll(async () => {
    await browser.close();
  });

  it.each(['light', 'dark'] as const)(
    'Q24 opens the board, a queue and a job in the %s theme: no request elsewhere, nothing blocked, no error',
    async (theme) => {
      const { page, complaints } = await open(theme);
      const listening = await listeners();
      await page.goto(`${site().base}/console/queues/queue/group-sync.interactive`);
      await look(page, `console-${picture}-1-sign-in-${theme}`);
      await page.locator('input:focus').waitFor(); // By itself, with the first picture of the page, which may come after its load.
      await page.keyboard.type(adminToken);
      await page.keyboard.press('Enter');

      await page.getByText('reconcile-account', { exact: true }).first().waitFor();
      expect(page.url()).toBe(`${site().base}/console/queues/queue/group-sync.interactive`);
      await look(page, `console-${picture}-2-queue-${theme}`);
      await page
        .getByText(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
        .first()
        .click();
      await page.getByText('Options', { exact: true }).click();
      await look(page, `console-${picture}-3-job-${theme}`);
      await page.getByRole('button', { name: 'Queue info' }).click();
      expect(await page.getByRole('dialog').innerText()).toMatch(/Read-only\s+Yes/);
      await page.keyboard.press('Escape');
      await page.goto(`${site().base}/console/queues/`);
      await page.getByText('claim-mapping.interactive').first().click();
      await page.getByText('map-claims', { exact: true }).first().waitFor();
      await look(page, `console-${picture}-4-other-queue-${theme}`);

      for (const action of ['Retry', 'Clean', 'Remove', 'Pause', 'Promote'])
        expect(await page.getByRole('button', { name: action }).count()).toBe(0);
      expect(complaints).toEqual([]);
      expect(await listeners()).toBe(listening);
    },
    60_000,
  );

  it('Q23 a call of the page that would retry, remove or pause answers 403, and nothing has changed', async () => {
    const { page } = await open('light');
    await signInAtConsole(page);
    await page.goto(`${site().base}/console/queues/`);
    const queue = 'api/queues/group-sync.interactive';
    const before = await jobsIn(page);
    const store = await page.evaluate(
      async () => ((await (await fetch('api/redis/stats')).json()) as { backend: string }).backend,
    );
    expect(store).toBe(start === startSeparate ? 'redis' : 'postgres'); // So that both stores are really shown.
    const calls: [string, string][] = [
      ['PUT', `${queue}/pause`],
      ['PUT', `${queue}/retry/failed`],
      ['PUT', `${queue}/clean/delayed`],
      ['PUT', `${queue}/obliterate`],
      ['PUT', `${queue}/${before[0]!}/clean`],
      ['POST', `${queue}/add`],
    ];

    expect(before.length).toBeGreaterThan(0);
    for (const [method, path] of calls) {
      const status = await page.evaluate(
        async ([verb, url]) => (await fetch(url!, { method: verb!, body: '{}' })).status,
        [method, path],
      );
      expect([method, path, status]).toEqual([method, path, 403]);
    }
    expect(await jobsIn(page)).toEqual(before);
  });

  it('works without script and by keyboard: sign in, look, sign out', async () => {
    const { page, complaints } = await open('light', { javaScriptEnabled: false });
    await page.goto(`${site().base}/console`);
    await page.getByLabel('Token').fill('not-a-token');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.title()).toBe('Error: Sign in to the console');
    await look(page, `console-${picture}-5-refused`);
    await page.getByLabel('Token').fill(adminToken);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // On the button.

    await page.getByRole('heading', { name: 'Gatehouse console' }).waitFor();
    expect(await page.locator('main').innerText()).toMatch(/Role\s+admin/);
    await look(page, `console-${picture}-6-home`);
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter'); // Sign out comes first.
    await page.getByRole('heading', { name: 'Sign in to the console' }).waitFor();
    await page.goto(`${site().base}/console`);
    expect(page.url()).toContain('/console/login');
    expect(complaints.filter((line) => !line.includes('401'))).toEqual([]);
  });

  async function open(theme: 'light' | 'dark', options: { javaScriptEnabled?: boolean } = {}) {
    const context = await browser.newContext({
      colorScheme: theme,
      viewport: { width: 1200, height: 800 },
      ...options,
    });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text()); // Every violation of the policy is one.
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => {
      const { origin, protocol } = new URL(request.url());
      if (protocol !== 'data:' && origin !== site().origin) complaints.push(`request to ${request.url()}`);
    });
    return { page, complaints };
  }

  async function signInAtConsole(page: Page): Promise<void> {
    await page.goto(`${site().base}/console`);
    await page.getByLabel('Token').fill(adminToken);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Gatehouse console' }).waitFor();
  }

  /** Completed jobs leave the store at once, failed ones stay: these name nobody that could be looked up. */
  async function leaveJobs(): Promise<void> {
    await query(
      `insert into messaging.outbox (event, job, queue, key, payload, trace_id)
       select event, job, queue, 'nobody', jsonb_build_object(member, 'nobody', 'traceId', repeat('0', 32)), repeat('0', 32)
       from (values ('identity.verified', 'map-claims', 'claim-mapping.interactive', 'identityId'),
                    ('access.desired', 'reconcile-account', 'group-sync.interactive', 'accountId'))
         as fact (event, job, queue, member)`,
    );
    await query(`select pg_notify('gatehouse_outbox', '')`);
    await waitFor(
      async () => {
        const { rows } = await query<{ parked: number }>(
          `select count(*)::int as parked from messaging.outbox where key = 'nobody' and outcome = 'parked'`,
        );
        return rows[0]!.parked === 2;
      },
      { what: 'the jobs to be given up', timeoutMs: 60_000 },
    );
  }

  function jobsIn(page: Page): Promise<readonly string[]> {
    return page.evaluate(async () => {
      const answer = await fetch('api/queues?activeQueue=group-sync.interactive&status=latest&page=1&jobsPerPage=10');
      const { queues } = (await answer.json()) as { queues: { name: string; jobs: { id: string }[] }[] };
      return queues.flatMap(({ jobs }) => jobs.map(({ id }) => id));
    });
  }

  /** Looking costs no listening connection. */
  async function listeners(): Promise<number> {
    const { rows } = await query<{ count: number }>(
      `select count(*)::int from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
    );
    return rows[0]!.count;
  }

  async function query<Row extends pg.QueryResultRow>(text: string): Promise<pg.QueryResult<Row>> {
    const client = new pg.Client({ connectionString: site().databaseUrl });
    await client.connect();
    try {
      return await client.query<Row>(text);
    } finally {
      await client.end();
    }
  }
});

async function startSuite() {
  const database = await createTestDatabase();
  const folder = await mkdtemp(join(tmpdir(), 'gatehouse-console-'));
  const [port, jiraPort, idpPort] = [await freePort(), await freePort(), await freePort()];
  const origin = `http://localhost:${port}`;
  const program = Program.start('suite', {
    PORT: String(port),
    SANDBOX_JIRA_PORT: String(jiraPort),
    SANDBOX_IDP_PORT: String(idpPort),
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    ADMIN_TOKEN: adminToken,
  });
  await program.printed('Admin token');
  return {
    origin,
    base: `${origin}/_sso`,
    jira: `http://localhost:${jiraPort}`,
    idp: `http://localhost:${idpPort}`,
    databaseUrl: database.url,
    logLines: [],
    discard: async () => {
      await program.stop();
      await database.drop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startSeparate() {
  const server = await redis!();
  const processes = await SeparateProcesses.start({ variables: { REDIS_URL: server.url } });
  return {
    origin: processes.origin,
    base: processes.base,
    jira: processes.jira,
    idp: processes.idp,
    databaseUrl: processes.databaseUrl,
    logLines: processes.logLines,
    discard: async () => {
      await processes.discard();
      await server.close();
    },
  };
}

async function look(page: Page, name: string): Promise<void> {
  if (!screenshots) return;
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
