import { GatehouseError, OutageError, TerminalError } from '@gatehouse/errors';
import { currentTraceId, metrics } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { outcomeOf, tooLate } from './jira-errors.js';
import type { JiraAnswer, Outcome } from './jira-errors.js';
import { readBody } from './read-body.js';
import { userAgent } from './user-agent.js';

export interface JiraCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Below `/rest/api/2`. A template without people in it: it is logged. */
  readonly route:
    | '/user'
    | '/user/properties'
    | '/user/properties/{property}'
    | '/group'
    | '/group/user'
    | '/group/member'
    | '/applicationrole'
    | '/serverInfo'
    | '/mypermissions';
  /** In the place of `{property}`. */
  readonly property?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

interface Connection {
  /** With Jira's context path, if it has one. */
  readonly url: URL;
  readonly token: string;
  readonly logger: Logger;
}

/** Speaks HTTP with Jira: one call, one answer, classified. Keeps no state between calls but the pool of global fetch. */
export class JiraRest {
  private readonly base: string;
  private readonly headers: Readonly<Record<string, string>>;

  constructor(private readonly connection: Connection) {
    const { url, token } = connection;
    // fetch would print a token it cannot put into a header in the message of its TypeError.
    if (!/^[\x21-\x7e]+$/.test(token)) {
      throw new TerminalError('jira.credentials_refused', 'JIRA_TOKEN holds characters that no token has.');
    }
    this.base = `${url.origin}${url.pathname.replace(/\/+$/, '')}/rest/api/2`;
    this.headers = { accept: 'application/json', authorization: `Bearer ${token}`, 'user-agent': userAgent };
  }

  /**
   * @param deadline aborts the call, the reading of its answer included
   * @throws OutageError when nobody answered, or not Jira's REST, or Jira refused us as a whole
   */
  async send(call: JiraCall, deadline: AbortSignal): Promise<Outcome> {
    const startedMs = performance.now();
    const line = { method: call.method, route: `/rest/api/2${call.route}` };
    let status: number | undefined;
    try {
      const response = await this.exchange(call, deadline);
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

  private async exchange(call: JiraCall, deadline: AbortSignal): Promise<JiraAnswer> {
    try {
      const response = await fetch(this.address(call), {
        method: call.method,
        headers: this.headersOf(call),
        body: call.body === undefined ? undefined : JSON.stringify(call.body),
        redirect: 'manual',
        signal: deadline,
      });
      return { status: response.status, headers: response.headers, body: await readBody(response) };
    } catch (cause) {
      if (deadline.aborted) throw tooLate(cause);
      throw new OutageError('jira.unreachable', 'Jira did not answer.', { cause, internal: 'connection failed' });
    }
  }

  private address({ route, property = '', query = {} }: JiraCall): string {
    const path = route.replace('{property}', encodeURIComponent(property));
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

function elapsedMs(startedMs: number): number {
  return Math.round(performance.now() - startedMs);
}
