import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { adminToken, Installation } from '../flows/support/installation.js';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const available = existsSync(executablePath);
const screenshots = process.env['SCREENSHOT_DIR'];

if (!available) {
  process.stderr.write(
    `\n*** The browser tests of the sign-in pages did NOT run: no Chromium at ${executablePath}. Install it, or name it with CHROMIUM_PATH. ***\n\n`,
  );
}

const bytesMax = 30_000;

(available ? describe : describe.skip)('the pages on which a sign-in ends, in a real browser', () => {
  let installation: Installation;
  let browser: Browser;

  beforeAll(async () => {
    installation = await Installation.start();
    await setContact('IT service desk, room 3, or help@example.com');
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-sync'] });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await installation.discard();
  });

  const pages: { name: string; open: (page: Page) => Promise<unknown>; heading: RegExp; isError: boolean }[] = [
    { name: 'choice', open: (page) => toChoice(page), heading: /Sign in to Jira/, isError: false },
    { name: 'refused', open: (page) => signIn(page, 'dave'), heading: /not verified/, isError: true },
    { name: 'expired', open: (page) => visit(page, '/login/none'), heading: /cannot be continued/, isError: true },
    { name: 'unknown', open: (page) => visit(page, '/nothing'), heading: /no such page/, isError: true },
    { name: 'op-refused', open: (page) => visit(page, '/oidc/auth?client_id=x'), heading: /not valid/, isError: true },
    { name: 'sign-out', open: (page) => visit(page, '/logout'), heading: /Sign out\?/, isError: false },
    { name: 'signed-out', open: (page) => visit(page, '/logged-out'), heading: /signed out/, isError: false },
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
      expect(scripts).toEqual([]);
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
    await signIn(page, 'dave');
    expect(await page.locator('body').innerText()).toContain('Signed in as dave@example.com');
    await page.getByRole('link', { name: 'Try another account' }).click();
    await page.getByText('Company').click();
    await fillIn(page, 'ada');

    expect(page.url()).toBe(`${installation.origin}/browse/DEMO-1`);
    await context.close();
  });

  it('E12 the keyboard alone goes from the message to the way out', async () => {
    const page = await browser.newPage();
    await signIn(page, 'dave');
    await page.locator('[role=alert]:focus').waitFor();
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Try another account');
    expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('solid');
    await page.close();
  });

  async function visit(page: Page, path: string): Promise<void> {
    await page.goto(installation.base + path);
  }

  async function toChoice(page: Page): Promise<void> {
    await page.goto(`${installation.origin}/browse/DEMO-1`);
    await page.getByText('single sign-on').click();
  }

  async function signIn(page: Page, person: string): Promise<void> {
    await toChoice(page);
    await page.getByText('Company').click();
    await fillIn(page, person);
  }

  async function fillIn(page: Page, person: string): Promise<void> {
    await page.getByLabel(/user ?name/i).fill(person);
    await page.getByRole('textbox', { name: 'Password' }).fill('demo');
    await page.getByRole('button', { name: /sign in/i }).click();
  }

  async function setContact(contact: string): Promise<void> {
    const address = `${installation.base}/api/v1/config`;
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
    const current = await fetch(address, { headers });
    const document = (await current.json()) as Record<string, unknown>;
    const settings = { ...(document['settings'] as object), contact };
    const answer = await fetch(address, {
      method: 'PUT',
      headers: { ...headers, 'if-match': current.headers.get('etag')! },
      body: JSON.stringify({ ...document, settings }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
});

/** WCAG 1.4.3, of every text as it is painted. */
async function unreadable(page: Page): Promise<string[]> {
  return page.evaluate(`(() => {
    const channels = (color) => color.match(/[\\d.]+/g).map(Number);
    const luminance = ([r, g, b]) => [r, g, b].map((c) => c / 255).map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
      .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
    const ground = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const color = channels(getComputedStyle(at).backgroundColor);
        if (color.length === 3 || color[3] > 0) return color;
      }
      return [255, 255, 255];
    };
    return [...document.querySelectorAll('main *')]
      .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
      .filter((element) => {
        const [a, b] = [luminance(channels(getComputedStyle(element).color)), luminance(ground(element))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
      })
      .map((element) => element.outerHTML.slice(0, 100));
  })()`);
}

/** WCAG 2.5.8: what can be pressed is 24 px at least. */
async function tooSmall(page: Page): Promise<string[]> {
  return page.evaluate(`[...document.querySelectorAll('a, button')]
    .filter((element) => { const { width, height } = element.getBoundingClientRect(); return width < 24 || height < 24; })
    .map((element) => element.outerHTML.slice(0, 100))`);
}

async function look(page: Page, name: string): Promise<void> {
  if (!screenshots) return;
  await mkdir(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`), fullPage: true });
}
