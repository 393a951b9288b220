import { createServer } from 'node:http';
import type { IncomingMessage, RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { SsoApp } from './http.sso-app.js';

describe("Jira's SSO app over HTTP", () => {
  const servers: Server[] = [];

  afterEach(async () => {
    for (const server of servers.splice(0)) {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    }
  });

  async function jira(listener: RequestListener): Promise<URL> {
    const server = createServer(listener);
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/jira/`);
  }

  function answering(body: unknown, status = 200): RequestListener {
    return (_request, response) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
  }

  it('is asked below the context path, with our token, as no browser, and writes pass the XSRF filter', async () => {
    const seen: IncomingMessage[] = [];
    const url = await jira((request, response) => {
      seen.push(request);
      answering({ 'show-login-form': true })(request, response);
    });
    const sso = new SsoApp({ url, token: 'the-token' });
    await sso.config();
    await sso.changeConfig({ 'show-login-form': true });

    expect(seen.map(({ method, url: path }) => `${method ?? ''} ${path ?? ''}`)).toEqual([
      'GET /jira/rest/authconfig/1.0/sso',
      'PATCH /jira/rest/authconfig/1.0/sso',
    ]);
    for (const { headers } of seen) {
      expect(headers.authorization).toBe('Bearer the-token');
      expect(headers['user-agent']).toMatch(/^Gatehouse\//);
    }
    expect(seen[1]?.headers['x-atlassian-token']).toBe('no-check');
  });

  it('that does not answer is unreachable after the deadline', async () => {
    const sso = new SsoApp({ url: await jira(() => undefined), token: 't', deadlineMs: 50 });
    await expect(sso.config()).rejects.toMatchObject({
      code: 'jira.unreachable',
      message: 'Jira did not answer in time.',
    });
  });

  it('that nobody listens for is unreachable', async () => {
    await expect(new SsoApp({ url: new URL('http://127.0.0.1:9'), token: 't' }).config()).rejects.toMatchObject({
      code: 'jira.unreachable',
    });
  });

  it('never sends the token to where a redirect leads', async () => {
    let followed = false;
    const elsewhere = await jira((_request, response) => {
      followed = true;
      response.end();
    });
    const url = await jira((_request, response) => response.writeHead(302, { location: elsewhere.href }).end());

    await expect(new SsoApp({ url, token: 't' }).config()).rejects.toMatchObject({ code: 'jira.unavailable' });
    expect(followed).toBe(false);
  });

  it('is not read without an end', async () => {
    let calls = 0;
    const url = await jira((request, response) => {
      calls += 1;
      answering({ results: [{ id: calls, name: 'x' }], isLastPage: false })(request, response);
    });

    await expect(new SsoApp({ url, token: 't' }).idps()).rejects.toMatchObject({ code: 'jira.request_refused' });
    expect(calls).toBeLessThan(100);
  });

  it('that answers something else than its configuration is not believed', async () => {
    const sso = new SsoApp({ url: await jira(answering({ results: 'none' })), token: 't' });
    await expect(sso.idps()).rejects.toMatchObject({ code: 'jira.unavailable', internal: 'unexpected at results' });
  });

  it('S08 does not get the secret into our log by repeating it', async () => {
    const url = await jira(answering({ message: 'client-secret s3cr3t is too short' }, 400));
    const creating = new SsoApp({ url, token: 't' }).createIdp({ name: 'x', 'client-secret': 's3cr3t' });
    await expect(creating).rejects.toMatchObject({ internal: 'client-secret [secret] is too short' });
  });

  it('is not called at all with a token that is none, and the token is not quoted', () => {
    const create = () => new SsoApp({ url: new URL('http://127.0.0.1:9'), token: 'two\nlines' });
    expect(create).toThrow('Jira did not accept our credentials.');
  });
});
