import type { Page } from 'playwright-core';
import { adminToken } from '../../flows/support/installation.js';
import type { Installation } from '../../flows/support/installation.js';

/** What a person does on the way into Jira, in a browser. */
export class SignInSteps {
  constructor(private readonly installation: Installation) {}

  async visit(page: Page, path: string): Promise<void> {
    await page.goto(this.installation.base + path);
  }

  async toChoice(page: Page): Promise<void> {
    await page.goto(`${this.installation.origin}/browse/DEMO-1`);
    await page.getByText('single sign-on').click();
  }

  async signIn(page: Page, person: string): Promise<void> {
    await this.toChoice(page);
    await page.getByText('Company').click();
    await this.fillIn(page, person);
  }

  async fillIn(page: Page, person: string): Promise<void> {
    await page.getByLabel(/user ?name/i).fill(person);
    await page.getByRole('textbox', { name: 'Password' }).fill('demo');
    await page.getByRole('button', { name: /sign in/i }).click();
  }

  /** With `customerPortal` for agents only. */
  async toPortalQuestion(page: Page): Promise<void> {
    await page.goto(`${this.installation.origin}/login.jsp?os_destination=%2Fservicedesk%2Fcustomer%2Fportals`);
    await page.getByText('single sign-on').click();
  }

  /** By the keyboard: the field has the focus. */
  async toPortalForm(page: Page): Promise<void> {
    await this.toPortalQuestion(page);
    await page.keyboard.type('nobody-at-all');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Log in with a password' }).waitFor();
  }

  /** @param part of the settings; the others stay */
  async setSettings(part: object): Promise<void> {
    const address = `${this.installation.base}/api/v1/config`;
    const headers = { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' };
    const current = await fetch(address, { headers });
    const document = (await current.json()) as Record<string, unknown>;
    const settings = { ...(document['settings'] as object), ...part };
    const answer = await fetch(address, {
      method: 'PUT',
      headers: { ...headers, 'if-match': current.headers.get('etag')! },
      body: JSON.stringify({ ...document, settings }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }
}
