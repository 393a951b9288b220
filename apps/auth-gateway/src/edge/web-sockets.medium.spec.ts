import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { WebSocket, WebSocketServer } from 'ws';
import { Upstream, edgeInFront, sendRaw } from './testing/edge-in-front.js';
import type { InFront } from './testing/edge-in-front.js';

let jira: Upstream;
let echo: WebSocketServer;
let front: InFront;

const handshake = [
  'Host: x',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==',
];
const switching = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n';
const crlf = (...lines: string[]) => lines.join('\r\n');

beforeEach(async () => {
  jira = await Upstream.start();
  echo = new WebSocketServer({ noServer: true });
  echo.on('connection', (socket) => {
    socket.on('error', () => {});
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }));
  });
  jira.server.on('upgrade', (req, socket, head) => {
    echo.handleUpgrade(req, socket, head, (webSocket) => echo.emit('connection', webSocket, req));
  });
  front = await edgeInFront(jira.url, { connectTimeoutMs: 100 });
});
afterEach(async () => {
  await front.close();
  await jira.stop();
});

function open(path = '/', headers: Record<string, string> = {}): WebSocket {
  return new WebSocket(`ws://127.0.0.1:${front.port}${path}`, { headers });
}

describe('WebSockets', () => {
  it('carry messages both ways, large ones too', async () => {
    const socket = open();
    await once(socket, 'open');
    const large = Buffer.alloc(1 << 20, 'x');
    for (const message of [Buffer.from('hello'), large]) {
      socket.send(message);
      const [received] = (await once(socket, 'message')) as [Buffer];
      expect(received.equals(message)).toBe(true);
    }
    socket.close(1000, 'done');
    expect((await once(socket, 'close'))[0]).toBe(1000);
  });

  it('show Jira the raw path and the headers as every request does', async () => {
    const connected = once(echo, 'connection') as Promise<[WebSocket, IncomingMessage]>;
    const socket = open('//live?x=1', {
      cookie: 'gatehouse_session=s; JSESSIONID=1',
      'x-forwarded-user': 'admin',
      'x-forwarded-for': '1.2.3.4',
    });
    await once(socket, 'open');
    const [, { url, headers }] = await connected;
    expect(url).toBe('//live?x=1');
    expect(headers).toMatchObject({
      host: 'jira.example',
      cookie: 'JSESSIONID=1',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-proto': 'https',
    });
    expect(headers).not.toHaveProperty('x-forwarded-user');
    socket.terminate();
  });

  it('end on both sides when one of them vanishes', async () => {
    const connected = once(echo, 'connection') as Promise<[WebSocket]>;
    const first = open();
    await once(first, 'open');
    const [atJira] = await connected;
    first.terminate();
    await once(atJira, 'close');

    const connectedAgain = once(echo, 'connection') as Promise<[WebSocket]>;
    const second = open();
    await once(second, 'open');
    const [again] = await connectedAgain;
    again.terminate();
    expect((await once(second, 'close'))[0]).toBe(1006);
  });

  it('end on both sides when the edge is closed', async () => {
    const connected = once(echo, 'connection') as Promise<[WebSocket]>;
    const socket = open();
    await once(socket, 'open');
    const [atJira] = await connected;
    const closed = Promise.all([once(socket, 'close'), once(atJira, 'close')]);
    await front.edge.close();
    await closed;
  });

  it('end although a browser never closes its half', async () => {
    jira.server.removeAllListeners('upgrade');
    jira.server.on('upgrade', (_req, socket) => socket.end(switching));
    const browser = connect({ port: front.port, host: '127.0.0.1', allowHalfOpen: true });
    browser.on('error', () => {}).resume();
    browser.write(crlf('GET / HTTP/1.1', ...handshake, '', ''));
    await once(browser, 'end');
    await waitFor(async () => (await front.connections()) === 0, { timeoutMs: 5_000, what: 'the connection to go' });
    browser.destroy();
  });

  it("that Jira refuses get Jira's own answer", async () => {
    jira.server.removeAllListeners('upgrade');
    jira.answer = (_req, res) => res.writeHead(401, { 'x-why': 'no session' }).end('please log in');
    const answer = await sendRaw(front.port, crlf('GET / HTTP/1.1', ...handshake, '', ''));
    expect(answer).toMatch(/^HTTP\/1.1 401 .*x-why: no session.*please log in/s);
  });

  it('get a 502 without an address when Jira is down', async () => {
    await jira.stop();
    const answer = await sendRaw(front.port, crlf('GET / HTTP/1.1', ...handshake, '', ''));
    expect(answer).toMatch(/^HTTP\/1.1 502 .*"errorMessages"/s);
    expect(answer).not.toMatch(new RegExp(`127\\.0|${jira.url.port}`));
  });

  it('get a 504 when Jira does not answer the handshake', async () => {
    jira.server.removeAllListeners('upgrade');
    jira.server.on('upgrade', (_req, socket) => void socket.on('error', () => {}));
    expect(await sendRaw(front.port, crlf('GET / HTTP/1.1', ...handshake, '', ''))).toMatch(/^HTTP\/1.1 504 /);
  });

  it('that bring a body along never reach Jira: it would be a request for one of us', async () => {
    let upgrades = 0;
    jira.server.prependListener('upgrade', () => (upgrades += 1));
    const message = crlf('GET / HTTP/1.1', ...handshake, 'Content-Length: 5', '', 'hello');
    expect(await sendRaw(front.port, message)).toMatch(/^HTTP\/1.1 400 /);
    expect(upgrades).toBe(0);
  });

  it('that break after the handshake just end: an error page of ours would be taken for a message', async () => {
    jira.server.removeAllListeners('upgrade');
    jira.server.on('upgrade', (req, socket) => {
      socket.write(switching);
      socket.once('data', () => req.socket.resetAndDestroy());
    });
    const chunks: Buffer[] = [];
    const browser = connect(front.port, '127.0.0.1');
    browser.on('data', (chunk) => {
      chunks.push(chunk);
      browser.write('now');
    });
    browser.on('error', () => {});
    browser.write(crlf('GET / HTTP/1.1', ...handshake, '', ''));
    await once(browser, 'close');
    expect(Buffer.concat(chunks).toString()).toMatch(/^HTTP\/1.1 101 [^]*\r\n\r\n$/);
  });
});
