import { ConfigExport } from '@gatehouse/contracts';
import { adminToken } from './installation.js';
import type { Site } from './site.js';

/** An administrator at the API of an installation. */
export class AdminApi {
  constructor(private readonly site: Site) {}

  async call(method: string, path: string, body?: unknown): Promise<unknown> {
    const headers = {
      ...{ authorization: `Bearer ${adminToken}`, 'if-match': '*' },
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const answer = await fetch(`${this.site.base}/api/v1/${path}`, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    return text === '' ? undefined : JSON.parse(text);
  }

  async config(): Promise<ConfigExport> {
    return ConfigExport.parse(await this.call('GET', 'config'));
  }
}
