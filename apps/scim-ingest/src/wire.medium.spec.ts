import { connect } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { waitFor } from '@gatehouse/testing';
import { rawExchange } from '../test/raw-exchange.js';
import { RunningScim, schemas, tokens, unique } from '../test/running-scim.js';

describe('requests as bytes', () => {
  let scim: RunningScim;
  beforeAll(async () => {
    scim = await RunningScim.start();
  });
  afterAll(() => scim.stop());
  // Whatever was sent: the service lives on.
  afterEach(async () => {
    expect((await scim.get('/Users?count=1')).status).toBe(200);
  });

  const bearer = `Authorization: Bearer ${tokens.cognito}\r\nContent-Type: application/scim+json\r\n`;
  const head = (line: string, more = '') => `${line}\r\nHost: scim.example\r\n${bearer}${more}\r\n`;
  const person = (userName: string) => JSON.stringify({ schemas: [schemas.user], userName });

  it('C21 a body in pieces is taken', async () => {
    const body = person(unique('ada'));
    const pieces = body.match(/./gs)!.map((sign) => `1\r\n${sign}\r\n`);
    const request = head('POST /scim/v2/Users HTTP/1.1', 'Transfer-Encoding: chunked\r\n');
    const [answer] = await rawExchange(scim.base, [request, ...pieces, '0\r\n\r\n']);
    expect(answer?.status).toBe(201);
  });

  it('C21 a client that waits for leave to send is given it', async () => {
    const body = person(unique('ada'));
    const more = `Expect: 100-continue\r\nContent-Length: ${body.length}\r\n`;
    const [answer] = await rawExchange(scim.base, [head('POST /scim/v2/Users HTTP/1.1', more), body]);
    expect(answer?.status).toBe(201);
  });

  it('C70 requests sent one behind the other are answered in their order', async () => {
    const [one, two] = [person(unique('ada')), person(unique('grace'))];
    const post = (body: string) => head('POST /scim/v2/Users HTTP/1.1', `Content-Length: ${body.length}\r\n`) + body;
    const get = head('GET /scim/v2/Nothing HTTP/1.1');
    const answers = await rawExchange(scim.base, [post(one) + get + post(two) + post(one)], 4);
    expect(answers.map(({ status }) => status)).toEqual([201, 404, 201, 409]);
    expect(JSON.parse(answers[2]!.body)).toMatchObject(JSON.parse(two) as object);
  });

  it('C05 headers have the names that are registered, letter by letter', async () => {
    const body = person(unique('ada'));
    const request = head('POST /scim/v2/Users HTTP/1.1', `Content-Length: ${body.length}\r\n`) + body;
    const [made, refused] = await rawExchange(scim.base, [request + head('PUT /scim/v2/Schemas HTTP/1.1')], 2);
    for (const name of ['ETag', 'Location', 'Content-Type', 'Content-Length', 'Cache-Control'])
      expect(made?.head).toMatch(new RegExp(`^${name}: `, 'm'));
    expect(refused?.head).toMatch(/^Allow: GET/m);
    const [packed] = await rawExchange(scim.base, [head('POST /scim/v2/Users HTTP/1.1', `Content-Encoding: gzip\r\nContent-Length: ${body.length}\r\n`) + body]); // prettier-ignore
    expect([packed?.status, packed?.head]).toEqual([415, expect.stringMatching(/^Accept-Encoding: identity/m)]);
  });

  it('C21 an offer of another protocol, as by HTTP clients of Java, is passed over (RFC 9110 7.8)', async () => {
    const offer = 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n';
    const body = person(unique('ada'));
    const [read] = await rawExchange(scim.base, [head('GET /scim/v2/Users?count=0 HTTP/1.1', offer)]);
    const [made] = await rawExchange(scim.base, [head('POST /scim/v2/Users HTTP/1.1', `${offer}Content-Length: ${body.length}\r\n`), body]); // prettier-ignore
    const [nests] = await rawExchange(scim.base, [head('GET /healthz HTTP/1.1', offer)]);
    expect([read?.status, made?.status, nests?.status]).toEqual([200, 201, 200]);
  });

  it('C87 requests that are sent slowly have a share, and hold up nobody else', async () => {
    const { hostname, port } = new URL(scim.base);
    const slow = head('POST /scim/v2/Users HTTP/1.1', 'Content-Length: 2\r\n');
    const sockets = Array.from({ length: 250 }, () => connect(Number(port), hostname));
    try {
      for (const socket of sockets) socket.on('error', () => undefined).write(slow);
      const refused = await waitFor(
        async () => {
          const answer = await scim.get('/Users?count=1');
          return answer.status === 429 ? answer : undefined;
        },
        { timeoutMs: 10_000, what: 'the share to be taken' },
      );
      expect([refused!.body.schemas, refused!.headers.get('retry-after')]).toEqual([[schemas.error], '2']);
      expect((await scim.get('/Users?count=1', { token: tokens.partner })).status).toBe(200);
    } finally {
      for (const socket of sockets) socket.destroy();
    }
    await waitFor(async () => (await scim.get('/Users?count=1')).status === 200, { what: 'the places to be free' });
  });

  it('C21 HTTP/1.0 is answered and closed', async () => {
    const [answer] = await rawExchange(scim.base, [head('GET /scim/v2/Users?count=0 HTTP/1.0')]);
    expect([answer?.status, answer?.head]).toEqual([200, expect.stringMatching(/^connection: close/im)]);
  });

  it('C21 a request whose body is still to come when it is refused is answered, and its rest is no request', async () => {
    const smuggled = head('DELETE /scim/v2/Users/x HTTP/1.1');
    const more = `Content-Length: ${smuggled.length + 10}\r\n`;
    const refused = head('POST /scim/v2/Users HTTP/1.1', more).replace(tokens.cognito, 'wrong');
    const answers = await rawExchange(scim.base, [refused + smuggled], 2);
    expect(answers.map(({ status }) => status)).toEqual([401]);
  });

  it.each([
    ['two lengths', 'Content-Length: 5\r\nContent-Length: 6\r\n'],
    ['a length and pieces', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n'],
    ['a length that is no number', 'Content-Length: five\r\n'],
    ['a negative length', 'Content-Length: -1\r\n'],
  ])('C21 %s are refused', async (_what, more) => {
    const [answer] = await rawExchange(scim.base, [`${head('POST /scim/v2/Users HTTP/1.1', more)}{"a":1}`]);
    expect(answer?.status).toBe(400);
  });

  it('C21 a client that says more than it sends and goes away does no harm', async () => {
    const userName = unique('linus');
    const more = 'Content-Length: 5000\r\n';
    const socket = await rawExchangeAndLeave(scim.base, head('POST /scim/v2/Users HTTP/1.1', more) + person(userName));
    expect(socket).toBe('left');
    expect((await scim.find('Users', `userName eq "${userName}"`)).body.totalResults).toBe(0);
  });

  it('C72 a header that carries a line break of its own is no header', async () => {
    const [answer] = await rawExchange(scim.base, [
      `GET /scim/v2/Users HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${tokens.cognito}\nX: y\r\n\r\n`,
    ]);
    expect([400, 401]).toContain(answer?.status);
  });

  it('C81 an address that is longer than headers may be is refused', async () => {
    const [answer] = await rawExchange(scim.base, [head(`GET /scim/v2/Users?x=${'a'.repeat(70_000)} HTTP/1.1`)]);
    expect(answer?.status).toBe(431);
  });
});

async function rawExchangeAndLeave(base: string, text: string): Promise<string> {
  const { connect } = await import('node:net');
  const { hostname, port } = new URL(base);
  return new Promise((resolve) => {
    const socket = connect(Number(port), hostname, () => socket.write(text, () => socket.destroy()));
    socket.on('close', () => resolve('left'));
  });
}
