import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { request as send } from 'undici';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { LOGGER, version } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { parseCookies } from '@gatehouse/web';
import { ownCookiePrefix } from '../cookies/own-cookies.js';
import type { CookieSink } from '../cookies/own-cookies.js';
import { isJiraSessionCookie, removeOwnCookies } from '../edge/index.js';

const withinMs = 2_000;

/**
 * Ends a browser's session in Jira, as Jira's own page would: behind the edge Jira's cookies come to us as well. Where
 * Jira has an origin of its own they do not, and its session is not ours to end.
 */
@Injectable()
export class JiraSignOut {
  private readonly address: URL;

  constructor(
    @Inject(CONFIG) { jira }: Config,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.address = new URL(`${jira.url.href.replace(/\/$/, '')}/rest/auth/1/session`);
  }

  /** @returns whether the browser has no session in Jira now, as far as can be told; never throws */
  async end({ headers }: IncomingMessage, reply: CookieSink): Promise<boolean> {
    const names = [...parseCookies(headers.cookie).keys()];
    if (!names.some(isJiraSessionCookie)) return false;
    try {
      const {
        statusCode,
        headers: answered,
        body,
      } = await send(this.address, {
        method: 'DELETE',
        headers: {
          cookie: removeOwnCookies(headers.cookie ?? '', [ownCookiePrefix]) ?? '',
          accept: 'application/json',
          'user-agent': `Gatehouse/${version}`,
          'x-atlassian-token': 'no-check', // Jira's check for forged requests; ours was made already.
        },
        signal: AbortSignal.timeout(withinMs),
      });
      await body.dump();
      for (const cookie of [answered['set-cookie'] ?? []].flat())
        if (!isOurs(cookie)) reply.header('set-cookie', cookie);
      const isEnded = statusCode === 204 || statusCode === 401; // 401: there was none.
      if (!isEnded) this.logger.warn({ status: statusCode }, "Jira did not end the browser's session");
      return isEnded;
    } catch {
      this.logger.warn("Jira did not answer in time, and the browser's session there may go on");
      return false;
    }
  }
}

function isOurs(cookie: string): boolean {
  return cookie.replace(/^__(Host|Secure)-/, '').startsWith(ownCookiePrefix);
}
