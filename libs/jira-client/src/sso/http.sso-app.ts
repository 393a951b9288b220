import { OutageError, TerminalError } from '@gatehouse/errors';
import type { z } from 'zod';
import { credentialsRefused } from '../jira-errors.js';
import { readBody } from '../read-body.js';
import { userAgent } from '../user-agent.js';
import { IdpConfig, IdpPage, SsoConfig } from './sso-app.js';
import type { IdpChange } from './sso-app.js';
import { ssoDataOf } from './sso-outcome.js';

const defaultDeadlineMs = 5_000;
const pageSize = 50;
const pagesMax = 20;

interface Connection {
  /** With Jira's context path, if it has one. */
  readonly url: URL;
  readonly token: string;
  /** Ends every call at once, for a process that stops. */
  readonly stopped?: AbortSignal;
  /** Of one call, the reading of its answer included. Default 5 s. */
  readonly deadlineMs?: number;
}

type Method = 'GET' | 'POST' | 'PATCH';

/**
 * The configuration of Jira's bundled SSO app. Every call has a deadline of 5 s.
 * @throws OutageError when Jira as a whole is away or refuses our token, TerminalError when it refuses the request
 */
export class SsoApp {
  private readonly base: string;

  constructor(private readonly connection: Connection) {
    const { url, token } = connection;
    // fetch would print a token it cannot put into a header in the message of its TypeError.
    if (!/^[\x21-\x7e]+$/.test(token)) throw credentialsRefused('JIRA_TOKEN holds characters that no token has');
    this.base = `${url.origin}${url.pathname.replace(/\/+$/, '')}/rest/authconfig/1.0`;
  }

  config(): Promise<SsoConfig> {
    return this.call(SsoConfig, 'GET', '/sso');
  }

  changeConfig(change: SsoConfig): Promise<SsoConfig> {
    return this.call(SsoConfig, 'PATCH', '/sso', change);
  }

  /** All of them, whatever the page size Jira chooses. */
  async idps(): Promise<readonly IdpConfig[]> {
    const found: IdpConfig[] = [];
    for (let page = 0; page < pagesMax; page += 1) {
      const { results, isLastPage } = await this.call(IdpPage, 'GET', `/idps?start=${found.length}&limit=${pageSize}`);
      found.push(...results);
      if (results.length === 0 || (isLastPage ?? results.length < pageSize)) return found;
    }
    throw new TerminalError('jira.request_refused', 'Jira lists identity providers without an end.');
  }

  idp(id: number): Promise<IdpConfig> {
    return this.call(IdpConfig, 'GET', `/idps/${id}`);
  }

  createIdp(idp: IdpChange): Promise<IdpConfig> {
    return this.call(IdpConfig, 'POST', '/idps', idp);
  }

  /** Only the given properties change. */
  changeIdp(id: number, change: IdpChange): Promise<IdpConfig> {
    return this.call(IdpConfig, 'PATCH', `/idps/${id}`, change);
  }

  private async call<Answer>(
    schema: z.ZodType<Answer>,
    method: Method,
    path: string,
    body?: IdpChange | SsoConfig,
  ): Promise<Answer> {
    const secret = body && 'client-secret' in body ? body['client-secret'] : undefined;
    const data = ssoDataOf(await this.exchange(method, path, body), Date.now(), secret);
    const parsed = schema.safeParse(data);
    if (parsed.success) return parsed.data;
    const fields = parsed.error.issues.map((issue) => issue.path.join('.')).slice(0, 5);
    throw new OutageError('jira.unavailable', 'Jira answered with something else than its SSO configuration.', {
      internal: `unexpected at ${fields.join(', ')}`,
    });
  }

  private async exchange(method: Method, path: string, body: unknown) {
    const { token, stopped, deadlineMs = defaultDeadlineMs } = this.connection;
    const deadline = AbortSignal.timeout(deadlineMs);
    try {
      const response = await fetch(this.base + path, {
        method,
        headers: {
          accept: 'application/json',
          authorization: `Bearer ${token}`,
          'user-agent': userAgent,
          ...(body === undefined ? {} : { 'content-type': 'application/json', 'x-atlassian-token': 'no-check' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        redirect: 'manual', // Following one would send the token elsewhere.
        signal: stopped ? AbortSignal.any([deadline, stopped]) : deadline,
      });
      return { status: response.status, headers: response.headers, body: await readBody(response) };
    } catch (cause) {
      throw new OutageError(
        'jira.unreachable',
        deadline.aborted ? 'Jira did not answer in time.' : 'Jira did not answer.',
        { cause },
      );
    }
  }
}
