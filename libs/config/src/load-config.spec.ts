import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { serviceNames } from '@gatehouse/contracts';
import type { ServiceName } from '@gatehouse/contracts';
import { ConfigError, loadConfig } from './index.js';

const production = {
  NODE_ENV: 'production',
  PUBLIC_URL: 'https://jira.example/_sso',
  CONSOLE_PUBLIC_URL: 'https://console.example',
  JIRA_URL: 'https://jira.internal',
  JIRA_TOKEN: 'a-personal-access-token',
  DATABASE_URL: 'postgres://gatehouse@db/gatehouse',
  ENCRYPTION_KEY: Buffer.alloc(32, 7).toString('base64'),
  ADMIN_TOKEN: 'an-admin-token-of-some-length',
};

function problemsOf(
  variables: Record<string, string>,
  services: readonly ServiceName[] = serviceNames,
): readonly string[] {
  try {
    loadConfig(variables, services);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
}

describe('the environment', () => {
  it('needs nothing at all: the embedded default with the sandbox', () => {
    const config = loadConfig({});

    expect(config).toMatchObject({
      host: '127.0.0.1',
      ports: { 'auth-gateway': 3000, console: 3001, 'scim-ingest': 3002, 'claim-mapping': 3003, 'group-sync': 3004 },
      basePath: '/_sso',
      secureCookies: false,
      databaseUrl: undefined,
    });
    expect(config.publicUrl.href).toBe('http://localhost:3000/_sso');
    expect(config.sandbox).toEqual({ jiraPort: 8080, idpPort: 9000 });
    expect(config.jira.url.href).toBe('http://localhost:8080/');
    expect(config.warnings.join()).toMatch(/anyone can sign in/);
  });

  it('accepts a complete production environment without a warning', () => {
    const config = loadConfig(production);

    expect(config).toMatchObject({ production: true, secureCookies: true, sandbox: undefined, warnings: [] });
  });

  it('S03 warns about http and refuses it in production', () => {
    expect(loadConfig({}).warnings.join()).toMatch(/PUBLIC_URL is http/);
    expect(problemsOf({ ...production, PUBLIC_URL: 'http://jira.example/_sso' }).join()).toMatch(/PUBLIC_URL is http/);
  });

  it.each([
    [{ SANDBOX: 'on' }, /anyone can sign in/],
    [{ ENCRYPTION_KEY: '' }, /ENCRYPTION_KEY: required/],
    [{ ADMIN_TOKEN: '' }, /ADMIN_TOKEN: required/],
    [{ DATABASE_URL: '' }, /DATABASE_URL: required/],
    [{ JIRA_URL: '' }, /JIRA_URL: required/],
    [{ CONSOLE_PUBLIC_URL: '' }, /CONSOLE_PUBLIC_URL: required/],
    [{ CONSOLE_PUBLIC_URL: 'http://console.example' }, /CONSOLE_PUBLIC_URL: must be https/],
  ])('refuses in production %j', (change: Record<string, string>, problem) => {
    expect(problemsOf({ ...production, ...change }).join('\n')).toMatch(problem);
  });

  it('reports every problem at once, each under its variable', () => {
    const problems = problemsOf({ PORT: 'ninety', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud' });

    expect(problems.map((problem) => problem.split(':')[0])).toEqual(
      expect.arrayContaining(['PORT', 'DATABASE_URL', 'LOG_LEVEL']),
    );
  });

  it('reports what variables mean together beside those that are wrong by themselves', () => {
    const change = { LOG_LEVEL: 'loud', ADMIN_TOKEN: 'short', REDIS_URL: 'redis://cache/queue', PORT: 'ninety' };
    expect(problemsOf({ ...production, ...change })).toEqual([
      'PORT: must be a number',
      'LOG_LEVEL: must be one of silent, fatal, error, warn, info, debug, trace',
      'ADMIN_TOKEN: must have at least 24 characters',
      'REDIS_URL: its path must be a database number, like redis://host:6379/0',
    ]);
  });

  it.each([
    [{ PUBLIC_URL: 'jira.example' }, 'PUBLIC_URL: must be an absolute http or https URL'],
    [{ CONSOLE_PUBLIC_URL: 'console' }, 'CONSOLE_PUBLIC_URL: must be an absolute http or https URL'],
    [{ DATABASE_URL: 'mysql://x' }, 'DATABASE_URL: must be a postgres:// URL'],
    [{ JIRA_URL: 'jira' }, 'JIRA_URL: must be an absolute http or https URL'],
    [{ NODE_ENV: 'prod', JIRA_URL: '' }, 'NODE_ENV: must be one of development, production, test'],
    [{ SANDBOX: 'yes', HOST: '0.0.0.0', JIRA_URL: '' }, 'SANDBOX: must be on or off'],
    [{ PORT: '70000', CONSOLE_PORT: '' }, 'PORT: must be 65535 or less'],
  ])('concludes nothing from a variable that is wrong itself: %j', (change: Record<string, string>, problem) => {
    expect(problemsOf({ ...production, ...change })).toEqual([problem]);
  });

  it('refuses to show the sandbox to others unless told so', () => {
    expect(problemsOf({ HOST: '0.0.0.0' }).join()).toMatch(/SANDBOX_PUBLIC=yes/);
    expect(problemsOf({ HOST: '0.0.0.0', SANDBOX_PUBLIC: 'yes' })).toEqual([]);
  });

  it('reads a secret from a file, and refuses two sources for one', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'config-')), 'token');
    writeFileSync(file, 'token-from-a-file-0123456789\n');

    expect(loadConfig({ ADMIN_TOKEN_FILE: file }).adminToken?.reveal()).toBe('token-from-a-file-0123456789');
    expect(problemsOf({ ADMIN_TOKEN_FILE: file, ADMIN_TOKEN: 'x'.repeat(24) }).join()).toMatch(/keep one of the two/);
    expect(problemsOf({ ADMIN_TOKEN_FILE: '/nowhere' }).join()).toMatch(/cannot read/);
  });

  it('S08 prints no secret, however it is printed', () => {
    const config = loadConfig(production);
    const printed = [inspect(config, { depth: 9 }), JSON.stringify(config), String(config.adminToken)].join();

    for (const secret of [production.JIRA_TOKEN, production.ENCRYPTION_KEY, production.ADMIN_TOKEN]) {
      expect(printed).not.toContain(secret);
    }
  });

  it('gives every service in a process of its own the port after the gateway, or the one it is told', () => {
    const config = loadConfig({ PORT: '4000', GROUP_SYNC_PORT: '5001', CONSOLE_PORT: '5002' });

    expect(config.ports).toEqual({
      'auth-gateway': 4000,
      console: 5002,
      'scim-ingest': 4002,
      'claim-mapping': 4003,
      'group-sync': 5001,
    });
    expect(config.consoleUrl.href).toBe('http://127.0.0.1:5002/');
    expect(config.scim.url.href).toBe('http://127.0.0.1:4002/');
    expect(loadConfig({ HOST: '::1' }).consoleUrl.href).toBe('http://[::1]:3001/');
    expect(loadConfig({ CONSOLE_URL: 'http://console:3001' }).consoleUrl.href).toBe('http://console:3001/');
    expect(problemsOf({ CONSOLE_URL: 'http://console:3001/console' }).join()).toMatch(/CONSOLE_URL: must be an origin/);
    expect(problemsOf({ PORT: '65534' }).map((problem) => problem.split(':')[0])).toEqual([
      'SCIM_INGEST_PORT',
      'CLAIM_MAPPING_PORT',
      'GROUP_SYNC_PORT',
    ]);
  });

  it("the console has an origin other than Jira's, and needs one only where it runs", () => {
    const origin = (url: string, more = {}) =>
      problemsOf({ ...production, CONSOLE_PUBLIC_URL: url, ...more }).join('\n');

    expect(origin('https://jira.example')).toMatch(/an origin other than Jira's/);
    expect(origin('https://jira.example:443/_sso')).toMatch(/an origin other than Jira's/);
    expect(origin('https://x.example', { JIRA_PUBLIC_URL: 'https://x.example/jira' })).toMatch(/other than Jira's/);
    expect(origin('https://console.example/elsewhere')).toMatch(/no path, or that of PUBLIC_URL \(\/_sso\)/);
    expect(origin('https://console.example/_sso/')).toBe('');
    expect(problemsOf({ ...production, CONSOLE_PUBLIC_URL: '' }, ['group-sync'])).toEqual([]);
  });

  describe('REDIS_URL', () => {
    it('may be left out in production too: the queues live in PostgreSQL then', () => {
      expect(loadConfig(production).redisUrl).toBeUndefined();
    });

    it.each([
      'redis://cache:6379',
      'redis://cache/3',
      'rediss://gatehouse:hunter2@cache.example:6380/0',
      'redis://[::1]:6379/',
    ])('takes %s', (url) => {
      expect(loadConfig({ REDIS_URL: url }).redisUrl?.reveal()).toBe(url);
    });

    it.each(['cache:6379', 'http://cache', 'redis://cache/queue', 'redis://cache:port'])('refuses %s', (url) => {
      expect(problemsOf({ REDIS_URL: url }).join()).toMatch(/^REDIS_URL: /);
    });

    it('is never printed, because it may hold a password', () => {
      const config = loadConfig({ REDIS_URL: 'redis://:hunter2@cache' });
      expect(inspect(config) + JSON.stringify(config)).not.toContain('hunter2');
      expect(problemsOf({ REDIS_URL: 'redis://:hunter2@cache/queue' }).join()).not.toContain('hunter2');
    });
  });
});
