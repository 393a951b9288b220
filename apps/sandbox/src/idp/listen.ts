import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';

const attemptsMax = 10;

export interface Listening {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Listens at one port of every address that `host` stands for. Loopback stands for both loopback addresses: `localhost`
 * resolves to either, and a stranger at the other one would be handed the passwords.
 */
export async function listen(host: string, port: number, onRequest: RequestListener): Promise<Listening> {
  if (!['127.0.0.1', '::1', 'localhost'].includes(host)) return listening([await bind(host, port, onRequest)]);
  for (let attempt = 1; ; attempt += 1) {
    const first = await bind('127.0.0.1', port, onRequest);
    try {
      return listening([first, await bind('::1', portOf(first), onRequest)]);
    } catch (error) {
      const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
      if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return listening([first]); // a machine without IPv6
      await close(first);
      // A free port at one address may be taken at the other; only a port we chose can be chosen again.
      if (code !== 'EADDRINUSE' || port !== 0 || attempt >= attemptsMax) throw error;
    }
  }
}

function listening(servers: readonly Server[]): Listening {
  const closeAll = async () => {
    await Promise.all(servers.map(close));
  };
  return { port: portOf(servers[0]!), close: closeAll };
}

function bind(host: string, port: number, onRequest: RequestListener): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(onRequest);
    server.once('error', reject);
    server.listen(port, host, () => resolve(server.off('error', reject)));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port;
}
