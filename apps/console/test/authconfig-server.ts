import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Entry = Record<string, unknown> & { id: number; name: string };
type Fault = 'html' | 'server-error' | 'limit' | 'hang' | 'lose-next-answer';

const idpFields = new Set([
  'name',
  'enabled',
  'sso-type',
  'buttonText',
  'include-customer-logins',
  'enable-remember-me',
  'issuer-url',
  'client-id',
  'client-secret',
  'discovery-enabled',
  'authorization-endpoint',
  'token-endpoint',
  'userinfo-endpoint',
  'additional-scopes',
  'username-claim',
  'jit-configuration',
]);
const ssoFields = new Set([
  'show-login-form',
  'show-login-form-for-jsm',
  'enable-authentication-fallback',
  'discovery-refresh-cron',
]);

/** Jira's SSO app as its REST description has it, strict about what it is sent. */
export class AuthconfigServer {
  readonly token = 'jira-admin-token';
  readonly writes: { method: string; path: string; body: Record<string, unknown> }[] = [];
  readonly idps: Entry[] = [];
  sso: Record<string, unknown> = {
    'show-login-form': true,
    'show-login-form-for-jsm': true,
    'enable-authentication-fallback': false,
  };
  fault: Fault | undefined;
  acceptsToken = true;
  /** Settings that this Jira silently drops. */
  ignores: string[] = [];
  calls = 0;
  private nextId = 1;
  private readonly server: Server = createServer((request, response) => void this.handle(request, response));

  static async start(): Promise<AuthconfigServer> {
    const jira = new AuthconfigServer();
    await new Promise<void>((resolve) => jira.server.listen(0, '127.0.0.1', resolve));
    return jira;
  }

  /** With a context path, as many installations have. */
  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/jira`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  add(entry: Partial<Entry> & { name: string }): Entry {
    const added = { ...entry, id: this.nextId++ };
    this.idps.push(added);
    return added;
  }

  private async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.calls += 1;
    const json = (status: number, body: unknown) =>
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (this.fault === 'hang') return;
    if (this.fault === 'html')
      return void response.writeHead(503, { 'content-type': 'text/html' }).end('<html>Jira is starting');
    if (this.fault === 'server-error') return void json(500, { message: 'boom' });
    if (this.fault === 'limit') return void response.writeHead(429, { 'retry-after': '1' }).end();
    if (!this.acceptsToken || request.headers.authorization !== `Bearer ${this.token}`)
      return void json(401, { message: 'no' });
    const answer = await this.answer(request);
    if (this.fault === 'lose-next-answer' && request.method !== 'GET') {
      this.fault = undefined;
      return void response.destroy();
    }
    json(answer.status, answer.body);
  }

  private async answer(request: IncomingMessage): Promise<{ status: number; body: unknown }> {
    const url = new URL(request.url ?? '/', 'http://jira');
    const path = url.pathname.replace('/jira/rest/authconfig/1.0', '');
    const method = request.method ?? 'GET';
    if (method === 'GET') return this.read(path, url);
    if (request.headers['content-type'] !== 'application/json') return refused('not JSON', 415);
    if (request.headers['x-atlassian-token'] !== 'no-check')
      return { status: 403, body: { message: 'XSRF check failed' } };
    const body = JSON.parse(await textOf(request)) as Record<string, unknown>;
    this.writes.push({ method, path, body });
    return this.write(method, path, body);
  }

  private read(path: string, url: URL): { status: number; body: unknown } {
    if (path === '/sso') return { status: 200, body: this.sso };
    if (path === '/idps') {
      const start = Number(url.searchParams.get('start') ?? 0);
      const limit = Math.min(2, Number(url.searchParams.get('limit') ?? 50)); // Smaller than asked for, as a server may.
      const results = this.idps.slice(start, start + limit).map(shown);
      return {
        status: 200,
        body: { results, size: results.length, start, limit, isLastPage: start + limit >= this.idps.length },
      };
    }
    const found = this.idps.find(({ id }) => path === `/idps/${id}`);
    return found ? { status: 200, body: shown(found) } : refused('not found', 404);
  }

  private write(method: string, path: string, body: Record<string, unknown>): { status: number; body: unknown } {
    const allowed = path === '/sso' ? ssoFields : idpFields;
    const unknown = Object.keys(body).find((name) => !allowed.has(name));
    if (unknown) return refused(`Unrecognized field "${unknown}"`);
    if (method === 'PATCH' && path === '/sso') {
      this.sso = { ...this.sso, ...body };
      return { status: 200, body: this.sso };
    }
    if (method === 'POST' && path === '/idps') return this.create(body);
    const found = this.idps.find(({ id }) => path === `/idps/${id}`);
    if (method !== 'PATCH' || !found) return refused('not found', 404);
    Object.assign(found, this.kept(body));
    return { status: 200, body: shown(found) };
  }

  private create(body: Record<string, unknown>): { status: number; body: unknown } {
    for (const required of ['name', 'sso-type', 'issuer-url', 'client-id', 'client-secret']) {
      if (typeof body[required] !== 'string' || body[required] === '') return refused(`${required} is required`);
    }
    if (this.idps.some(({ name }) => name === body['name'])) return refused('name is taken');
    return { status: 200, body: shown(this.add(this.kept(body) as Entry)) };
  }

  private kept(body: Record<string, unknown>): Record<string, unknown> {
    return Object.fromEntries(Object.entries(body).filter(([name]) => !this.ignores.includes(name)));
  }
}

function shown(entry: Entry): unknown {
  const answer: Record<string, unknown> = { ...entry, 'last-updated': '2026-01-01T00:00:00.000Z' };
  delete answer['client-secret'];
  return answer;
}

function refused(message: string, status = 400): { status: number; body: unknown } {
  return { status, body: { message } };
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
