import { startSandboxJira } from '../index.js';
import type { RunningSandboxJira, SandboxJiraOptions } from '../options.js';

export class Answer {
  constructor(
    readonly status: number,
    readonly headers: Headers,
    readonly text: string,
  ) {}

  /** The body as JSON. */
  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- a test says which shape it looks at
  json<Body = Record<string, unknown>>(): Body {
    return JSON.parse(this.text) as Body;
  }

  expect(status: number): this {
    if (this.status !== status) throw new Error(`expected ${status}, got ${this.status}: ${this.text}`);
    return this;
  }
}

export interface CallOptions {
  readonly body?: unknown;
  readonly headers?: Record<string, string>;
  /** Default: the administrator's token. `null`: anonymous. */
  readonly token?: string | null;
}

/** A running sandbox Jira and a plain client for it. */
export class JiraUnderTest {
  private constructor(readonly running: RunningSandboxJira) {}

  static async start(options: SandboxJiraOptions = {}): Promise<JiraUnderTest> {
    return new JiraUnderTest(await startSandboxJira(options));
  }

  get url(): string {
    return this.running.url;
  }

  get control(): string {
    return new URL(this.url).origin;
  }

  close(): Promise<void> {
    return this.running.close();
  }

  async call(method: string, path: string, { body, headers = {}, token }: CallOptions = {}): Promise<Answer> {
    const credential = token === undefined ? 'sandbox-admin-token' : token;
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(10_000),
      headers: {
        ...(credential === null ? {} : { authorization: `Bearer ${credential}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return new Answer(response.status, response.headers, await response.text());
  }

  rest(method: string, path: string, options?: CallOptions): Promise<Answer> {
    return this.call(method, `/rest/api/2${path}`, options);
  }

  async createUser(name: string, extra: Record<string, unknown> = {}): Promise<{ key: string; name: string }> {
    const body = { name, emailAddress: `${name}@example.com`, displayName: `${name} Person`, ...extra };
    return (await this.rest('POST', '/user', { body })).expect(201).json();
  }

  async user(name: string, expand = 'groups'): Promise<TestUser> {
    const path = `/user?username=${encodeURIComponent(name)}&expand=${expand}`;
    return (await this.rest('GET', path)).expect(200).json();
  }

  async addIdp(issuer: string, change: Record<string, unknown> = {}): Promise<{ id: number }> {
    const body = {
      name: 'Gatehouse',
      enabled: true,
      'sso-type': 'OIDC',
      'issuer-url': issuer,
      'client-id': 'jira',
      'client-secret': 'a secret/with+signs',
      'username-claim': '${preferred_username}',
      buttonText: 'Log in with single sign-on',
      ...change,
    };
    return (await this.call('POST', '/rest/authconfig/1.0/idps', { body })).expect(200).json();
  }

  faults(body: unknown): Promise<number> {
    return this.tell('faults', body);
  }

  /** @param what below `/__test/` */
  async tell(what: string, body: unknown): Promise<number> {
    const response = await fetch(`${this.control}/__test/${what}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    return response.status;
  }

  async state(): Promise<TestState> {
    return (await (await fetch(`${this.control}/__test/state`)).json()) as TestState;
  }
}

export interface TestUser {
  readonly key: string;
  readonly name: string;
  readonly emailAddress: string;
  readonly displayName: string;
  readonly active: boolean;
  readonly groups: { readonly size: number; readonly items: readonly { readonly name: string }[] };
  readonly applicationRoles: { readonly size: number; readonly items: readonly unknown[] };
}

export interface TestState {
  readonly users: readonly (Omit<TestUser, 'groups'> & { readonly groups: readonly string[] })[];
  readonly groups: readonly string[];
  readonly sessions: number;
  readonly hash: string;
  readonly calls: {
    readonly total: number;
    readonly connections: number;
    readonly byRoute: Readonly<Record<string, number>>;
    readonly rateLimit: { readonly passed: number; readonly refused: number; readonly tooEarly: number };
  };
  readonly writes: number;
  readonly idps: readonly { readonly name: string }[];
}
