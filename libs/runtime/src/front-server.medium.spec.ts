import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Encryption } from '@gatehouse/database';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { FrontServer, trustGateway } from './front-server.js';
import { clientHeader, signedClient } from './gateway-hop.js';

const encryption = new Encryption(Buffer.alloc(32, 5));

describe('where a request to a service comes from', () => {
  let app: FastifyInstance;
  let url: string;

  beforeAll(async () => {
    const front = new FrontServer(encryption);
    app = Fastify({ serverFactory: front.factory, trustProxy: trustGateway });
    app.get('/', ({ ip, host, protocol, headers }) => ({ ip, host, protocol, names: Object.keys(headers) }));
    await app.listen({ port: 0, host: '127.0.0.1' });
    url = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}/`;
  });
  afterAll(() => app.close());

  async function seen(headers: Record<string, string>): Promise<Record<string, unknown>> {
    return (await (await fetch(url, { headers })).json()) as Record<string, unknown>;
  }

  it('is what the gateway has signed', async () => {
    const headers = { [clientHeader]: signedClient('203.0.113.7', encryption), 'x-forwarded-for': '198.51.100.1' };
    expect(await seen(headers)).toMatchObject({ ip: '203.0.113.7', protocol: 'http' });
  });

  it.each([
    ['X-Forwarded-For', { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' }],
    ['Forwarded', { forwarded: 'for=198.51.100.1' }],
    ['a signature that is not ours', { [clientHeader]: `198.51.100.1 ${'A'.repeat(43)}` }],
  ])('is the peer itself, whatever %s says', async (_what, headers) => {
    const { ip, host, names } = await seen({
      ...headers,
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
    });
    expect([ip, host]).toEqual(['127.0.0.1', new URL(url).host]);
    expect(names).not.toContain('x-forwarded-for');
  });
});
