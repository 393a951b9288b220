import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { listen } from './listen.js';

describe('listening on loopback', () => {
  it('answers at 127.0.0.1 and at localhost, and gives the port back', async () => {
    const listening = await listen('127.0.0.1', 0, (_, response) => response.end('here'));
    for (const host of ['127.0.0.1', 'localhost']) {
      expect(await (await fetch(`http://${host}:${listening.port}/`)).text()).toBe('here');
    }

    await listening.close();
    const again = await listen('localhost', listening.port, (_, response) => response.end());
    await again.close();
  });

  it.each(['127.0.0.1', '::1'])(
    'refuses a port that a stranger holds at %s, and holds nothing itself',
    async (address) => {
      const stranger = createServer();
      const held = await new Promise<number | undefined>((resolve) => {
        stranger.once('error', () => resolve(undefined)); // no IPv6 on this machine: nobody can hold it
        stranger.listen(0, address, () => resolve((stranger.address() as AddressInfo).port));
      });
      if (held === undefined) return;

      await expect(listen('127.0.0.1', held, () => {})).rejects.toMatchObject({ code: 'EADDRINUSE' });

      await new Promise((resolve) => stranger.close(resolve));
      const listening = await listen('127.0.0.1', held, () => {});
      await listening.close();
    },
  );
});
