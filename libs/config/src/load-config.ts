import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { serviceNames } from '@gatehouse/contracts';
import type { ServiceName } from '@gatehouse/contracts';
import { consolePublicUrlOf, internalUrlOf, isLoopback, publicUrlOf } from './addresses.js';
import type { Config, JiraConfig } from './config.js';
import { Environment } from './environment.js';
import { EnvironmentProblems } from './environment-problems.js';
import { parseEnvironment } from './parse-environment.js';
import { portsOf } from './ports.js';
import { SecretText } from './secret-text.js';

/** Variables that may be given as a file, by their name with `_FILE` at the end. */
export const fileVariables: readonly string[] = [
  'JIRA_TOKEN',
  'ENCRYPTION_KEY',
  'ADMIN_TOKEN',
  'DATABASE_URL',
  'REDIS_URL',
];

export type Variables = Readonly<Record<string, string | undefined>>;

/** What of an environment decides about a configuration document. */
export type KnownConfig = Pick<Config, 'production' | 'variable' | 'configFile'> & {
  /** Undefined: `PUBLIC_URL` is wrong. */
  readonly publicUrl: URL | undefined;
};

/** All mistakes of the environment at once, each under its variable's name. */
export class ConfigError extends Error {
  /** @param known what can be said of the configuration all the same, as far as a document is to be checked with it */
  constructor(
    readonly problems: readonly string[],
    readonly known: KnownConfig,
  ) {
    super(`The configuration is not valid:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'ConfigError';
  }
}

/** The one place that reads the process environment. */
export function environment(): Variables {
  return process.env;
}

/** What decides whether the sandbox is on. */
const ofSandbox = ['SANDBOX', 'JIRA_URL', 'NODE_ENV'];

const stopDelaySeconds = { production: 3, otherwise: 0 };

/**
 * Pure but for reading `*_FILE` secrets.
 * @param services those that will run; only what they need is required
 * @throws ConfigError listing every problem with its variable
 */
export function loadConfig(
  variables: Variables = environment(),
  services: readonly ServiceName[] = serviceNames,
): Config {
  const problems = new EnvironmentProblems();
  const env = parseEnvironment(readFiles(withoutEmpty(variables), problems), problems);
  const warnings: string[] = [];
  const production = env.NODE_ENV === 'production';
  const ports = portsOf(env, problems);
  const consoleUrl = internalUrlOf('CONSOLE_URL', ports.console, env, problems);
  const scimUrl = internalUrlOf('SCIM_URL', ports['scim-ingest'], env, problems);
  const publicUrl = publicUrlOf(env, problems);
  const consolePublicUrl = consolePublicUrlOf(env, publicUrl, problems);
  const sandboxOn = (env.SANDBOX ?? (env.JIRA_URL || production ? 'off' : 'on')) === 'on';

  if (publicUrl.protocol === 'http:' && !problems.areWrong(['PUBLIC_URL']))
    warnings.push('PUBLIC_URL is http: cookies and sign-ins can be read on the way');
  if (sandboxOn && !problems.areWrong(ofSandbox)) {
    warnings.push('the sandbox is on: anyone can sign in');
    if (!isLoopback(env.HOST) && env.SANDBOX_PUBLIC !== 'yes') {
      problems.add(
        'HOST: with the sandbox on only loopback is allowed; set SANDBOX=off, or SANDBOX_PUBLIC=yes if others may sign in as anyone',
        ['HOST', 'SANDBOX_PUBLIC'],
      );
    }
  }
  if (!env.ENCRYPTION_KEY && production) problems.add('ENCRYPTION_KEY: required in production', ['ENCRYPTION_KEY']);
  if (env.ENCRYPTION_KEY && !decodeKey(env.ENCRYPTION_KEY))
    problems.add('ENCRYPTION_KEY: must be 32 bytes as base64 or hex', ['ENCRYPTION_KEY']);
  if (!env.ADMIN_TOKEN && production) problems.add('ADMIN_TOKEN: required in production', ['ADMIN_TOKEN']);
  if (env.ADMIN_TOKEN && env.ADMIN_TOKEN.length < 24)
    problems.add('ADMIN_TOKEN: must have at least 24 characters', ['ADMIN_TOKEN']);
  if (!env.DATABASE_URL && production) problems.add('DATABASE_URL: required in production', ['DATABASE_URL']);
  if (production && !consolePublicUrl && services.includes('console'))
    problems.add("CONSOLE_PUBLIC_URL: required in production: the console needs an origin other than Jira's", [
      'CONSOLE_PUBLIC_URL',
    ]);
  if (production && consolePublicUrl?.protocol === 'http:')
    problems.add('CONSOLE_PUBLIC_URL: must be https in production', ['CONSOLE_PUBLIC_URL']);
  if (env.REDIS_URL && !isRedisDatabase(env.REDIS_URL))
    problems.add('REDIS_URL: its path must be a database number, like redis://host:6379/0', ['REDIS_URL']);
  const jira = jiraConfig(env, sandboxOn, problems);
  if (production) for (const warning of warnings) problems.add(`NODE_ENV=production refuses this: ${warning}`, []);
  // Our own are secrets or addresses that no identity provider may be sent, whatever a document says.
  const variable = (name: string) => (Object.hasOwn(Environment.shape, name) ? undefined : variables[name]);
  if (problems.texts.length > 0 || !jira) {
    const known = { production, variable, configFile: env.CONFIG_FILE };
    throw new ConfigError(problems.texts, {
      ...known,
      publicUrl: problems.areWrong(['PUBLIC_URL']) ? undefined : publicUrl,
    });
  }

  return {
    production,
    host: env.HOST,
    ports,
    publicUrl,
    basePath: publicUrl.pathname === '/' ? '' : publicUrl.pathname,
    consoleUrl,
    scim: { url: scimUrl, configured: env.SCIM_URL !== undefined },
    consolePublicUrl,
    secureCookies: publicUrl.protocol === 'https:',
    sandbox: sandboxOn ? { jiraPort: env.SANDBOX_JIRA_PORT, idpPort: env.SANDBOX_IDP_PORT } : undefined,
    jira,
    databaseUrl: env.DATABASE_URL,
    redisUrl: secretOf(env.REDIS_URL),
    dataDir: resolve(env.DATA_DIR),
    encryptionKey: secretOf(env.ENCRYPTION_KEY),
    adminToken: secretOf(env.ADMIN_TOKEN),
    configFile: env.CONFIG_FILE,
    stopDelayMs: 1_000 * (env.STOP_DELAY_SECONDS ?? stopDelaySeconds[production ? 'production' : 'otherwise']),
    logLevel: env.LOG_LEVEL,
    warnings,
    variable,
  };
}

/** 32 bytes, or undefined when the text is neither base64 nor hex of that length. */
export function decodeKey(text: string): Buffer | undefined {
  const encoding = /^[0-9a-f]{64}$/i.test(text) ? 'hex' : 'base64';
  const key = Buffer.from(text, encoding);
  return key.length === 32 ? key : undefined;
}

function jiraConfig(env: Environment, sandboxOn: boolean, problems: EnvironmentProblems): JiraConfig | undefined {
  const url = env.JIRA_URL ?? (sandboxOn ? `http://localhost:${env.SANDBOX_JIRA_PORT}` : undefined);
  const token = env.JIRA_TOKEN ?? (sandboxOn && !env.JIRA_URL ? 'sandbox-admin-token' : undefined);
  if (!url) problems.add('JIRA_URL: required when the sandbox is off', ofSandbox);
  if (!token) problems.add('JIRA_TOKEN: required when JIRA_URL is set', ['JIRA_TOKEN']);
  if (!url || !token) return undefined;
  return {
    url: new URL(url),
    publicUrl: env.JIRA_PUBLIC_URL ? new URL(env.JIRA_PUBLIC_URL) : undefined,
    token: new SecretText(token),
  };
}

/** Anything else would be taken for database 0 without a word. */
function isRedisDatabase(url: string): boolean {
  return /^\/?\d*$/.test(new URL(url).pathname);
}

function secretOf(value: string | undefined): SecretText | undefined {
  return value === undefined ? undefined : new SecretText(value);
}

function withoutEmpty(variables: Variables): Record<string, string> {
  return Object.fromEntries(Object.entries(variables).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** `JIRA_TOKEN_FILE=/run/secrets/x` stands for `JIRA_TOKEN=<its content>`. */
function readFiles(variables: Record<string, string>, problems: EnvironmentProblems): Record<string, string> {
  const result = { ...variables };
  for (const name of fileVariables) {
    const file = variables[`${name}_FILE`];
    if (!file) continue;
    if (variables[name]) problems.add(`${name}_FILE: ${name} is set too; keep one of the two`, []);
    try {
      result[name] = readFileSync(file, 'utf8').trim();
    } catch {
      problems.addWrong(name, `cannot read ${file}, which ${name}_FILE names`);
    }
  }
  return result;
}
