import { once } from 'node:events';
import { request } from 'node:http';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { Upstream, edgeInFront, sendRaw, traceId } from './testing/edge-in-front.js';
import type { InFront } from './testing/edge-in-front.js';

let jira: Upstream;
let front: InFront | undefined;

async function start(limits: Parameters<typeof edgeInFront>[1] = {}): Promise<InFront> {
  front = await edgeInFront(jira.url, limits);
  return front;
}

beforeEach(async () => {
  jira = await Upstream.start();
});
afterEach(async () => {
  await front?.close();
  front = undefined;
  await jira.stop();
});

describe('Jira down', () => {
  it('is a page for a browser, and nobody learns where Jira is', async () => {
    const { url } = await start();
    await jira.stop();
    const answer = await fetch(`${url}/browse/X-1`, { headers: { accept: 'text/html' } });
    expect(answer.status).toBe(502);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const body = await answer.text();
    expect(body).toContain('<h1>Jira is not available</h1>');
    expect(body + JSON.stringify([...answer.headers])).not.toMatch(new RegExp(`127\\.0|${jira.url.port}|ECONN`));
  });

  it('is JSON for everybody else, and nothing but the status for HEAD', async () => {
    const { url } = await start();
    await jira.stop();
    const answer = await fetch(`${url}/rest/api/2/myself`);
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ errors: {}, reference: traceId });
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([502, '']);
  });

  it('answers an upload too, and the next request on its connection', async () => {
    const { port } = await start({ closeGraceMs: 10_000 });
    await jira.stop();
    const bytes = 8 << 20;
    const upload = `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n${'x'.repeat(bytes)}`;
    const answers = await sendRaw(port, `${upload}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(answers.match(/HTTP\/1.1 502 /g)).toHaveLength(2);
  });

  it('cuts an upload that trickles on after its answer', async () => {
    const { port } = await start({ closeGraceMs: 100 });
    await jira.stop();
    const browser = connect(port, '127.0.0.1').on('error', () => {});
    browser.write('POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\n');
    const trickle = setInterval(() => browser.write('x'), 20);
    const closed = new Promise((resolve) => browser.once('close', resolve)); // With a reset or without one.
    const [answer] = (await once(browser, 'data')) as [Buffer];
    await closed;
    clearInterval(trickle);
    expect(answer.toString()).toMatch(/^HTTP\/1.1 502 /);
  });
});

describe('Jira silent', () => {
  it('504 when it does not answer, and it is told that nobody waits any more', async () => {
    const { url } = await start({ answerTimeoutMs: 100 });
    const gone = new Promise((resolve) => {
      jira.answer = (_req, res) => res.once('close', resolve);
    });
    expect((await fetch(url)).status).toBe(504);
    await gone;
  });

  it('an answer that has begun may pause for longer', async () => {
    const { url } = await start({ answerTimeoutMs: 100 });
    jira.answer = (_req, res) => {
      res.write('one');
      setTimeout(() => res.end('two'), 300);
    };
    expect(await (await fetch(url)).text()).toBe('onetwo');
  });

  it('504 when no connection comes about', async () => {
    // Accepts and never shakes hands: for TLS the connection is not there before that.
    const sockets: Socket[] = [];
    const deaf = createServer((socket) => sockets.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => deaf.listen(0, '127.0.0.1', resolve));
    const { port } = deaf.address() as AddressInfo;
    front = await edgeInFront(new URL(`https://127.0.0.1:${port}`), { connectTimeoutMs: 100 });
    expect((await fetch(front.url)).status).toBe(504);
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => deaf.close(resolve));
  });
});

describe('Jira closing an idle connection in the moment it is used', () => {
  /** Answers the first request of a connection and cuts it at the second. */
  function cutSecond(): string[] {
    const lines: string[] = [];
    const used = new WeakSet<object>();
    jira.answer = (req, res) => {
      lines.push(`${req.method} ${req.url}`);
      if (used.has(req.socket)) req.socket.resetAndDestroy();
      else res.end('jira');
      used.add(req.socket);
    };
    return lines;
  }

  it('a read goes once more', async () => {
    const { url } = await start();
    const lines = cutSecond();
    expect(await (await fetch(`${url}/one`)).text()).toBe('jira');
    expect(await (await fetch(`${url}/two`)).text()).toBe('jira');
    expect(lines).toEqual(['GET /one', 'GET /two', 'GET /two']);
  });

  it('a write never does: Jira may have done it', async () => {
    const { url } = await start();
    const lines = cutSecond();
    await (await fetch(`${url}/one`)).text();
    expect((await fetch(`${url}/two`, { method: 'POST', body: 'x' })).status).toBe(502);
    expect(lines).toEqual(['GET /one', 'POST /two']);
  });
});

describe('limits and the end', () => {
  it('503 beyond the requests that may be under way', async () => {
    const { url } = await start({ requestsMax: 1 });
    let finish: (() => void) | undefined;
    jira.answer = (_req, res) => {
      res.write('one');
      finish = () => res.end();
    };
    const first = await fetch(url);
    expect((await fetch(url)).status).toBe(503);
    finish!();
    await first.text();
    jira.answer = (_req, res) => res.end('again');
    expect(await (await fetch(url)).text()).toBe('again');
  });

  it('lets a request finish while it closes', async () => {
    const { url, edge } = await start({ closeGraceMs: 10_000 });
    let finish: (() => void) | undefined;
    jira.answer = (_req, res) => {
      res.write('one');
      finish = () => res.end('two');
    };
    const answer = await fetch(url);
    const closed = edge.close();
    finish!();
    expect(await answer.text()).toBe('onetwo');
    await closed;
  });

  it('cuts a stream without an end after the grace', async () => {
    const { url, edge } = await start({ closeGraceMs: 50 });
    jira.answer = (_req, res) => res.write('one');
    const answer = await fetch(url);
    await edge.close();
    await expect(answer.text()).rejects.toThrow();
  });

  it('a browser that breaks off in the middle of an upload harms nobody', async () => {
    const { url } = await start();
    const closed = new Promise((resolve) => {
      jira.answer = (req) => {
        req.on('error', () => {});
        req.once('close', resolve);
        req.once('data', () => upload.destroy());
      };
    });
    const upload = request(url, { method: 'POST', headers: { 'content-length': 1_000 } });
    upload.on('error', () => {});
    upload.write('x');
    await closed;
    jira.answer = (req, res) => void text(req).then(() => res.end('fine'));
    expect(await (await fetch(url)).text()).toBe('fine');
  });
});
