import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { Turns } from '@gatehouse/messaging';
import { createLogger } from '@gatehouse/telemetry';
import type { Answer } from './http/answer.js';
import { ScimFront } from './scim.front.js';

describe('an answer of SCIM', () => {
  const unhandled: unknown[] = [];
  const note = (error: unknown) => void unhandled.push(error);
  const turns = new Turns();
  let answer: Answer;
  let server: Server;
  let base: string;
  beforeAll(async () => {
    // Only what is asked of them here.
    const tenants = { find: () => Promise.resolve({ provider: 'cognito' }) } as never;
    const quotas = { take: () => Promise.resolve() } as never;
    const router = { answer: () => Promise.resolve(answer) } as never;
    const config = loadConfig({ SANDBOX: 'off', JIRA_URL: 'http://127.0.0.1:9', JIRA_TOKEN: 'unused' });
    const front = new ScimFront(config, createLogger('silent'), tenants, quotas, router, turns);
    server = createServer((request, response) => void front.handle(request, response));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/scim/v2`;
    process.on('unhandledRejection', note);
  });
  afterEach(() => void unhandled.splice(0));
  afterAll(() => {
    process.off('unhandledRejection', note);
    server.closeAllConnections();
    server.close();
  });

  const get = () =>
    fetch(`${base}/Groups`, { headers: { authorization: 'Bearer token' }, signal: AbortSignal.timeout(3_000) });
  const tooLong = () => {
    throw new RangeError('Invalid string length');
  };

  it.each<[string, Answer]>([
    ['because of its length', { status: 200, body: { toJSON: tooLong } }],
    ['because of a header', { status: 200, body: {}, headers: { etag: 'a\nb' } }],
  ])('that cannot be sent %s is a 500 in the form of SCIM, and the process goes on', async (_, unsendable) => {
    answer = unsendable;
    const refused = await get();
    expect([refused.status, await refused.json()]).toEqual([500, expect.objectContaining({ status: '500' })]);
    answer = { status: 200, body: { id: 'x' } };
    expect((await get()).status).toBe(200);
    expect(unhandled).toEqual([]);
  });

  it('is given a moment later while somebody signs in, unless it may be about who must be kept out', async () => {
    answer = { status: 200, body: { id: 'x' } };
    const asked: string[] = [];
    let endSignIn: () => void = () => undefined;
    const signIn = turns.run('interactive', () => new Promise<void>((resolve) => (endSignIn = resolve)));
    const group = get().then(() => asked.push('a group'));
    const headers = { authorization: 'Bearer token' };
    await fetch(`${base}/Users/2819c223`, { method: 'DELETE', headers }).then(() => asked.push('a removal'));
    endSignIn();
    await Promise.all([group, signIn]);
    expect(asked).toEqual(['a removal', 'a group']);
  });
});
