import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { Installation } from '../flows/support/installation.js';
import { clearFaults, setFaults } from '../flows/support/sandbox.js';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const available = existsSync(executablePath);
const screenshots = process.env['SCREENSHOT_DIR'];

if (!available) {
  process.stderr.write(
    `\n*** The browser tests did NOT run: no Chromium at ${executablePath}. Install it, or name it with CHROMIUM_PATH. ***\n\n`,
  );
}

(available ? describe : describe.skip)('in a real browser', () => {
  let installation: Installation;
  let browser: Browser;

  beforeAll(async () => {
    installation = await Installation.start();
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await installation.discard();
  });

  it('ada opens a deep page, chooses to log in, and lands signed in on that page', async () => {
    const { page, foreign } = await open('light');
    await page.goto(`${installation.origin}/browse/DEMO-7?view=wide`);
    await look(page, '1-jira-login');
    await page.getByText('single sign-on').click();
    await look(page, '2-choose-provider');
    await page.getByText('Company').click();
    expect(new URL(page.url()).port).toBe(new URL(installation.idp).port);
    await look(page, '3-identity-provider');
    await signInAs(page, 'ada');

    expect(page.url()).toBe(`${installation.origin}/browse/DEMO-7?view=wide`);
    const text = await page.locator('body').innerText();
    expect(text).toContain('Ada Lovelace');
    expect(text).toContain('jira-developers');
    await look(page, '4-signed-in');
    expect(foreign).toEqual([]);
  });

  it('S13 signs out on our own page, and the next login at Jira asks for another sign-in', async () => {
    const { page } = await open('light');
    await toProvider(page);
    await signInAs(page, 'grace');
    await page.goto(`${installation.base}/logout`);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL(`${installation.base}/logged-out`); // By way of the provider.
    await page.context().clearCookies({ name: /^SBXJIRA/ });
    await page.goto(`${installation.origin}/browse/DEMO-1`);
    await page.getByText('single sign-on').click();

    expect(await page.locator('h1').innerText()).toBe('Sign in to Jira');
  });

  it('dave is refused with a reason and a reference, in both themes, and is not sent round in circles', async () => {
    for (const theme of ['light', 'dark'] as const) {
      const { page, navigations } = await open(theme);
      await toProvider(page);
      await signInAs(page, 'dave');
      await page.getByRole('alert').waitFor();
      const before = navigations.length;

      expect(await page.locator('body').innerText()).toMatch(/[0-9a-f]{32}/);
      await look(page, `5-refused-${theme}`);
      await page.waitForLoadState('networkidle');
      expect(navigations.length).toBe(before);
    }
  });

  it('a first login while Jira is away waits on a page that moves on by itself, without script', async () => {
    const { page } = await open('light', { javaScriptEnabled: false });
    await setFaults(installation, [{ match: { pathPrefix: '/rest/api' }, kind: 'status', status: 503 }]);
    await toProvider(page);
    await signInAs(page, 'load-0201');
    await page
      .getByText(/preparing your account/i)
      .first()
      .waitFor();
    await look(page, '6-preparing');
    await clearFaults(installation);

    await page.waitForURL(`${installation.origin}/browse/DEMO-1`, { timeout: 30_000 });
  }, 60_000);

  it('works with the identity provider on another site than Gatehouse', async () => {
    const elsewhere = await Installation.start({ host: '127.0.0.1' });
    try {
      const { page } = await open('light');
      await toProvider(page, elsewhere);
      expect(new URL(page.url()).hostname).toBe('localhost');
      await signInAs(page, 'zoe');

      expect(page.url()).toBe(`${elsewhere.origin}/browse/DEMO-1`);
      expect(await page.locator('body').innerText()).toContain('zoe');
    } finally {
      await elsewhere.discard();
    }
  });

  async function open(theme: 'light' | 'dark', options: { javaScriptEnabled?: boolean } = {}) {
    const context: BrowserContext = await browser.newContext({
      colorScheme: theme,
      viewport: { width: 900, height: 700 },
      ...options,
    });
    const page = await context.newPage();
    const navigations: string[] = [];
    const foreign: string[] = [];
    const own = new Set(
      [installation.origin, installation.idp, installation.jira].map((origin) => new URL(origin).host),
    );
    page.on('request', (request) => {
      if (request.isNavigationRequest()) navigations.push(request.url());
      if (!own.has(new URL(request.url()).host)) foreign.push(request.url());
    });
    return { page, navigations, foreign };
  }

  async function toProvider(page: Page, at: Installation = installation): Promise<void> {
    await page.goto(`${at.origin}/browse/DEMO-1`);
    await page.getByText('single sign-on').click();
    await page.getByText('Company').click();
  }
});

async function signInAs(page: Page, person: string): Promise<void> {
  await page.getByLabel(/user ?name/i).fill(person);
  await page.getByRole('textbox', { name: 'Password' }).fill('demo');
  await page.getByRole('button', { name: /sign in/i }).click();
}

async function look(page: Page, name: string): Promise<void> {
  if (!screenshots) return;
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
