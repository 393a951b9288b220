import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { inTrace, newTraceId } from '@gatehouse/telemetry';
import type { Encryption } from '@gatehouse/database';
import { clientHeader, clientOf } from './gateway-hop.js';
import { serveWithoutUpgrade } from './serve-without-upgrade.js';
import type { Front } from './service.js';

/**
 * The HTTP server in front of Nest. Requests that belong to Jira or to the OP never enter Nest:
 * a front takes them first. It is set after the application exists, because it is made from it.
 */
export class FrontServer {
  readonly server: Server;
  front: Front | undefined;
  /** Parses what serveWithoutUpgrade puts back; never listens. */
  private readonly reparsing = createServer((request, response) => this.handle(request, response));
  private nest: RequestListener = (_request, response) => response.writeHead(503).end();

  constructor(private readonly encryption: Encryption) {
    this.server = createServer((request, response) => this.handle(request, response));
    this.server.on('upgrade', (request, socket, head) => {
      if (this.front?.upgrade(request, socket, head)) return;
      if (socket instanceof Socket) serveWithoutUpgrade(this.reparsing, request, socket, head);
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

  closeAllConnections(): void {
    this.server.closeAllConnections();
    this.reparsing.closeAllConnections();
  }

  private handle(request: IncomingMessage, response: ServerResponse): void {
    inTrace(newTraceId(), () => {
      if (this.front?.handle(request, response)) return;
      this.sayClient(request);
      this.nest(request, response);
    });
  }

  /** Nobody's word counts for where a request comes from, except the gateway's for what it forwards to this process. */
  private sayClient({ headers }: IncomingMessage): void {
    const client = clientOf(headers, this.encryption);
    for (const name of Object.keys(headers))
      if (name === 'forwarded' || name === clientHeader || name.startsWith('x-forwarded-'))
        Reflect.deleteProperty(headers, name);
    if (client !== undefined) headers['x-forwarded-for'] = client;
  }
}

/** For Fastify: one hop is believed, because the header it reads is ours: see `sayClient`. */
export function trustGateway(_address: string, hop: number): boolean {
  return hop === 0;
}

/** `/_sso/login` -> `/login`; a process without a gateway is also reached without the base path. */
export function withoutBasePath(url: string, basePath: string): string {
  if (!basePath || !url.startsWith(basePath)) return url;
  const rest = url.slice(basePath.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : url;
}
