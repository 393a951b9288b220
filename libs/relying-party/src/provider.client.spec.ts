import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from '@jest/globals';
import { classifyAnswerError } from './classify-answer-error.js';
import { askProvider, ProviderUnreachableError, responseOf } from './provider.client.js';
import { reachOf } from './reach.js';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

async function listening(server: Server): Promise<string> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const http = async (answer: RequestListener) => `http://${await listening(createServer(answer))}/`;
/** Whatever is asked, it writes this and ends. */
const raw = (bytes: string) =>
  createTcpServer((socket) => socket.on('error', () => undefined).once('data', () => socket.end(bytes)));
/** Of a provider on this machine, outside production. */
const here = reachOf({ issuer: 'http://127.0.0.1', allowedHosts: [] }, false);
const get = { method: 'GET', headers: { accept: 'application/json' }, body: null };

describe('a request to a provider', () => {
  it('is a form, says who asks and that nothing is decompressed, and reads the answer whole', async () => {
    let seen: IncomingHttpHeaders = {};
    let body = '';
    const url = await http((request, response) => {
      seen = request.headers;
      request.on('data', (chunk: Buffer) => (body += chunk.toString()));
      request.on('end', () => response.setHeader('content-type', 'application/json').end('{"a":1}'));
    });
    const form = new URLSearchParams({ code: 'a b' });
    const answer = await askProvider(url, { ...get, method: 'POST', body: form }, 2_000, here);
    expect(answer).toEqual({
      status: 200,
      contentType: 'application/json',
      challenge: undefined,
      date: expect.stringMatching(/GMT$/),
      text: '{"a":1}',
    });
    expect(body).toBe('code=a+b');
    expect(seen).toMatchObject({ accept: 'application/json', 'accept-encoding': 'identity' });
    expect(seen['user-agent']).toMatch(/^Gatehouse\//);
    expect(await responseOf(answer).json()).toEqual({ a: 1 });
  });

  it('is never redirected', async () => {
    const url = await http((_request, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end());
    expect(await askProvider(url, get, 2_000, here)).toMatchObject({ status: 302 });
  });

  it.each([
    { what: 'nobody listens', open: async () => 'http://127.0.0.1:1/' },
    {
      what: 'TLS is spoken by one side only',
      open: async () => (await http(() => undefined)).replace('http:', 'https:'),
    },
    { what: 'the answer is not HTTP', open: async () => `http://${await listening(raw('hello\r\n\r\n'))}/` },
    { what: 'the status is none', open: async () => `http://${await listening(raw('HTTP/1.1 600 X\r\n\r\n'))}/` },
    {
      what: 'it ends in the middle',
      open: () =>
        http((_q, response) => response.writeHead(200, { 'content-length': 9 }).write('a', () => response.destroy())),
    },
    { what: 'it never ends', open: () => http((_q, response) => void response.write('a')) },
    { what: 'there is none', open: () => http(() => undefined) },
    {
      what: 'it is larger than a megabyte (O51)',
      open: () => http((_q, response) => response.end(Buffer.alloc(1_048_577))),
    },
    {
      what: 'it is compressed all the same',
      open: () => http((_q, response) => response.setHeader('content-encoding', 'gzip').end(gzipSync('{}'))),
    },
  ])('when $what is the provider that is away, and not an answer that is not to be trusted', async ({ open }) => {
    const asked = askProvider(await open(), get, 300, here);
    await expect(asked).rejects.toThrow(ProviderUnreachableError);
    expect(classifyAnswerError(await asked.catch((error: unknown) => error)).code).toBe('login.provider_unavailable');
  });
});
