import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { inTrace, newTraceId } from '@gatehouse/telemetry';
import type { Front } from './service.js';

/**
 * The HTTP server in front of Nest. Requests that belong to Jira or to the OP never enter Nest:
 * a front takes them first. It is set after the application exists, because it is made from it.
 */
export class FrontServer {
  readonly server: Server;
  front: Front | undefined;
  private nest: RequestListener = (_request, response) => response.writeHead(503).end();

  constructor() {
    this.server = createServer((request, response) => this.handle(request, response));
    this.server.on('upgrade', (request, socket, head) => {
      if (this.front) this.front.upgrade(request, socket, head);
      else socket.destroy();
    });
    this.server.requestTimeout = 0; // Uploads to Jira may take long; the header timeout below still bounds slow senders.
    this.server.headersTimeout = 30_000;
    this.server.keepAliveTimeout = 65_000; // Longer than the usual 60 s of balancers, which must be the ones to close.
  }

  /** What Fastify's `serverFactory` wants. */
  readonly factory = (nest: RequestListener): Server => {
    this.nest = nest;
    return this.server;
  };

  private handle(request: IncomingMessage, response: ServerResponse): void {
    inTrace(newTraceId(), () => {
      if (!this.front?.handle(request, response)) this.nest(request, response);
    });
  }
}

/** `/_sso/login` -> `/login`; a process without a gateway is also reached without the base path. */
export function withoutBasePath(url: string, basePath: string): string {
  if (!basePath || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
