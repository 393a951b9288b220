import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { loadConfig } from '@gatehouse/config';
import { createLogger } from '@gatehouse/telemetry';
import { freePort } from '@gatehouse/testing';
import { sandbox } from './service.js';

const logger = createLogger('silent');

describe('the sandbox service', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'sandbox-'));
  });
  afterEach(() => rm(dataDir, { recursive: true, force: true }));

  it('starts an identity provider and a Jira at the addresses of the environment, and stops both', async () => {
    const [jiraPort, idpPort] = [await freePort(), await freePort()];
    const config = configWith(jiraPort, idpPort);
    const issuer = `http://127.0.0.1:${idpPort}/local_Sandbox`;

    const running = await sandbox.beside!(config, logger);
    const discovery = await fetch(`${issuer}/.well-known/openid-configuration`);
    const jira = await fetch(`http://localhost:${jiraPort}/status`);

    expect(await discovery.json()).toMatchObject({
      issuer,
      token_endpoint: `http://localhost:${idpPort}/oauth2/token`,
    });
    expect(jira.status).toBe(200);
    await running.close();
    await expect(fetch(issuer)).rejects.toThrow();
    await expect(fetch(`http://localhost:${jiraPort}/status`)).rejects.toThrow();
  });

  it('starts nothing when Jira cannot start, and says which variable to change', async () => {
    const [jiraPort, idpPort] = [await freePort(), await freePort()];
    const stranger = createServer().listen(jiraPort, '127.0.0.1');

    try {
      await expect(sandbox.beside!(configWith(jiraPort, idpPort), logger)).rejects.toThrow(/SANDBOX_JIRA_PORT/);
      await expect(fetch(`http://localhost:${idpPort}/`)).rejects.toThrow();
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
  });

  it('keeps the hosted domain at localhost for every loopback PUBLIC_URL, and follows any other', () => {
    const greeting = (url: string) => sandbox.besideGreeting!(configWith(8080, 9000, url)).join('\n');

    expect(greeting('http://127.0.0.1:3000/_sso')).toContain('http://localhost:9000/');
    expect(greeting('http://try.example:3000/_sso')).toContain('http://try.example:9000/');
    expect(greeting('http://localhost:3000/_sso')).toMatch(/ada +groups dev and ops/);
  });

  function configWith(jiraPort: number, idpPort: number, publicUrl = 'http://localhost:3000/_sso') {
    const ports = { SANDBOX_JIRA_PORT: String(jiraPort), SANDBOX_IDP_PORT: String(idpPort) };
    return loadConfig({ ...ports, DATA_DIR: dataDir, PUBLIC_URL: publicUrl });
  }
});
