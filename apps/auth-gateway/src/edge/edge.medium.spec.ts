import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { request } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { buffer, text } from 'node:stream/consumers';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Upstream, edgeInFront, sendRaw } from './testing/edge-in-front.js';
import type { InFront } from './testing/edge-in-front.js';

let jira: Upstream;
let front: InFront;

beforeAll(async () => {
  jira = await Upstream.start();
  front = await edgeInFront(jira.url);
});
afterEach(() => {
  jira.answer = (_req, res) => res.end('jira');
});
afterAll(async () => {
  await front.close();
  await jira.stop();
});

const crlf = (...lines: string[]) => lines.join('\r\n');

describe('what Jira gets to see', () => {
  it.each(['//x', '/a/../b', '/a/./b', '/x;jsessionid=1?a=%2F&b=+', '/%2e%2e/%00', '/?'])(
    'the path %p exactly as it was sent',
    async (path) => {
      let seen: string | undefined;
      jira.answer = (req, res) => {
        seen = req.url;
        res.end();
      };
      await sendRaw(front.port, crlf(`GET ${path} HTTP/1.1`, 'Host: x', 'Connection: close', '', ''));
      expect(seen).toBe(path);
    },
  );

  it('no cookie of ours, no identity and no origin that a client made up', async () => {
    let seen: IncomingMessage['headers'] = {};
    jira.answer = (req, res) => {
      seen = req.headers;
      res.end();
    };
    await sendRaw(
      front.port,
      crlf(
        'GET / HTTP/1.1',
        'Host: evil.example',
        'Cookie: JSESSIONID=1; __Host-gatehouse_session=s; a="b c"',
        'Cookie: gatehouse_txn=t',
        'X-Forwarded-For: 1.2.3.4',
        'X-Forwarded-User: admin',
        'Remote_User: admin',
        'Connection: close, X-Hop',
        'X-Hop: 1',
        '',
        '',
      ),
    );
    expect(seen).toEqual({
      host: 'jira.example',
      cookie: 'JSESSIONID=1; a="b c"',
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'jira.example',
      'x-forwarded-port': '443',
      'x-forwarded-proto': 'https',
      connection: 'keep-alive',
    });
  });

  it('an upload of 64 MiB, with a length or in chunks, without a byte changed', async () => {
    const block = randomBytes(1 << 20);
    const expected = createHash('sha256');
    for (let index = 0; index < 64; index += 1) expected.update(block);
    const digest = expected.digest('hex');
    jira.answer = (req, res) => {
      const hash = createHash('sha256');
      req.on('data', (chunk: Buffer) => hash.update(chunk)).on('end', () => res.end(hash.digest('hex')));
    };
    for (const headers of [{ 'content-length': 64 << 20 }, { 'transfer-encoding': 'chunked' }]) {
      const upload = request(front.url, { method: 'POST', headers });
      for (let index = 0; index < 64; index += 1) if (!upload.write(block)) await once(upload, 'drain');
      upload.end();
      const [answer] = (await once(upload, 'response')) as [IncomingMessage];
      expect(await text(answer)).toBe(digest);
    }
  });

  it('an upload that waits for 100 Continue', async () => {
    jira.answer = (req, res) => void text(req).then((body) => res.end(`${req.headers.expect}:${body}`));
    const upload = request(front.url, { method: 'POST', headers: { expect: '100-continue', 'content-length': 5 } });
    upload.flushHeaders();
    await once(upload, 'continue');
    upload.end('hello');
    const [answer] = (await once(upload, 'response')) as [IncomingMessage];
    expect(await text(answer)).toBe('undefined:hello');
  });

  it('that the browser went away', async () => {
    const closed = new Promise((resolve) => {
      jira.answer = (_req, res) => {
        res.once('close', resolve);
        res.write('first');
      };
    });
    const download = request(front.url).end();
    const [answer] = (await once(download, 'response')) as [IncomingMessage];
    await once(answer, 'data');
    download.destroy();
    await closed;
  });
});

describe('request smuggling', () => {
  function seenLines(): string[] {
    const lines: string[] = [];
    jira.answer = (req, res) => {
      lines.push(`${req.method} ${req.url}`);
      void buffer(req).then((body) => res.end(body));
    };
    return lines;
  }
  const inner = 'GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n';

  it.each([
    ['two framings', ['Content-Length: 5', 'Transfer-Encoding: chunked'], 400],
    ['two lengths', ['Content-Length: 5', 'Content-Length: 6'], 400],
    ['an unknown coding', ['Transfer-Encoding: gzip, chunked'], 501],
    ['a hidden coding', ['Transfer-Encoding : chunked'], 400],
    ['a last coding that is not chunked', ['Transfer-Encoding: chunked, gzip'], 400],
    ['a folded header', ['X: a', ' b'], 400],
  ])('%s never reaches Jira', async (_what, headers, status) => {
    const lines = seenLines();
    const message = crlf('POST / HTTP/1.1', 'Host: x', 'Connection: close', ...headers, '', `0\r\n\r\n${inner}`);
    expect(await sendRaw(front.port, message)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(lines).toEqual([]);
  });

  it('a request target without a path never reaches Jira', async () => {
    const lines = seenLines();
    const message = crlf('GET http://other.example/_sso/x HTTP/1.1', 'Host: x', 'Connection: close', '', '');
    expect(await sendRaw(front.port, message)).toMatch(/^HTTP\/1.1 400 /);
    expect(lines).toEqual([]);
  });

  it.each([
    ['with a length', ['Content-Length: 35'], inner],
    ['in chunks', ['Transfer-Encoding: chunked'], `23\r\n${inner}\r\n0\r\n\r\n`],
    ['with a length that Connection names', ['Content-Length: 35', 'Connection: content-length'], inner],
  ])('the body of a DELETE %s stays a body', async (_what, headers, body) => {
    expect(inner).toHaveLength(35);
    const lines = seenLines();
    const message = crlf('DELETE /x HTTP/1.1', 'Host: x', 'Connection: close', ...headers, '', body);
    expect(await sendRaw(front.port, message)).toContain(inner);
    expect(await (await fetch(`${front.url}/next`)).text()).toBe('');
    expect(lines).toEqual(['DELETE /x', 'GET /next']);
  });
});

describe('what the browser gets to see', () => {
  it('status, cookies and headers of Jira, without what concerns its own connection', async () => {
    jira.answer = (_req, res) => {
      res.writeHead(302, 'Moved On', {
        location: 'https://jira.example/login.jsp',
        'set-cookie': ['JSESSIONID=1; Path=/; HttpOnly', 'atlassian.xsrf.token=x; Path=/'],
        connection: 'close, x-hop',
        'x-hop': '1',
        'keep-alive': 'timeout=20',
        'x-ausername': 'ada',
      });
      res.end();
    };
    const answer = await fetch(front.url, { redirect: 'manual' });
    expect(answer.status).toBe(302);
    expect(answer.statusText).toBe('Moved On');
    expect(answer.headers.getSetCookie()).toEqual(['JSESSIONID=1; Path=/; HttpOnly', 'atlassian.xsrf.token=x; Path=/']);
    expect(answer.headers.get('location')).toBe('https://jira.example/login.jsp');
    expect(answer.headers.get('x-ausername')).toBe('ada');
    expect(answer.headers.has('x-hop')).toBe(false);
    expect(answer.headers.get('keep-alive')).not.toBe('timeout=20');
    expect(answer.headers.get('connection')).toBe('keep-alive');
  });

  it('events in the moment Jira sends them', async () => {
    let send: ((event: string) => void) | undefined;
    jira.answer = (_req, res) => {
      res.writeHead(200, { 'content-type': 'text/event-stream' });
      send = (event) => res.write(`data: ${event}\n\n`);
      send('one');
    };
    const answer = await fetch(front.url);
    const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
    expect((await reader.read()).value).toBe('data: one\n\n');
    send!('two');
    expect((await reader.read()).value).toBe('data: two\n\n');
    await reader.cancel();
  });

  it('a closed connection if that was asked for, a kept one to Jira all the same', async () => {
    const before = jira.connectionsMade;
    for (let index = 0; index < 5; index += 1) {
      const answer = await sendRaw(front.port, crlf('GET / HTTP/1.1', 'Host: x', 'Connection: close', '', ''));
      expect(answer).toMatch(/\r\nconnection: close\r\n/i);
      expect(answer).toMatch(/jira(\r\n0\r\n\r\n)?$/);
    }
    expect(jira.connectionsMade - before).toBeLessThanOrEqual(1);
  });

  it('an answer to HTTP/1.0 without chunks', async () => {
    jira.answer = (_req, res) => {
      res.write('a');
      res.end('b');
    };
    expect(await sendRaw(front.port, crlf('GET / HTTP/1.0', '', ''))).toMatch(/\r\n\r\nab$/);
  });

  it('that an answer is cut, never half of it as if it were whole', async () => {
    jira.answer = (_req, res) => {
      res.write('half', () => res.destroy());
    };
    const answer = await fetch(front.url);
    await expect(answer.text()).rejects.toThrow();
  });
});

describe('a request that offers an upgrade we do not speak', () => {
  it.each([
    ['GET', [], ''],
    ['POST', ['Content-Length: 5'], 'hello'],
    ['POST', ['Transfer-Encoding: chunked'], '5\r\nhello\r\n0\r\n\r\n'],
  ])('is served as if it had not: %s %p', async (method, headers, body) => {
    let seen: IncomingMessage['headers'] = {};
    jira.answer = (req, res) => {
      seen = req.headers;
      void text(req).then((received) => res.end(`${req.method} ${req.url} ${received}`));
    };
    const message = crlf(
      `${method} /rest//x HTTP/1.1`,
      'Host: x',
      'Connection: Upgrade, HTTP2-Settings, X-Hop',
      'Upgrade: h2c',
      'HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA',
      'X-Hop: 1',
      'Cookie: gatehouse_session=s',
      ...headers,
      '',
      body,
    );
    const answer = await sendRaw(front.port, message);
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    expect(answer).toContain(`${method} /rest//x ${body && 'hello'}`);
    for (const name of ['upgrade', 'http2-settings', 'x-hop', 'cookie']) expect(seen).not.toHaveProperty(name);
  });

  it('is the last one on its connection: the next could be for somebody else than Jira', async () => {
    const lines: string[] = [];
    jira.answer = (req, res) => {
      lines.push(req.url!);
      res.end();
    };
    const first = crlf('GET /one HTTP/1.1', 'Host: x', 'Connection: Upgrade', 'Upgrade: h2c', '', '');
    await sendRaw(front.port, first + crlf('GET /_sso/two HTTP/1.1', 'Host: x', '', ''));
    expect(lines).not.toContain('/_sso/two');
  });
});
