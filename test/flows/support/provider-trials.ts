import { ProviderTestCreated, ProviderTestStatus } from '@gatehouse/contracts';
import { HttpBrowser } from '@gatehouse/testing';
import { adminToken } from './installation.js';
import type { Installation } from './installation.js';

/** An administrator who tries providers over the API and in a browser. */
export class ProviderTrials {
  constructor(private readonly installation: Installation) {}

  call(method: string, path: string, body?: unknown, token: string | null = adminToken): Promise<Response> {
    return fetch(`${this.installation.base}/api/v1/${path}`, {
      method,
      headers: { 'content-type': 'application/json', ...(token ? { authorization: `Bearer ${token}` } : {}) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async create(subject: unknown): Promise<ProviderTestCreated> {
    const answer = await this.call('POST', 'provider-tests', subject);
    const text = await answer.text();
    if (answer.status !== 201) throw new Error(text);
    return ProviderTestCreated.parse(JSON.parse(text));
  }

  async tryAs(person: string, subject: unknown, browser = new HttpBrowser()) {
    const { id, url } = await this.create(subject);
    const form = await browser.get(url);
    return { id, page: await browser.submit(form, { username: person, password: 'demo' }) };
  }

  async read(id: string): Promise<ProviderTestStatus> {
    return ProviderTestStatus.parse(await (await this.call('GET', `provider-tests/${id}`)).json());
  }
}
