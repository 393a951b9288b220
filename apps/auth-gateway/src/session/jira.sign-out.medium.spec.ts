import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { createLogger } from '@gatehouse/telemetry';
import { JiraSignOut } from './jira.sign-out.js';

describe("ending Jira's session for a browser that came through the edge", () => {
  let jira: Server;
  let signOut: JiraSignOut;
  let asked: { method: string | undefined; url: string | undefined; headers: IncomingHttpHeaders }[];
  let status = 204;
  let isSilent = false;

  beforeAll(async () => {
    jira = createServer(({ method, url, headers }, response) => {
      asked.push({ method, url, headers });
      if (isSilent) return;
      response.writeHead(status, {
        'set-cookie': ['JSESSIONID=; Max-Age=0; Path=/', 'gatehouse_session=forged; Path=/', '__Host-gatehouse_x=1'],
      });
      response.end();
    });
    await new Promise<void>((resolve) => jira.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(jira.address() as AddressInfo).port}/jira/`;
    const config = loadConfig({ SANDBOX: 'off', JIRA_URL: address, JIRA_TOKEN: 'the-token-of-the-service' });
    signOut = new JiraSignOut(config, createLogger('silent'));
  });
  beforeEach(() => {
    asked = [];
    status = 204;
    isSilent = false;
  });
  afterAll(() => {
    jira.close();
    jira.closeAllConnections();
  });

  async function endFor(cookie: string | undefined): Promise<{ ended: boolean; cookies: string[] }> {
    const cookies: string[] = [];
    const ended = await signOut.end({ headers: { cookie } } as Parameters<JiraSignOut['end']>[0], {
      header: (_name, value) => cookies.push(value),
    });
    return { ended, cookies };
  }

  it('S13 asks as the browser, without our cookies and our token, and passes on what Jira says of its own', async () => {
    const { ended, cookies } = await endFor('JSESSIONID=abc; gatehouse_session=secret; AWSALB=node1');

    expect(ended).toBe(true);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatchObject({ method: 'DELETE', url: '/jira/rest/auth/1/session' });
    expect(asked[0]!.headers.cookie).toContain('JSESSIONID=abc');
    expect(asked[0]!.headers.cookie).toContain('AWSALB=node1');
    expect(asked[0]!.headers.cookie).not.toContain('secret');
    expect(asked[0]!.headers.authorization).toBeUndefined();
    expect(cookies).toEqual(['JSESSIONID=; Max-Age=0; Path=/']);
  });

  it('S13 asks nothing for a browser without a session in Jira', async () => {
    expect(await endFor(undefined)).toEqual({ ended: false, cookies: [] });
    expect((await endFor('gatehouse_session=secret; JSESSIONIDX=1')).ended).toBe(false);
    expect(asked).toEqual([]);
  });

  it.each([
    { answer: 401, ended: true },
    { answer: 403, ended: false },
    { answer: 500, ended: false },
    { answer: 302, ended: false },
  ])('S13 takes $answer for ended: $ended', async ({ answer, ended }) => {
    status = answer;
    expect((await endFor('seraph.rememberme.cookie=x')).ended).toBe(ended);
  });

  it('S13 waits two seconds for Jira, and no longer', async () => {
    isSilent = true;
    const startedAt = performance.now();
    expect((await endFor('JSESSIONID=abc')).ended).toBe(false);
    expect(performance.now() - startedAt).toBeLessThan(3_000);
  });
});
