import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/**
 * Below the range from which systems take the ports of outgoing connections (Linux from 32768, macOS and Windows from
 * 49152): of a port in there, somebody's connection can be the owner a moment after it was found free.
 */
const lowest = 10_000;
const highest = 32_000;
const attemptsMax = 100;

const noSuchFamily = new Set(['EADDRNOTAVAIL', 'EAFNOSUPPORT']);
const given = new Set<number>();

/** A port that was free a moment ago on both loopback addresses. For servers whose address must be known before they start. */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < attemptsMax; attempt += 1) {
    const port = randomInt(lowest, highest);
    if (given.has(port) || !(await isFree(port, '127.0.0.1')) || !(await isFree(port, '::1'))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port among ${attemptsMax} between ${lowest} and ${highest}`);
}

function isFree(port: number, host: string): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    // A machine without IPv6 has nobody there either.
    server.once('error', (error: NodeJS.ErrnoException) => resolve(noSuchFamily.has(error.code ?? '')));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}
