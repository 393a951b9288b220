import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ScimError } from '@gatehouse/scim';
import { waitFor } from '@gatehouse/testing';
import { rawExchange } from '../../test/raw-exchange.js';
import { send } from './answer.js';
import { readBody } from './read-body.js';

const withinMs = 200;

describe('C21 a body', () => {
  const outcomes: (string | number)[] = [];
  let server: Server;
  let base: string;
  beforeAll(async () => {
    server = createServer((request, response) => {
      readBody(request, { take: () => undefined, withinMs })
        .then((body) => ({ status: 200, body: { length: body?.length ?? 0 } }))
        .catch((error: unknown) => ({ status: error instanceof ScimError ? error.status : 500 }))
        .then((answer) => {
          outcomes.push(answer.status);
          send(request, response, answer);
        }, () => undefined); // prettier-ignore
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  const head = 'POST / HTTP/1.1\r\nHost: x\r\n';

  it('that arrives in pieces is whole', async () => {
    const [answer] = await rawExchange(base, [`${head}Content-Length: 6\r\n\r\n`, 'abc', 'def']);
    expect([answer?.status, answer?.body]).toEqual([200, '{"length":6}']);
  });

  it('that does not go on is answered with 408, and the connection ends', async () => {
    const [answer] = await rawExchange(base, [`${head}Content-Length: 6\r\n\r\nabc`]);
    expect([answer?.status, answer?.head]).toEqual([408, expect.stringMatching(/^connection: close/im)]);
  });

  it('whose client goes away is its mistake, and holds nothing until it is late', async () => {
    outcomes.length = 0;
    const { hostname, port } = new URL(base);
    const socket = connect(Number(port), hostname, () => socket.write(`${head}Content-Length: 6\r\n\r\nabc`, () => socket.destroy())); // prettier-ignore
    await waitFor(() => outcomes.length > 0, { what: 'the end of the request' });
    expect(outcomes).toEqual([400]);
  });
});
