import type { ClientRequest } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { Logger } from '@gatehouse/telemetry';

export interface EdgeOptions {
  /** Where Jira listens; only its origin counts, the path is the browser's own. */
  readonly jiraUrl: URL;
  /** Our address as browsers see it; its origin is Jira's as well. */
  readonly publicUrl: URL;
  /** Names of our cookies begin with these, after `__Host-` or `__Secure-` if there is one. */
  readonly ownCookiePrefixes: readonly string[];
  readonly logger: Logger;
  readonly limits?: Partial<EdgeLimits>;
  /**
   * What is added to Jira's answer when it has just ended the browser's session there.
   * @param cookies as the browser sent them
   */
  readonly afterJiraSignOut?: (cookies: string | undefined) => AfterJiraSignOut;
}

export interface AfterJiraSignOut {
  /** Where the browser goes on; left out: where Jira sends it. */
  readonly location?: string;
  readonly setCookie?: string;
}

export interface EdgeLimits {
  readonly connectTimeoutMs: number;
  /**
   * Silence of Jira before its answer begins: its longest exports take minutes. An answer that has begun may pause
   * as long as the browser stays (server-sent events).
   */
  readonly answerTimeoutMs: number;
  /** Of a body that says its length; without: as much as the upstream takes. */
  readonly bodyBytesMax?: number;
  /** Requests under way at a time; beyond it there is a 503, not a queue. */
  readonly requestsMax: number;
  /** How long a closing waits: for requests under way, and for peers to read their last bytes. */
  readonly closeGraceMs: number;
}

const defaultLimits: EdgeLimits = {
  connectTimeoutMs: 5_000,
  answerTimeoutMs: 10 * 60_000,
  requestsMax: 1_000,
  closeGraceMs: 3_000,
};

export function limitsOf({ limits }: EdgeOptions): EdgeLimits {
  return { ...defaultLimits, ...limits };
}

/** Jira, or a service of ours in another process, did not do in time what it had to. */
export class UpstreamTimeoutError extends Error {
  readonly code = 'ETIMEDOUT';
}

/** Gives a request up whose connection does not come about; to be called once it has a socket. */
export function boundConnecting(request: ClientRequest, timeoutMs: number): void {
  const { socket } = request;
  if (!socket?.connecting) return;
  const timer = setTimeout(() => request.destroy(new UpstreamTimeoutError('no connection')), timeoutMs);
  const stop = () => clearTimeout(timer);
  socket.once(socket instanceof TLSSocket ? 'secureConnect' : 'connect', stop).once('close', stop);
}

/** `ECONNREFUSED` and the like. The message would name Jira's address. */
export function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown';
}
