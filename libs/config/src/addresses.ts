import type { Environment } from './environment.js';
import type { EnvironmentProblems } from './environment-problems.js';

/** The base of everything that browsers see of us, without a slash at the end. */
export function publicUrlOf(env: Environment, problems: EnvironmentProblems): URL {
  const url = new URL(env.PUBLIC_URL ?? `http://localhost:${env.PORT}/_sso`);
  if (url.search || url.hash) problems.add('PUBLIC_URL: must not have a query or a fragment', ['PUBLIC_URL']);
  return withoutSlash(url);
}

/** Where a service of ours listens, for the gateway that forwards to it. */
export function internalUrlOf(
  variable: 'CONSOLE_URL' | 'SCIM_URL',
  port: number,
  env: Environment,
  problems: EnvironmentProblems,
): URL {
  const given = env[variable];
  if (!given) return new URL(`http://${isLoopback(env.HOST) ? bracketed(env.HOST) : '127.0.0.1'}:${port}`);
  const url = new URL(given);
  // Paths go through as they came; one here would be dropped without a word.
  if (url.href !== `${url.origin}/`) problems.add(`${variable}: must be an origin, like http://host:3001`, [variable]);
  return url;
}

/**
 * The console's own origin. Whoever runs script on Jira's origin (an app, an attachment) could drive a console that
 * shares it, with the session of the administrator who looks.
 */
export function consolePublicUrlOf(env: Environment, publicUrl: URL, problems: EnvironmentProblems): URL | undefined {
  if (!env.CONSOLE_PUBLIC_URL) return undefined;
  const given = new URL(env.CONSOLE_PUBLIC_URL);
  const url = withoutSlash(given);
  const paths = ['/', publicUrl.pathname];
  const both = ['CONSOLE_PUBLIC_URL', 'PUBLIC_URL'];
  if (given.search || given.hash)
    problems.add('CONSOLE_PUBLIC_URL: must not have a query or a fragment', ['CONSOLE_PUBLIC_URL']);
  if (!paths.includes(url.pathname))
    problems.add(`CONSOLE_PUBLIC_URL: must have no path, or that of PUBLIC_URL (${publicUrl.pathname})`, both);
  const ofJira = [publicUrl.origin, ...(env.JIRA_PUBLIC_URL ? [new URL(env.JIRA_PUBLIC_URL).origin] : [])];
  if (ofJira.includes(url.origin))
    problems.add("CONSOLE_PUBLIC_URL: must be an origin other than Jira's, which scripts of Jira could reach", both);
  return url;
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function withoutSlash({ origin, pathname }: URL): URL {
  return new URL(origin + pathname.replace(/\/+$/, ''));
}
