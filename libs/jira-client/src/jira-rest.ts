import { GatehouseError, TerminalError } from '@gatehouse/errors';
import { currentTraceId, metrics } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { Deadline } from './deadline.js';
import { LostAnswer, outcomeOf, refused, tooLate, unreachable } from './jira-errors.js';
import type { JiraAnswer, Outcome } from './jira-errors.js';
import { ask } from './jira-http.js';
import type { Ask } from './jira-http.js';
import { readBody } from './read-body.js';
import { JiraTraffic } from './traffic/jira-traffic.js';
import type { Passage, Purpose } from './traffic/jira-traffic.js';
import { userAgent } from './user-agent.js';

export type JiraCallMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface JiraCall {
  readonly method: JiraCallMethod;
  /** Below `/rest/api/2`. A template without people in it: it is logged. */
  readonly route:
    | '/user'
    | '/user/search'
    | '/user/duplicated/list'
    | '/user/properties'
    | '/user/properties/{property}'
    | '/user/session/{username}'
    | '/group'
    | '/group/user'
    | '/group/member'
    | '/groups/picker'
    | '/project'
    | '/applicationrole'
    | '/serverInfo'
    | '/mypermissions';
  /** What stands for the braces of the route. */
  readonly segment?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly purpose?: Purpose;
}

interface Connection {
  /** With Jira's context path, if it has one. */
  readonly url: URL;
  readonly token: string;
  readonly logger: Logger;
  /** Shared by whoever calls this Jira from this process. */
  readonly traffic?: JiraTraffic;
  /** Default: over HTTP. */
  readonly ask?: Ask;
  /** Asked last before each call, when nothing can come between any more. What it throws, the call fails with. */
  readonly assertSendable?: () => void;
}

/** Speaks HTTP with Jira: one call, one answer, classified. Keeps no state between calls but the connections and the traffic. */
export class JiraRest {
  private readonly base: string;
  private readonly headers: Readonly<Record<string, string>>;
  readonly traffic: JiraTraffic;
  private readonly ask: Ask;

  constructor(private readonly connection: Connection) {
    const { url, token, traffic = new JiraTraffic() } = connection;
    this.traffic = traffic;
    this.ask = connection.ask ?? ask;
    // A token that cannot stand in a header would be printed in the message of the error.
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new TerminalError('jira.credentials_refused', 'JIRA_TOKEN holds characters that no token has.');
    }
    this.base = `${url.origin}${url.pathname.replace(/\/+$/, '')}/rest/api/2`;
    this.headers = { accept: 'application/json', authorization: `Bearer ${token}`, 'user-agent': userAgent };
  }

  /**
   * @param deadline bounds the call, waiting for its turn and the reading of its answer included
   * @throws OutageError when nobody answered, or not Jira's REST, or Jira refused us as a whole
   */
  async send(call: JiraCall, deadline: Deadline): Promise<Outcome> {
    const address = this.address(call);
    const passage = await this.traffic.enter(deadline, call.purpose);
    const startedMs = performance.now();
    const line = { method: call.method, route: `/rest/api/2${call.route}` };
    let status: number | undefined;
    try {
      const response = await this.exchange(call, address, deadline, passage);
      status = response.status;
      const outcome = outcomeOf(response, Date.now());
      const level = outcome.kind === 'done' || outcome.kind === 'missing' ? 'debug' : 'info';
      this.connection.logger[level]({ ...line, status, ms: elapsedMs(startedMs), outcome: outcome.kind }, 'jira call');
      return outcome;
    } catch (error) {
      const failure = error instanceof GatehouseError ? error.code : 'unexpected';
      this.connection.logger.info({ ...line, status, ms: elapsedMs(startedMs), failure }, 'jira call');
      throw error;
    } finally {
      metrics.jiraRequests.inc({ route: line.route, status: status ?? 'none' });
    }
  }

  private async exchange(call: JiraCall, address: string, deadline: Deadline, passage: Passage): Promise<JiraAnswer> {
    try {
      const response = await this.ask(address, {
        method: call.method,
        headers: this.headersOf(call),
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        signal: deadline.signal,
        assertSendable: () => this.assertSendable(deadline),
      });
      const body = await readBody(response);
      passage.answered(response);
      return { status: response.status, headers: response.headers, body };
    } catch (cause) {
      const isLate = deadline.signal.aborted;
      passage.failed(isLate ? 'late' : 'lost');
      if (cause instanceof GatehouseError) throw cause; // It was not sent.
      if (isLate) throw tooLate(cause);
      throw wasSent(cause) ? new LostAnswer(cause) : unreachable(cause);
    }
  }

  private assertSendable(deadline: Deadline): void {
    if (deadline.isOver) throw tooLate();
    this.connection.assertSendable?.();
  }

  private address({ route, segment = '', query = {} }: JiraCall): string {
    const path = route.replace(/\{\w+\}/, () => encodedSegment(segment));
    const pairs = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    return `${this.base}${path}${pairs.length > 0 ? `?${pairs.join('&')}` : ''}`;
  }

  private headersOf({ method, body }: JiraCall): Record<string, string> {
    const traceId = currentTraceId();
    return {
      ...this.headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      // Jira's XSRF filter lets JSON of a non-browser pass; proxies that rewrite User-Agent make this necessary.
      ...(method === 'GET' ? {} : { 'x-atlassian-token': 'no-check' }),
      ...(traceId === undefined ? {} : { 'x-request-id': traceId }),
    };
  }
}

/**
 * A name within a path. A slash is refused by many a server below Jira with a page, which looks like an outage;
 * a dot or two would be taken away by whoever resolves the path, and the call would be another one.
 */
function encodedSegment(name: string): string {
  if (/[\\/]/.test(name) || /^\.{0,2}$/.test(name)) throw refused('a name that cannot stand in a path');
  return encodeURIComponent(name);
}

/** Failures before the first byte left: nothing can have been done. */
const neverSent = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

function wasSent(cause: unknown): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return !(typeof code === 'string' && neverSent.has(code));
}

function elapsedMs(startedMs: number): number {
  return Math.round(performance.now() - startedMs);
}
