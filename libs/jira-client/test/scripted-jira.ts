import { createServer } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One exchange as it was recorded: the exact request line that must come next, and what Jira says to it. */
export interface Exchange {
  /** `GET /rest/api/2/user?username=ada&expand=groups` */
  readonly on: string;
  /** Default 200. */
  readonly status?: number;
  /** Besides those of every JSON answer of Jira; `undefined` removes one. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** A string is sent as it is, anything else as JSON; undefined: an empty body. */
  readonly body?: unknown;
  /** Takes the connection over instead of answering. */
  readonly raw?: (response: ServerResponse) => void;
}

export interface Received {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: unknown;
}

/** A server that plays recorded exchanges in their order and refuses every other request. */
export class ScriptedJira {
  private script: Exchange[] = [];
  readonly received: Received[] = [];
  readonly unexpected: string[] = [];

  private constructor(private readonly server: Server) {}

  static async start(): Promise<ScriptedJira> {
    const server = createServer();
    const jira = new ScriptedJira(server);
    server.on('request', (request, response) => void jira.answer(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return jira;
  }

  get url(): URL {
    return new URL(`http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`);
  }

  play(...script: Exchange[]): void {
    this.script = script;
    this.received.length = 0;
    this.unexpected.length = 0;
  }

  /** What did not happen as scripted. */
  get differences(): string[] {
    return [...this.unexpected, ...this.script.map(({ on }) => `not asked: ${on}`)];
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const line = `${request.method} ${request.url}`;
    this.received.push({ line, headers: request.headers, body: text === '' ? undefined : JSON.parse(text) });
    const next = this.script[0];
    if (next?.on !== line) {
      this.unexpected.push(`asked: ${line}`);
      response.writeHead(418).end();
      return;
    }
    this.script.shift();
    if (next.raw) next.raw(response);
    else send(response, next);
  }
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Exchange): void {
  const all: Record<string, string | undefined> = {
    'content-type': 'application/json;charset=UTF-8',
    'x-ausername': 'gatehouse',
    ...headers,
  };
  for (const [name, value] of Object.entries(all)) if (value !== undefined) response.setHeader(name, value);
  response.writeHead(status);
  response.end(typeof body === 'string' ? body : body === undefined ? undefined : JSON.stringify(body));
}

/** A user as Jira 10.4 was recorded to send it, with expanded groups. */
export function jiraUser(groups: readonly string[], changes: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    self: 'http://recorded.invalid/rest/api/2/user?username=ada',
    key: 'JIRAUSER10000',
    name: 'ada',
    emailAddress: 'ada@example.invalid',
    avatarUrls: { '48x48': 'https://recorded.invalid/avatar' },
    displayName: 'Ada Lovelace',
    active: true,
    deleted: false,
    timeZone: 'Etc/UTC',
    locale: 'en_US',
    groups: {
      size: groups.length,
      items: groups.map((name) => ({
        name,
        self: `http://recorded.invalid/rest/api/2/group?groupname=${encodeURIComponent(name)}`,
      })),
    },
    applicationRoles: { size: 1, items: [] },
    expand: 'groups,applicationRoles',
    ...changes,
  };
}

export function envelope(message: string, errors: Record<string, string> = {}): unknown {
  return { errorMessages: message === '' ? [] : [message], errors };
}

export const noSuchUser = envelope("The user named 'ada' does not exist");
