import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Problem } from '@gatehouse/contracts';
import { adminToken, Surroundings } from '../../test/running-console.js';
import type { RunningConsole } from '../../test/running-console.js';

const unset = { ADMIN_TOKEN: '' };
const external = { ADMIN_TOKEN: '', DATABASE_URL: 'postgres://elsewhere/gatehouse' };

describe('the admin token', () => {
  let surroundings: Surroundings;

  beforeEach(async () => {
    surroundings = await Surroundings.open();
  });
  afterEach(() => surroundings.close());

  const tokenFile = () => join(surroundings.dataDir, 'admin-token');
  const withToken = (running: RunningConsole, token: string) =>
    running.request('config', { headers: { authorization: `Bearer ${token}` } });

  async function printedToken(running: RunningConsole): Promise<string> {
    const token = /Admin token: (gatehouse_[\w-]{43})/.exec(await running.greeting())?.[1];
    expect(token).toBeDefined();
    return token!;
  }

  it('is made at the first start, printed once, kept in a file for its owner only, and stored as a hash', async () => {
    const running = await surroundings.start({ variables: unset });
    const token = await printedToken(running);

    expect((await withToken(running, token)).status).toBe(200);
    expect((await readFile(tokenFile(), 'utf8')).trim()).toBe(token);
    expect((await stat(tokenFile())).mode & 0o777).toBe(0o600);
    const rows: { all: string }[] = await surroundings.dataSource.query(
      'select (select json_agg(t)::text from console.api_token t) || (select json_agg(a)::text from console.audit a) as all',
    );
    expect(rows[0]!.all).not.toContain(token);
    expect(surroundings.log).not.toContain(token);
  });

  it('is the same at the next start, which does not print it but says where it is', async () => {
    const first = await surroundings.start({ variables: unset });
    const token = await printedToken(first);
    await first.close();
    const second = await surroundings.start({ variables: unset });

    expect(await second.greeting()).not.toContain(token);
    expect(await second.greeting()).toContain(tokenFile());
    expect((await withToken(second, token)).status).toBe(200);
  });

  it('of a file somebody left open to others is replaced by one that is not', async () => {
    await writeFile(tokenFile(), 'old', { mode: 0o644 });
    await surroundings.start({ variables: unset });
    expect((await stat(tokenFile())).mode & 0o777).toBe(0o600);
  });

  it('is kept in no file beside a database that is elsewhere', async () => {
    const running = await surroundings.start({ variables: external });
    await printedToken(running);
    await expect(stat(tokenFile())).rejects.toThrow();
  });

  it('is made once by replicas that start together', async () => {
    const replicas = await Promise.all([
      surroundings.start({ variables: external }),
      surroundings.start({ variables: external }),
    ]);
    const greetings = await Promise.all(replicas.map((replica) => replica.greeting()));

    expect(greetings.filter((greeting) => greeting.includes('gatehouse_'))).toHaveLength(1);
    const rows: unknown[] = await surroundings.dataSource.query('select 1 from console.api_token');
    expect(rows).toHaveLength(1);
  });

  it('of the environment replaces the stored one, is not printed, and takes the stale file away', async () => {
    const first = await surroundings.start({ variables: unset });
    const made = await printedToken(first);
    await first.close();
    const second = await surroundings.start();

    expect((await withToken(second, made)).status).toBe(401);
    expect((await withToken(second, adminToken)).status).toBe(200);
    expect(await second.greeting()).not.toContain(adminToken);
    await expect(stat(tokenFile())).rejects.toThrow();

    await second.close();
    const third = await surroundings.start({ variables: unset });
    expect(await third.greeting()).not.toContain(tokenFile()); // No file is there to be named.
    expect((await withToken(third, adminToken)).status).toBe(200);
  });
});

describe('the admin API', () => {
  let surroundings: Surroundings;
  let running: RunningConsole;

  beforeAll(async () => {
    surroundings = await Surroundings.open();
    running = await surroundings.start();
  });
  afterAll(() => surroundings.close());

  const routes: [string, string][] = [
    ['GET', 'config'],
    ['PUT', 'config'],
    ['GET', 'parked'],
    ['POST', 'parked/00000000-0000-4000-8000-000000000000/retry'],
    ['GET', 'jira/registration'],
    ['GET', 'openapi.json'],
    ['GET', 'nothing/here'],
    ['DELETE', 'config'],
  ];

  it.each(routes)(
    'answers %s %s with 401 and nothing else when the token is missing or wrong',
    async (method, path) => {
      const missing = await fetch(`${running.url}/api/v1/${path}`, { method });
      const wrong = await running.request(path, { method, headers: { authorization: 'Bearer not-the-token' } });

      for (const answer of [missing, wrong]) {
        expect(answer.status).toBe(401);
        expect(answer.headers.get('content-type')).toContain('application/problem+json');
        expect(Problem.parse(await answer.json())).toMatchObject({ code: 'api.unauthorized', status: 401 });
      }
      expect(missing.headers.get('www-authenticate')).toBe('Bearer realm="gatehouse"');
      expect(wrong.headers.get('www-authenticate')).toContain('error="invalid_token"');
    },
  );

  it.each([
    ['a good answer', 'config', { authorization: `Bearer ${adminToken}` }, 200],
    ['a refusal', 'config', {}, 401],
    ['a route that is not there', 'nothing', { authorization: `Bearer ${adminToken}` }, 404],
  ])('is never cached, sniffed or framed: %s', async (_, path, headers, status) => {
    const answer = await fetch(`${running.url}/api/v1/${path}`, { headers });

    expect(answer.status).toBe(status);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
  });

  it('has those headers also where the body cannot be read', async () => {
    const answer = await running.request('config', {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: '{',
    });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('leaves the routes of other services alone', async () => {
    const answer = await fetch(`${running.url}/somewhere-else`);
    expect(answer.status).toBe(404);
    expect(answer.headers.get('content-type')).not.toContain('problem');
    expect(answer.headers.get('cache-control')).toBeNull();
  });

  it('answers an address that guesses with 429 and keeps its log short, and lets a right token of it in all the same', async () => {
    const guessed = await surroundings.start();
    const linesBefore = surroundings.logLines.length;
    const guess = (text: string) => guessed.request('config', { headers: { authorization: `Bearer ${text}` } });
    const answers = await Promise.all(Array.from({ length: 60 }, (_, index) => guess(`guess-${index}`)));
    const statuses = answers.map(({ status }) => status);

    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    expect(statuses.filter((status) => status === 429)).toHaveLength(40);
    const limited = answers.find(({ status }) => status === 429)!;
    expect(Number(limited.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(Problem.parse(await limited.json())).toMatchObject({ code: 'api.too_many_attempts' });
    expect((await guessed.request('config')).status).toBe(200); // First seen during the attack, from the same address.
    expect((await guessed.request('config')).status).toBe(200);
    expect((await guess('guess-again')).status).toBe(429);
    const lines = surroundings.logLines.slice(linesBefore).filter((line) => line.includes('wrong token'));
    expect(lines).toHaveLength(20);
    expect(surroundings.log).not.toContain('guess-1');
  });

  it('does not count visits without a token as guesses', async () => {
    for (let visit = 0; visit < 25; visit += 1) await (await fetch(`${running.url}/api/v1/config`)).text();
    expect((await running.request('config')).status).toBe(200);
  });
});
