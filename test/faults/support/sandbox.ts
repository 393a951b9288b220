import type { IdpClient, SandboxIdp } from '../../../apps/sandbox/src/idp/index.js';
import type { RunningSandboxJira } from '../../../apps/sandbox/src/jira/index.js';
import { jiraToken } from './secrets.js';

export interface JiraUserState {
  readonly key: string;
  readonly name: string;
  readonly emailAddress: string;
  readonly displayName: string;
  readonly active: boolean;
  readonly groups: readonly string[];
}

export interface JiraCall {
  readonly method: string;
  readonly path: string;
  readonly at: string;
  readonly node: number;
}

export interface JiraState {
  readonly users: readonly JiraUserState[];
  readonly groups: readonly string[];
  readonly idps: readonly unknown[];
  readonly calls: {
    readonly total: number;
    readonly byRoute: Readonly<Record<string, number>>;
    readonly recent: readonly JiraCall[];
  };
}

/** The identity provider and the Jira of an installation, over their control interfaces. */
export class Sandbox {
  constructor(
    private readonly idp: SandboxIdp,
    private readonly jiraServer: RunningSandboxJira,
    private readonly clients: IdpClient[],
  ) {}

  get jiraPort(): number {
    return this.jiraServer.port;
  }

  get idpPort(): number {
    return this.idp.port;
  }

  async jira(): Promise<JiraState> {
    return (await (await fetch(`${this.jiraServer.url}/__test/state`)).json()) as JiraState;
  }

  async jiraUser(name: string): Promise<JiraUserState | undefined> {
    return (await this.jira()).users.find((user) => user.name.toLowerCase() === name.toLowerCase());
  }

  async jiraFaults(...faults: readonly unknown[]): Promise<void> {
    await control(`${this.jiraServer.url}/__test/faults`, 'POST', faults);
  }

  /** What one Jira has and another has not, from now on. */
  async jiraSwitches(settings: object): Promise<void> {
    await control(`${this.jiraServer.url}/__test/switches`, 'POST', settings);
  }

  /** Those that have not struck as often as they are to. */
  async jiraFaultsLeft(): Promise<number> {
    return ((await (await fetch(`${this.jiraServer.url}/__test/faults`)).json()) as unknown[]).length;
  }

  async idpFaults(...faults: readonly unknown[]): Promise<void> {
    await control(`http://127.0.0.1:${this.idpPort}/__test/faults`, 'POST', faults);
  }

  /** The identity provider takes no other secret of this client any more. */
  rotateSecret(key: string, clientSecret: string): void {
    const index = this.clients.findIndex((client) => client.key === key);
    this.clients[index] = { ...this.clients[index]!, clientSecret };
  }

  /** Requests that reached one endpoint of the identity provider. */
  async idpCalls(endpoint: string): Promise<number> {
    const state = (await (await fetch(`http://127.0.0.1:${this.idpPort}/__test/state`)).json()) as {
      calls: Record<string, number | undefined>;
    };
    return state.calls[endpoint] ?? 0;
  }

  /** @param groups null: the tokens carry no groups claim at all */
  async setGroups(name: string, groups: readonly string[] | null): Promise<void> {
    await control(`http://127.0.0.1:${this.idpPort}/__test/people/${name}`, 'PUT', { groups });
  }

  /** @param omit claims that the tokens do not carry any more */
  async setClaims(name: string, claims: Readonly<Record<string, unknown>>, omit: readonly string[]): Promise<void> {
    await control(`http://127.0.0.1:${this.idpPort}/__test/people/${name}`, 'PUT', { claims, omit });
  }

  /** As an administrator would by hand. */
  async jiraRest(method: string, path: string, body: unknown): Promise<void> {
    await control(this.jiraServer.url + path, method, body, { authorization: `Bearer ${jiraToken}` });
  }

  async close(): Promise<void> {
    await Promise.all([this.idp.close(), this.jiraServer.close()]);
  }
}

async function control(
  url: string,
  method: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<void> {
  const response = await fetch(url, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`${method} ${url} answered ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}
