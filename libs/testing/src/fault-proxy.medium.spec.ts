import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { FaultProxy } from './fault-proxy.js';

describe('a TCP connection that can be made to fail', () => {
  let server: Server;
  let proxy: FaultProxy;
  let served: string[];

  beforeEach(async () => {
    served = [];
    server = createServer((request, response) => {
      served.push(request.url!);
      response.end(`answer to ${request.url}`);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    proxy = await FaultProxy.start((server.address() as AddressInfo).port);
  });
  afterEach(async () => {
    await proxy.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const ask = async (path: string, timeoutMs = 5_000): Promise<string> =>
    (
      await fetch(`http://127.0.0.1:${proxy.port}${path}`, {
        signal: AbortSignal.timeout(timeoutMs),
        headers: { connection: 'close' },
      })
    ).text();

  it('passes everything on, in time and late', async () => {
    expect(await ask('/at-once')).toBe('answer to /at-once');
    proxy.delay(60);
    const startedAt = performance.now();
    expect(await ask('/late')).toBe('answer to /late');
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(110);
  });

  it('refuses, and is back on the same port', async () => {
    await proxy.refuse();
    await expect(ask('/refused')).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
    await proxy.heal();
    expect(await ask('/again')).toBe('answer to /again');
    expect(served).toEqual(['/again']);
  });

  it('accepts and stays silent, then goes on where it stopped', async () => {
    proxy.blackhole();
    await expect(ask('/nobody-hears', 150)).rejects.toMatchObject({ name: 'TimeoutError' });
    const held = ask('/held');
    expect(served).toEqual([]);
    await proxy.heal();
    expect(await held).toBe('answer to /held');
  });

  it('swallows the request that is meant and leaves its connection silent', async () => {
    const swallowed = proxy.holdAt(/^GET \/commit/);
    const asked = ask('/commit', 300);
    expect(await ask('/other')).toBe('answer to /other');
    await swallowed;
    await expect(asked).rejects.toMatchObject({ name: 'TimeoutError' });
    expect(served).toEqual(['/other']);
  });

  it('cuts after the request was served, once, and only the request that is meant', async () => {
    proxy.resetAfter(/^GET \/write/);
    expect(await ask('/read')).toBe('answer to /read');
    await expect(ask('/write')).rejects.toMatchObject({ cause: { code: 'ECONNRESET' } });
    expect(await ask('/write')).toBe('answer to /write');
    expect(served).toEqual(['/read', '/write', '/write']);
  });
});
