import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { Installation } from '../flows/support/installation.js';
import { look, tooSmall, unreadable } from './support/painted-page.js';
import { SignInSteps } from './support/sign-in-steps.js';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const available = existsSync(executablePath);

if (!available) {
  process.stderr.write(
    `\n*** The browser tests of the sign-in pages did NOT run: no Chromium at ${executablePath}. Install it, or name it with CHROMIUM_PATH. ***\n\n`,
  );
}

const bytesMax = 30_000;

(available ? describe : describe.skip)('the pages on which a sign-in ends, in a real browser', () => {
  let installation: Installation;
  let steps: SignInSteps;
  let browser: Browser;

  beforeAll(async () => {
    installation = await Installation.start();
    steps = new SignInSteps(installation);
    await steps.setSettings({
      contact: 'IT service desk, room 3, or help@example.com',
      customerPortal: { singleSignOn: 'agents' },
    });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-sync'] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await installation.discard();
  });

  const pages: { name: string; open: (page: Page) => Promise<unknown>; heading: RegExp; isError: boolean }[] = [
    { name: 'choice', open: (page) => steps.toChoice(page), heading: /Sign in to Jira/, isError: false },
    { name: 'refused', open: (page) => steps.signIn(page, 'dave'), heading: /not verified/, isError: true },
    {
      name: 'expired',
      open: (page) => steps.visit(page, '/login/none'),
      heading: /cannot be continued/,
      isError: true,
    },
    { name: 'unknown', open: (page) => steps.visit(page, '/nothing'), heading: /no such page/, isError: true },
    {
      name: 'op-refused',
      open: (page) => steps.visit(page, '/oidc/auth?client_id=x'),
      heading: /not valid/,
      isError: true,
    },
    {
      name: 'portal-question',
      open: (page) => steps.toPortalQuestion(page),
      heading: /customer portal/,
      isError: false,
    },
    { name: 'portal-form', open: (page) => steps.toPortalForm(page), heading: /with a password/, isError: false },
    { name: 'sign-out', open: (page) => steps.visit(page, '/logout'), heading: /Sign out\?/, isError: false },
    { name: 'signed-out', open: (page) => steps.visit(page, '/logged-out'), heading: /signed out/, isError: false },
  ];

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    it.each(pages)('E09 E12 E14 E15 $name', async ({ name, open, heading, isError }) => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 320, height: 640 } });
      const page = await context.newPage();
      const complaints: string[] = [];
      const foreign: string[] = [];
      const scripts: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('request', (request) => {
        if (!request.url().startsWith('http://localhost:')) foreign.push(request.url());
        if (request.resourceType() === 'script') scripts.push(request.url());
      });
      await open(page);
      const address = page.url();
      await page.waitForLoadState('networkidle');

      expect(await page.locator('h1').allInnerTexts()).toEqual([expect.stringMatching(heading)]);
      expect(await page.title()).toMatch(isError ? /^Error: / : /^(?!Error)/);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
      expect(await unreadable(page)).toEqual([]);
      expect(await tooSmall(page)).toEqual([]);
      expect(foreign.filter((url) => !url.startsWith('data:'))).toEqual([]);
      expect([...new Set(scripts)]).toEqual([expect.stringMatching(/\/_sso\/assets\/sign-in\.[0-9a-f]{12}\.js$/)]);
      expect(complaints.filter((text) => /Content Security Policy/i.test(text))).toEqual([]);
      const weight = await page.evaluate<number>(
        `performance.getEntries().reduce((sum, { decodedBodySize = 0 }) => sum + decodedBodySize, 0)`,
      );
      expect(weight).toBeGreaterThan(2_000);
      expect(weight).toBeLessThan(bytesMax);
      if (isError) {
        await page.locator('[role=alert]:focus').waitFor();
        expect(await page.locator('body').innerText()).toMatch(
          /Who can help: IT service desk[\s\S]*[0-9a-f]{32}[\s\S]*UTC/,
        );
      }
      await look(page, `pages-${name}-${colorScheme}`);
      expect(page.url()).toBe(address); // It went nowhere by itself.
      await context.close();
    });
  });

  it('E07 E10 without script dave is told why, and another account signs in from there', async () => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    await steps.signIn(page, 'dave');
    expect(await page.locator('body').innerText()).toContain('Signed in as dave@example.com');
    await page.getByRole('link', { name: 'Try another account' }).click();
    await page.getByText('Company').click();
    await steps.fillIn(page, 'ada');

    expect(page.url()).toBe(`${installation.origin}/browse/DEMO-1`);
    await context.close();
  });

  it('E12 the keyboard alone goes from the message to the way out', async () => {
    const page = await browser.newPage();
    await steps.signIn(page, 'dave');
    await page.locator('[role=alert]:focus').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Try another account');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.close();
  });
});
