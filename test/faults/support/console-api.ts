import { adminToken } from './secrets.js';

export interface Parked {
  readonly id: string;
  readonly job: string;
  readonly code: string;
  readonly message: string;
  readonly attempts: number;
}

/** As much of the configuration document as the fault tests change. */
export interface Document {
  readonly providers: Readonly<Record<string, object>>;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly mappings: Readonly<Record<string, { readonly groups?: { readonly rules?: readonly unknown[] } }>>;
}

/** What an operator and an administrator ask of the API. */
export class ConsoleApi {
  constructor(private readonly origin: string) {}

  async parked(): Promise<readonly Parked[]> {
    const { items } = (await (await this.ask('GET', '/parked')).json()) as { items: Parked[] };
    return items;
  }

  async resolve(id: string, how: 'retry' | 'discard'): Promise<void> {
    const answer = await this.ask('POST', `/parked/${id}/${how}`, { reason: 'a fault test' });
    if (!answer.ok) throw new Error(`${how} answered ${answer.status}: ${await answer.text()}`);
  }

  async config(): Promise<Document> {
    return (await (await this.ask('GET', '/config')).json()) as Document;
  }

  /** @returns its version */
  async apply(document: Document): Promise<number> {
    const answer = await this.ask('PUT', '/config', document);
    if (!answer.ok) throw new Error(`the configuration was refused, ${answer.status}: ${await answer.text()}`);
    return ((await answer.json()) as { version: number }).version;
  }

  async status(document: Document): Promise<number> {
    return (await this.ask('PUT', '/config', document)).status;
  }

  /** @returns its id */
  async startSync(provider: string): Promise<string> {
    const answer = await this.ask('POST', `/providers/${provider}/directory-syncs`, { reason: 'a fault test' });
    if (!answer.ok) throw new Error(`no sync: ${answer.status} ${await answer.text()}`);
    return ((await answer.json()) as { id: string }).id;
  }

  private ask(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.origin}/_sso/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${adminToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json', 'if-match': '*' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}
