import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { chromium } from 'playwright-core';
import type { Browser, Page } from 'playwright-core';
import { waitFor } from '@gatehouse/testing';
import { Installation } from '../flows/support/installation.js';
import { look, tooSmall, unreadable } from './support/painted-page.js';
import { SignInSteps } from './support/sign-in-steps.js';

const executablePath = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const company = 'Company sign-in (sandbox)';
const available = existsSync(executablePath);

if (!available) {
  process.stderr.write(
    `\n*** The browser tests of the script of the sign-in pages did NOT run: no Chromium at ${executablePath}. Install it, or name it with CHROMIUM_PATH. ***\n\n`,
  );
}

(available ? describe : describe.skip)('what the script adds to the sign-in pages, in a real browser', () => {
  let installation: Installation;
  let steps: SignInSteps;
  let browser: Browser;

  beforeAll(async () => {
    installation = await Installation.start();
    steps = new SignInSteps(installation);
    await steps.setSettings({ contact: 'IT service desk, room 3' });
    browser = await chromium.launch({
      executablePath,
      args: ['--no-sandbox', '--disable-gpu', '--disable-sync'],
      ignoreDefaultArgs: ['--disable-back-forward-cache'],
    });
  }, 60_000);
  afterAll(async () => {
    await browser.close();
    await installation.discard();
  });

  describe.each(['light', 'dark'] as const)('%s', (colorScheme) => {
    it('E06 E12 a pressed button says what it waits for, after 8 s that it still does, after 20 s offers to try again', async () => {
      const { context, page, asked } = await choiceWithoutAnswer(colorScheme);
      const [button, readOut] = [page.locator('#choice-0'), page.locator('[role=status].announced')];
      await button.click();
      await button.getByText(`Going to ${company}…`).waitFor();
      expect(await readOut.textContent()).toBe(`Going to ${company}…`);
      expect(await button.getAttribute('aria-disabled')).toBe('true');
      await sound(page, `script-going-${colorScheme}`);

      await page.clock.runFor(7_900);
      expect(await readOut.textContent()).toContain('Going to');
      await page.clock.runFor(200);
      expect(await readOut.textContent()).toBe(`Still waiting for ${company}…`);
      expect(await button.textContent()).toBe(`Still waiting for ${company}…`);
      await sound(page, `script-still-${colorScheme}`);

      await page.clock.runFor(11_800);
      expect(await page.getByRole('alert').count()).toBe(0);
      await page.clock.runFor(200);
      await page.locator('[role=alert]:focus').waitFor();
      expect(await page.title()).toBe('Error: Sign in');
      expect(await page.getByRole('alert').innerText()).toMatch(
        /no answer from Company sign-in \(sandbox\) yet.*IT service desk, room 3/,
      );
      expect(await page.locator('[aria-disabled]').count()).toBe(0);
      expect(await button.innerText()).toBe(company);
      expect(await readOut.textContent()).toBe('');
      await sound(page, `script-late-${colorScheme}`);

      expect(asked).toHaveLength(1);
      await page.keyboard.press('Tab');
      await page.locator('button:focus').getByText('Try again').waitFor();
      await page.keyboard.press('Enter');
      await waitFor(() => asked.length === 2, { what: 'a second request' });
      expect(await page.getByRole('alert').count()).toBe(0);
      expect(await page.title()).toBe('Sign in');
      expect(await page.evaluate('document.activeElement.textContent')).toBe(`Going to ${company}…`);
      await context.close();
    });

    it('E09 E12 one press copies what happened, when and under which reference', async () => {
      const context = await browser.newContext({ colorScheme, viewport: { width: 320, height: 640 } });
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: installation.origin });
      const page = await context.newPage();
      await steps.signIn(page, 'dave');
      await page.locator('[role=alert]:focus').waitFor();
      const copy = page.getByRole('button', { name: 'Copy details' });
      await copy.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('status').getByText('Copied').waitFor();

      const reference = await page.locator('.reference code').innerText();
      const time = await page.locator('time').getAttribute('datetime');
      expect(await page.evaluate('navigator.clipboard.readText()')).toBe(
        `Your e-mail address is not verified\nReference: ${reference}\nTime: ${time}`,
      );
      await sound(page, `script-copied-${colorScheme}`);
      await context.close();
    });
  });

  it('E06 a page says so while the browser really is on its way', async () => {
    const context = await browser.newContext();
    await context.addInitScript(`{
      const atItsOwnPace = setTimeout;
      globalThis.setTimeout = (run, ms) => atItsOwnPace(run, ms / 10);
      addEventListener('DOMContentLoaded', () => {
        new MutationObserver(() => console.info('read out: ' + document.querySelector('.announced').textContent))
          .observe(document.querySelector('.announced'), { childList: true });
      });
    }`);
    const page = await context.newPage();
    const readOut: string[] = [];
    page.on('console', (message) => {
      const text = message.text().split('read out: ')[1];
      if (text !== undefined) readOut.push(text);
    });
    await steps.toChoice(page);
    await context.route(/\/login\/[^/]+\?provider=/, () => {}); // Never answered: from now on only the page can tell.
    const { x, y } = (await page.getByText(company).boundingBox())!;
    await page.mouse.click(x + 5, y + 5);

    await waitFor(() => readOut.length === 3, { what: 'the three texts' });
    expect(readOut).toEqual([`Going to ${company}…`, `Still waiting for ${company}…`, '']);
    await context.close();
  });

  it('E06 a button is pressed once, however often it is clicked; another one still works', async () => {
    const { context, page, asked } = await choiceWithoutAnswer();
    for (let times = 0; times < 3; times += 1) await page.locator('#choice-0').click({ force: true });
    await page.locator('#choice-1').click();
    await waitFor(() => asked.length > 1, { what: 'both requests' });

    expect(asked.map((url) => new URL(url).searchParams.get('provider'))).toEqual(['cognito', 'partner']);
    expect(await page.locator('[aria-disabled=true]').getAttribute('id')).toBe('choice-1');
    expect(await page.locator('#choice-0').innerText()).toBe(company);
    await context.close();
  });

  it('E06 a form is sent once, however often its button is clicked', async () => {
    const page = await browser.newPage();
    await steps.visit(page, '/logout');
    const sent: string[] = [];
    await page.route('**/logout', (route) => {
      sent.push(route.request().method());
      return route.fulfill({ status: 204 });
    });
    for (let times = 0; times < 3; times += 1) await page.locator('form button').click({ force: true });
    await page.getByRole('button', { name: 'Signing out…', disabled: true }).waitFor();
    expect(sent).toEqual(['POST']);
    await page.close();
  });

  it('E06 a press that opens another window leaves this one as it is', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await steps.toChoice(page);
    const opened = context.waitForEvent('page');
    await page.getByText('Company').click({ modifiers: ['ControlOrMeta'] });
    await opened;
    expect(await page.locator('[aria-disabled]').count()).toBe(0);
    expect(await page.locator('a[data-going]').allInnerTexts()).toContain(company);
    await context.close();
  });

  it('E06 E08 the back button finds a page that can be used, after a provider was chosen', async () => {
    const page = await browser.newPage();
    await steps.toChoice(page);
    await page.getByText('Company').click();
    await page.getByLabel(/user ?name/i).waitFor();
    await page.evaluate('history.back()');
    await page.getByRole('heading', { name: 'Sign in to Jira' }).waitFor();

    expect(await page.locator('[aria-disabled]').count()).toBe(0);
    await page.getByText('Company').click();
    await steps.fillIn(page, 'ada');
    expect(page.url()).toBe(`${installation.origin}/browse/DEMO-1`);
    await page.close();
  });

  it('E06 a page that the browser kept as it was left has no button that still waits', async () => {
    const page = await browser.newPage();
    await page.goto(installation.origin); // Chromium keeps no page if a cookie changes afterwards, and no error page.
    await steps.visit(page, '/logged-out');
    await page.evaluate('globalThis.isTheSamePage = true');
    await page.getByRole('link', { name: 'To Jira', exact: true }).click();
    await page.waitForURL((url) => !url.pathname.startsWith('/_sso'));
    await page.evaluate('history.back()');
    await page.getByRole('heading', { name: 'You are signed out' }).waitFor();

    expect(await page.evaluate('globalThis.isTheSamePage')).toBe(true);
    expect(await page.locator('[aria-disabled]').count()).toBe(0);
    expect(await page.locator('a[data-going]').allInnerTexts()).toEqual(['Sign out of Jira too', 'To Jira']);
    expect(await page.locator('.announced').textContent()).toBe('');
    await page.close();
  });

  it('E09 a copy that the browser refuses says so', async () => {
    const page = await browser.newPage();
    await page.addInitScript(`navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))`);
    await steps.visit(page, '/nothing');
    await page.getByRole('button', { name: 'Copy details' }).click();
    await page.getByRole('status').getByText('select the reference').waitFor();
    await page.close();
  });

  it('E07 E09 where nothing can be copied there is no button for it', async () => {
    const without = await browser.newContext({ javaScriptEnabled: false });
    const old = await browser.newContext();
    await old.addInitScript(`Object.defineProperty(Navigator.prototype, 'clipboard', { value: undefined })`);
    for (const context of [without, old]) {
      const page = await context.newPage();
      await steps.visit(page, '/nothing');
      await page.waitForLoadState('networkidle');
      expect(await page.locator('.reference code').innerText()).toMatch(/^[0-9a-f]{32}$/);
      expect(await page.locator('button').count()).toBe(0);
      await context.close();
    }
  });

  it('E14 no other script of this origin runs in a page of ours', async () => {
    const page = await browser.newPage();
    const blocked: string[] = [];
    page.on('console', (message) => blocked.push(message.text()));
    await steps.visit(page, '/nothing');
    await page.evaluate(
      `document.body.append(Object.assign(document.createElement('script'), { src: '/some-jira-file.js' }))`,
    );
    await page.evaluate(`document.body.setAttribute('onclick', 'globalThis.ran = true'); document.body.click()`);
    await waitFor(() => blocked.filter((text) => /Content Security Policy/i.test(text)).length === 2, {
      what: 'both refusals',
    });
    expect(await page.evaluate('globalThis.ran')).toBeUndefined();
    await page.close();
  });

  /**
   * The choice of a provider, and a clock that the test turns. Every press is answered with "no content", after which a
   * page stays as it is: Playwright does nothing with one whose browser is still on its way.
   */
  async function choiceWithoutAnswer(colorScheme: 'light' | 'dark' = 'light') {
    const context = await browser.newContext({ colorScheme, viewport: { width: 320, height: 640 } });
    const page = await context.newPage();
    await page.clock.install();
    await steps.toChoice(page);
    await page.evaluate(`document.querySelectorAll('a[data-going]').forEach((link, at) => (link.id = 'choice-' + at))`);
    await page.clock.pauseAt((await page.evaluate<number>('Date.now()')) + 1_000);
    const asked: string[] = [];
    await context.route(/\/login\/[^/]+\?provider=/, (route) => {
      asked.push(route.request().url());
      return route.fulfill({ status: 204 });
    });
    return { context, page, asked };
  }
});

async function sound(page: Page, name: string): Promise<void> {
  expect(await unreadable(page)).toEqual([]);
  expect(await tooSmall(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  await look(page, name);
}
