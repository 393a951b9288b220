import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** The REST interface of a Jira that a test puts together; what it answers, whoever extends it says. */
export abstract class JiraServer {
  away = false;
  readonly asked: string[] = [];
  readonly writes: string[] = [];
  private readonly server: Server = createServer((request, response) => {
    const url = new URL(request.url!, 'http://jira.invalid');
    this.asked.push(url.pathname);
    if (request.method !== 'GET') this.writes.push(url.pathname);
    const body = this.away ? undefined : this.answer(url);
    const missing = { errorMessages: ['there is none'], errors: {} };
    response.setHeader('content-type', 'application/json;charset=UTF-8');
    response.writeHead(this.away ? 503 : body === undefined ? 404 : 200).end(JSON.stringify(body ?? missing));
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  /** Undefined: there is nothing of this address. */
  protected abstract answer(url: URL): object | undefined;
}
