import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort, HttpBrowser, waitFor } from '@gatehouse/testing';
import { Program } from './support/program.js';

describe('the program as it is started', () => {
  let dataDir: string;
  let ports: { PORT: string; SANDBOX_JIRA_PORT: string; SANDBOX_IDP_PORT: string };

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'gatehouse-program-'));
    const [port, jira, idp] = [await freePort(), await freePort(), await freePort()];
    ports = { PORT: String(port), SANDBOX_JIRA_PORT: String(jira), SANDBOX_IDP_PORT: String(idp) };
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true }));

  it('keeps every account through Ctrl-C and through kill -9, and prints the admin token once', async () => {
    const first = Program.start('suite', { ...ports, DATA_DIR: dataDir });
    await first.printed('Admin token');
    const token = /gatehouse_[\w-]{20,}/.exec(first.output)?.[0];
    expect(token).toBeDefined();
    expect(first.output).toContain(`http://localhost:${ports.PORT}/`);
    expect(first.output).toMatch(/ada\b/);
    await signIn('ada');
    const before = await user('ada');
    first.child.kill('SIGKILL');
    await first.exited;

    const second = Program.start('suite', { ...ports, DATA_DIR: dataDir });
    await second.printed('Admin token');
    expect(second.output).not.toContain(token);
    await signIn('ada');
    second.child.kill('SIGINT');
    expect(await second.exited).toBe(0);

    const third = Program.start('suite', { ...ports, DATA_DIR: dataDir });
    await third.printed('Admin token');
    await signIn('ada');
    expect(await user('ada')).toEqual(before);
    const config = await fetch(`http://localhost:${ports.PORT}/_sso/api/v1/config`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(config.status).toBe(200);
    expect(await config.text()).not.toContain('sandbox-cognito-secret');
    third.child.kill('SIGTERM');
    expect(await third.exited).toBe(0);
  }, 120_000);

  it('F10 goes on when its embedded PostgreSQL is killed: sign-ins and jobs within seconds, at the same address', async () => {
    const program = Program.start('suite', { ...ports, DATA_DIR: dataDir });
    await program.printed('Admin token');
    await signIn('grace');
    const [pid] = (await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n');
    process.kill(Number(pid), 'SIGKILL');

    await waitFor(() => signIn('linus').then(() => true), { timeoutMs: 10_000, what: 'a first sign-in to work again' });
    expect(await user('linus')).toMatchObject({ name: 'linus' });
    expect(program.output).toContain('the embedded PostgreSQL has ended; it is started again');
    expect(await program.stop()).toBe(0);
  }, 180_000);

  it('a service alone says in one sentence that it needs a server it can share', async () => {
    const program = Program.start('group-sync', { ...ports, DATA_DIR: dataDir });

    expect(await program.exited).toBe(1);
    expect(program.output).toMatch(/DATABASE_URL is missing: group-sync .*docker compose up -d postgres/);
    expect(program.output).not.toMatch(/^\s+at /m);
  }, 90_000);

  it('says in one sentence that a port is taken, and which variable chooses another', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;

    for (const name of Object.keys(ports)) {
      const program = Program.start('suite', { ...ports, [name]: String(port), DATA_DIR: dataDir });
      expect(await program.exited).toBe(1);
      expect(program.output).toMatch(new RegExp(`Port ${port} is taken by another program, .*with ${name}\\.`));
      expect(program.output).not.toMatch(/^\s+at /m);
    }
    await new Promise((resolve) => other.close(resolve));
  }, 180_000);

  it.each([
    [
      'nothing listens',
      'postgres://nobody:hunter2@127.0.0.1:1/gatehouse',
      /PostgreSQL at 127\.0\.0\.1:1\/gatehouse cannot be used: nothing listens there\. Check DATABASE_URL/,
    ],
    ['it is no PostgreSQL address', 'mysql://nobody:hunter2@127.0.0.1/x', /DATABASE_URL: must be a postgres/],
  ])(
    'says in one sentence what is wrong with DATABASE_URL when %s',
    async (_, url, sentence) => {
      const program = Program.start('suite', { ...ports, DATABASE_URL: url, DATA_DIR: dataDir });

      expect(await program.exited).toBe(1);
      expect(program.output).toMatch(sentence);
      expect(program.output).not.toMatch(/hunter2|^\s+at /m);
    },
    30_000,
  );

  async function signIn(person: string): Promise<void> {
    const browser = new HttpBrowser();
    const login = await browser.get(`http://localhost:${ports.PORT}/browse/DEMO-1`);
    const choice = await browser.click(login, 'single sign-on');
    const page = await browser.submit(await browser.click(choice, 'Company'), { username: person, password: 'demo' });
    expect(page.url.pathname).toBe('/browse/DEMO-1');
  }

  async function user(name: string): Promise<unknown> {
    const response = await fetch(
      `http://localhost:${ports.SANDBOX_JIRA_PORT}/rest/api/2/user?username=${name}&expand=groups`,
      {
        headers: { authorization: 'Bearer sandbox-admin-token' },
      },
    );
    expect(response.status).toBe(200);
    return response.json();
  }
});
