import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { cookieName, parseCookies, serializeCookie } from '@gatehouse/web';
import type { CookieScope } from '@gatehouse/web';
import { clearPresentCookie, cookieValue, ownCookiePrefix } from './own-cookies.js';
import type { CookieSink, WithCookies } from './own-cookies.js';

const session = `${ownCookiePrefix}session`;
const transaction = `${ownCookiePrefix}tx_`;
const shortIdLength = 8;

const roundTrips = `${ownCookiePrefix}round_trips`;

/** Abandoned sign-ins pile up until they expire; a request header has room for some 16 kB in all. */
const transactionsMax = 10;

/** 256 bits, base64url */
const secretPattern = /^[A-Za-z0-9_-]{43}$/;

@Injectable()
export class GatewayCookies {
  private readonly scope: CookieScope;
  private readonly opScope: CookieScope;
  private readonly basePath: string;

  constructor(@Inject(CONFIG) { secureCookies, basePath }: Config) {
    this.basePath = basePath;
    this.scope = { secure: secureCookies, path: '/' };
    this.opScope = { secure: secureCookies, path: `${basePath}/oidc` };
  }

  session(request: WithCookies): string | undefined {
    return this.secret(request, session);
  }

  /**
   * Ends with the browser unless it is to be remembered (S61), and on our side by limits of its own.
   * @param rememberSeconds undefined: until the browser is closed
   */
  setSession(reply: CookieSink, token: string, rememberSeconds: number | undefined): void {
    reply.header('set-cookie', serializeCookie(session, token, this.scope, rememberSeconds));
  }

  /** What an OP that answers in the same breath as `setSession` has to see: the cookies the browser will have then. */
  withSession(request: IncomingMessage, token: string): string {
    const trips = this.roundTrips(request);
    const kept = trips === undefined ? [] : [`${cookieName(roundTrips, this.scope)}=${trips}`];
    return [`${cookieName(session, this.scope)}=${token}`, ...kept].join('; ');
  }

  clearSession(reply: CookieSink): void {
    reply.header('set-cookie', serializeCookie(session, '', this.scope, 0));
  }

  /** Counted in the browser: whoever forges it disturbs nobody but themselves. */
  roundTrips(request: IncomingMessage): string | undefined {
    return cookieValue(request, roundTrips, this.scope);
  }

  setRoundTrips(reply: CookieSink, value: string, seconds: number): void {
    reply.header('set-cookie', serializeCookie(roundTrips, value, this.scope, seconds));
  }

  clearRoundTrips(request: IncomingMessage, reply: CookieSink): void {
    clearPresentCookie(request, reply, roundTrips, this.scope);
  }

  transaction(request: IncomingMessage, id: string): string | undefined {
    return this.secret(request, transactionName(id));
  }

  /**
   * One cookie for each sign-in, so that tabs do not disturb each other.
   * @param sameSite None only where the answer is posted from the provider's site
   */
  setTransaction(
    reply: CookieSink,
    { id, secret }: { id: string; secret: string },
    maxAgeSeconds: number,
    sameSite: 'Lax' | 'None' = 'Lax',
  ): void {
    const scope = { ...this.scope, sameSite };
    reply.header('set-cookie', serializeCookie(transactionName(id), secret, scope, maxAgeSeconds));
  }

  clearTransaction(reply: CookieSink, id: string): void {
    reply.header('set-cookie', serializeCookie(transactionName(id), '', this.scope, 0));
  }

  /** Makes room for one more by forgetting the oldest. */
  dropSurplusTransactions(request: IncomingMessage, reply: CookieSink): void {
    const prefix = cookieName(transaction, this.scope);
    const names = [...parseCookies(request.headers.cookie).keys()].filter((name) => name.startsWith(prefix));
    for (const name of names.slice(0, Math.max(0, names.length - transactionsMax + 1))) {
      const shortId = name.slice(prefix.length);
      if (/^[0-9a-f]+$/.test(shortId)) this.clearTransaction(reply, shortId);
    }
  }

  /** The names the OP uses: its defaults would collide with any other provider on this host, as cookies ignore ports. */
  get opNames(): { session: string; interaction: string; resume: string } {
    const named = (name: string) => cookieName(`${ownCookiePrefix}op_${name}`, this.opScope);
    return { session: named('session'), interaction: named('interaction'), resume: named('resume') };
  }

  get opPath(): string {
    return this.opScope.path;
  }

  clearOpSession(reply: CookieSink): void {
    this.clearSigned(reply, 'session', this.opScope);
  }

  /** Lives below the sign-in page it belongs to. */
  clearOpInteraction(reply: CookieSink, uid: string): void {
    this.clearSigned(reply, 'interaction', { ...this.opScope, path: `${this.basePath}/login/${uid}` });
  }

  private clearSigned(reply: CookieSink, kind: string, scope: CookieScope): void {
    for (const name of [`${ownCookiePrefix}op_${kind}`, `${ownCookiePrefix}op_${kind}.sig`]) {
      reply.header('set-cookie', serializeCookie(name, '', scope, 0));
    }
  }

  private secret(request: WithCookies, name: string): string | undefined {
    const value = cookieValue(request, name, this.scope);
    return value !== undefined && secretPattern.test(value) ? value : undefined;
  }
}

function transactionName(id: string): string {
  return transaction + id.slice(0, shortIdLength);
}
