import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { createLogger, inTrace } from '@gatehouse/telemetry';
import { createEdge } from '../index.js';
import type { Edge, EdgeLimits } from '../index.js';

/** Under which every request is served. */
export const traceId = '0123456789abcdef0123456789abcdef';

export interface InFront {
  readonly edge: Edge;
  readonly url: string;
  readonly port: number;
  /** Connections of browsers that are open, upgraded ones included. */
  readonly connections: () => Promise<number>;
  readonly close: () => Promise<void>;
}

/** Our side: a plain HTTP server that gives everything to the edge, as the gateway's front does. */
export async function edgeInFront(jiraUrl: URL, limits: Partial<EdgeLimits> = {}): Promise<InFront> {
  const edge = createEdge({
    jiraUrl,
    publicUrl: new URL('https://jira.example/_sso'),
    ownCookiePrefixes: ['gatehouse_'],
    logger: createLogger('silent'),
    limits: { closeGraceMs: 200, ...limits },
  });
  const server = createServer((req, res) => inTrace(traceId, () => edge.handle(req, res)));
  server.on('upgrade', (req, socket, head) => edge.upgrade(req, socket, head));
  const port = await listen(server);
  return {
    edge,
    port,
    url: `http://127.0.0.1:${port}`,
    connections: () =>
      new Promise((resolve, reject) => {
        server.getConnections((error, count) => (error ? reject(error) : resolve(count)));
      }),
    close: async () => {
      await edge.close();
      await stop(server);
    },
  };
}

/** Jira's side: an HTTP server whose answers each test decides. */
export class Upstream {
  private readonly connections = new Set<Socket>();
  connectionsMade = 0;
  answer: RequestListener = (_req, res) => res.end('jira');

  private constructor(
    readonly server: Server,
    readonly url: URL,
  ) {}

  static async start(): Promise<Upstream> {
    const server = createServer();
    const upstream = new Upstream(server, new URL(`http://127.0.0.1:${await listen(server)}/jira`));
    server.on('request', (req, res) => upstream.answer(req, res));
    server.on('connection', (socket) => {
      upstream.connectionsMade += 1;
      upstream.connections.add(socket);
      socket.once('close', () => upstream.connections.delete(socket));
    });
    return upstream;
  }

  async stop(): Promise<void> {
    const closed = stop(this.server);
    for (const socket of this.connections) socket.destroy();
    await closed;
  }
}

export async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

async function stop(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}

/** Sends bytes as they are and gives everything that comes back until the other side ends. */
export async function sendRaw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes, 'latin1'));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
    socket.on('error', reject);
  });
}
