import type { IncomingMessage } from 'node:http';
import { cookieName, parseCookies, serializeCookie } from '@gatehouse/web';
import type { CookieScope } from '@gatehouse/web';

/** Every cookie of ours starts with this, so that the edge can keep them from Jira. */
export const ownCookiePrefix = 'gatehouse_';

export type WithCookies = Pick<IncomingMessage, 'headers'>;

/** An answer that a cookie can be added to. */
export interface CookieSink {
  header(name: 'set-cookie', value: string): unknown;
}

export function cookieValue({ headers }: WithCookies, name: string, scope: CookieScope): string | undefined {
  return parseCookies(headers.cookie).get(cookieName(name, scope));
}

/** An answer to a browser that has none says nothing of it. */
export function clearPresentCookie(request: WithCookies, reply: CookieSink, name: string, scope: CookieScope): void {
  if (cookieValue(request, name, scope) !== undefined) reply.header('set-cookie', serializeCookie(name, '', scope, 0));
}
