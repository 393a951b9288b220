import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { Installation } from '../flows/support/installation.js';
import { ProviderTrials } from '../flows/support/provider-trials.js';
import { jiraRest } from '../flows/support/sandbox.js';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const available = existsSync(executablePath);
const screenshots = process.env['SCREENSHOT_DIR'];

if (!available) {
  process.stderr.write(
    `\n*** The browser tests of the provider test did NOT run: no Chromium at ${executablePath}. Install it, or name it with CHROMIUM_PATH. ***\n\n`,
  );
}

(available ? describe : describe.skip)('U06 the page that shows what a sign-in would do, in a real browser', () => {
  let installation: Installation;
  let trials: ProviderTrials;
  let browser: Browser;

  beforeAll(async () => {
    installation = await Installation.start();
    trials = new ProviderTrials(installation);
    const ada = { name: 'ada', emailAddress: 'ada@example.com', displayName: 'Augusta Ada King' };
    await jiraRest(installation, 'POST', '/rest/api/2/user', { ...ada, applicationKeys: [] });
    await jiraRest(installation, 'POST', '/rest/api/2/group/user?groupname=jira-support', { name: 'ada' });
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-sync'] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await installation.discard();
  });

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    it.each([
      ['a telephone', 320],
      ['a desk', 1_200],
    ])('has its parts in order on %s, with scripts switched off and without scrolling sideways', async (_, width) => {
      const context = await browser.newContext({
        colorScheme,
        javaScriptEnabled: false,
        viewport: { width, height: 800 },
      });
      const page = await context.newPage();
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      await tryAs(page, 'ada');

      expect(await page.locator('h1').textContent()).toBe('The test succeeded');
      expect(await page.locator('h2').allTextContents()).toEqual([
        'What becomes of it',
        'What becomes of each group',
        'What would happen in Jira',
        'What to look at',
        'What the provider said',
      ]);
      expect(await page.locator('h3').allTextContents()).toEqual([
        'ID token',
        'Userinfo',
        'Access token: not verified, not used',
      ]);
      const steps = await page.locator('table.steps tr').allTextContents();
      for (const step of [
        /Account.*ada would be linked/s,
        /Display name changed.*Augusta/s,
        /Group taken away.*jira-support/s,
      ])
        expect(steps).toContainEqual(expect.stringMatching(step));
      const overflow = await page.evaluate(
        'document.documentElement.scrollWidth - document.documentElement.clientWidth',
      );
      expect(overflow).toBe(0);
      expect(complaints).toEqual([]);
      if (screenshots !== undefined) {
        await mkdir(screenshots, { recursive: true });
        await page.screenshot({
          path: join(screenshots, `provider-test-${width}-${colorScheme}.png`),
          fullPage: true,
        });
      }
      await context.close();
    });
  });

  async function tryAs(page: Page, person: string): Promise<void> {
    const { url } = await trials.create({ provider: 'cognito' });
    await page.goto(url);
    await page.fill('[name=username]', person);
    await page.fill('[name=password]', 'demo');
    await page.click('[type=submit]');
    await page.waitForURL(/\/callback\//);
    await page.waitForLoadState('networkidle');
  }
});
