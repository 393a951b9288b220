import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import type { ServiceName } from '@gatehouse/contracts';
import { Encryption } from '@gatehouse/database';
import { clientHeader, signedClient } from '@gatehouse/runtime';
import { createLogger } from '@gatehouse/telemetry';
import { listen, sendRaw, Upstream } from '../edge/testing/edge-in-front.js';
import { ServiceForwarder } from './service.forwarder.js';

const encryption = new Encryption(Buffer.alloc(32, 5));

describe('the gateway in front of services in other processes', () => {
  let service: Upstream;
  let forwarder: ServiceForwarder;
  let server: Server;
  let port: number;
  let seen: { url: string | undefined; headers: IncomingHttpHeaders; body: Buffer } | undefined;

  async function start(
    variables: Record<string, string> = {},
    services: readonly ServiceName[] = ['auth-gateway'],
  ): Promise<string> {
    const url = service.url.origin;
    const config = loadConfig({ CONSOLE_URL: url, SCIM_URL: url, ...variables });
    const surroundings = {
      current: () => ({
        basePath: '/_sso',
        publicUrl: config.publicUrl,
        jiraUrl: undefined,
        contact: undefined,
        now: new Date(),
      }),
    };
    forwarder = new ServiceForwarder(config, services, createLogger('silent'), encryption, surroundings as never);
    server = createServer((req, res) => {
      const [path, query = ''] = req.url!.split(/(?=\?)/);
      if (!forwarder.handle(req, res, path!.replace('/_sso', ''), query)) res.writeHead(299).end('here');
    });
    port = await listen(server);
    return `http://127.0.0.1:${port}/_sso`;
  }

  beforeEach(async () => {
    seen = undefined;
    service = await Upstream.start();
    service.answer = (req, res) => {
      void buffer(req).then((body) => {
        seen = { url: req.url, headers: req.headers, body };
        res.writeHead(201, { etag: '"7"', 'content-type': 'application/json' }).end('{"made":true}');
      });
    };
  });
  afterEach(async () => {
    await forwarder.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await service.stop();
  });

  it('passes a request on as it is, and the answer back', async () => {
    const base = await start();
    const answer = await fetch(`${base}/api/v1/config?dryRun=true`, {
      method: 'PUT',
      headers: { authorization: 'Bearer token', 'if-match': '"6"', 'content-type': 'application/yaml' },
      body: 'version: 1',
    });

    expect([answer.status, answer.headers.get('etag'), await answer.json()]).toEqual([201, '"7"', { made: true }]);
    expect(seen).toMatchObject({
      url: '/_sso/api/v1/config?dryRun=true',
      headers: { authorization: 'Bearer token', 'if-match': '"6"', host: 'localhost:3000' },
    });
    expect(seen?.body.toString()).toBe('version: 1');
  });

  it('says itself where a request comes from, whatever the request claims', async () => {
    const base = await start();
    await fetch(`${base}/api/v1/config`, {
      headers: {
        'x-forwarded-for': '198.51.100.1',
        'x-forwarded-host': 'evil.example',
        forwarded: 'for=198.51.100.1',
        'x-real-ip': '198.51.100.1',
        'x-remote-user': 'admin',
        [clientHeader]: `198.51.100.1 ${'A'.repeat(43)}`,
      },
    });

    expect(JSON.stringify(seen?.headers)).not.toMatch(/198\.51|evil|admin/);
    expect(seen?.headers).toMatchObject({
      'x-forwarded-for': '127.0.0.1',
      'x-forwarded-host': 'localhost:3000',
      'x-forwarded-proto': 'http',
      [clientHeader]: signedClient('127.0.0.1', encryption),
    });
  });

  it('gives the console its cookies, and SCIM none', async () => {
    const base = await start();
    await fetch(`${base}/console/queues`, { headers: { cookie: 'gatehouse_console=1' } });
    expect(seen?.headers.cookie).toBe('gatehouse_console=1');

    await fetch(`${base}/scim/v2/Users`, { headers: { cookie: 'JSESSIONID=1', authorization: 'Bearer scim' } });
    expect(seen?.headers).not.toHaveProperty('cookie');
    expect(seen?.headers.authorization).toBe('Bearer scim');
  });

  it('streams: what the service has said arrives while it goes on', async () => {
    const base = await start();
    let end: (() => void) | undefined;
    service.answer = (_req, res) => {
      res.write('data: one\n\n');
      end = () => void res.end();
    };
    const reader = (await fetch(`${base}/console/events`)).body!.getReader();

    expect(Buffer.from((await reader.read()).value).toString()).toBe('data: one\n\n');
    end!();
    expect((await reader.read()).done).toBe(true);
  });

  it('refuses a body that is too large, however much of it is still on its way, and goes on', async () => {
    await start();
    const bytes = 8 << 20;
    const head = `PUT /_sso/api/v1/config HTTP/1.1\r\nHost: x\r\nContent-Length: ${bytes}\r\n\r\n`;
    const next = 'GET /_sso/here HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n';
    const answers = await sendRaw(port, head + 'x'.repeat(bytes) + next);

    expect(answers).toMatch(/^HTTP\/1.1 413 /);
    expect(answers).toContain('api.body_too_large');
    expect(answers).toMatch(/HTTP\/1.1 299 /);
    expect(seen).toBeUndefined();
  });

  it('says what to start while a service is away, and goes on by itself once it is there', async () => {
    const base = await start();
    const { port: servicePort } = service.url;
    await service.stop();
    const api = await fetch(`${base}/api/v1/config`);
    const scim = await fetch(`${base}/scim/v2/Users`, { method: 'POST', body: '{}' });

    expect([api.status, api.headers.get('retry-after')]).toEqual([503, '5']);
    expect(await api.text()).toContain('npm run start:console');
    expect([scim.status, scim.headers.get('content-type')]).toEqual([503, 'application/scim+json; charset=utf-8']);

    const again = createServer((_req, res) => res.end('up'));
    await new Promise<void>((resolve) => again.listen(Number(servicePort), '127.0.0.1', resolve));
    expect(await (await fetch(`${base}/api/v1/config`)).text()).toBe('up');
    again.closeAllConnections();
    await new Promise((resolve) => again.close(resolve));
  });

  it("DESIGN 6 shows a browser at Jira's origin the way to the console's own, and sends nothing else there", async () => {
    const base = await start({ CONSOLE_PUBLIC_URL: 'https://console.example' });
    const page = await fetch(`${base}/console/lanes?x=1`, { redirect: 'manual' });
    const form = await fetch(`${base}/console/session`, { method: 'POST', body: 'token=secret', redirect: 'manual' });

    expect([page.status, page.headers.get('location')]).toEqual([307, 'https://console.example/console/lanes?x=1']);
    expect([form.status, form.headers.get('allow'), form.headers.get('location')]).toEqual([405, 'GET, HEAD', null]);
    expect(seen).toBeUndefined();
  });

  it('everything in one process: nothing is forwarded, unless SCIM is said to be elsewhere', async () => {
    const services: ServiceName[] = ['auth-gateway', 'console', 'scim-ingest'];
    const base = await start({ SCIM_URL: '' }, services);
    for (const path of ['/api/v1/config', '/console', '/scim/v2/Users'])
      expect((await fetch(base + path)).status).toBe(299);
  });
});
