import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { cookieName, parseCookies, serializeCookie } from '@gatehouse/web';
import type { CookieScope } from '@gatehouse/web';

/** Every cookie of ours starts with this, so that the edge can keep them from Jira. */
export const ownCookiePrefix = 'gatehouse_';

const session = `${ownCookiePrefix}session`;
const transaction = `${ownCookiePrefix}tx_`;
const shortIdLength = 8;

const signedOut = `${ownCookiePrefix}signed_out`;
const afterSignOut = `${ownCookiePrefix}after_sign_out`;
const roundTrips = `${ownCookiePrefix}round_trips`;

/** Whoever comes back later than this may be sent to the provider without a question again. */
const signedOutSeconds = 86_400;
const afterSignOutSeconds = 600;

/** Abandoned sign-ins pile up until they expire; a request header has room for some 16 kB in all. */
const transactionsMax = 10;

/** 256 bits, base64url */
const secretPattern = /^[A-Za-z0-9_-]{43}$/;

/** Whether Jira's session ended along with ours. */
export type SignedOut = 'jira-too' | 'jira-not';

/** Where a browser goes on when the provider has sent it back. */
export interface AfterSignOut {
  readonly state: string;
  readonly url: string;
}

export type WithCookies = Pick<IncomingMessage, 'headers'>;

/** An answer that a cookie can be added to. */
export interface CookieSink {
  header(name: 'set-cookie', value: string): unknown;
}

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

  clearSession(reply: CookieSink): void {
    reply.header('set-cookie', serializeCookie(session, '', this.scope, 0));
  }

  /** D8: who has signed out is not signed in again before they have pressed something. */
  setSignedOut(reply: CookieSink, how: SignedOut): void {
    reply.header('set-cookie', serializeCookie(signedOut, how, this.scope, signedOutSeconds));
  }

  signedOut(request: IncomingMessage): SignedOut | undefined {
    const value = this.valueOf(request, signedOut);
    return value === 'jira-too' || value === 'jira-not' ? value : undefined;
  }

  clearSignedOut(request: IncomingMessage, reply: CookieSink): void {
    this.clearPresent(request, reply, signedOut);
  }

  /** Not through the provider: several return no parameter of ours. The address is checked again when it is used. */
  setAfterSignOut(reply: CookieSink, { state, url }: AfterSignOut): void {
    const value = `${state}.${Buffer.from(url).toString('base64url')}`;
    reply.header('set-cookie', serializeCookie(afterSignOut, value, this.scope, afterSignOutSeconds));
  }

  afterSignOut(request: IncomingMessage): AfterSignOut | undefined {
    const parts = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{1,2000})$/.exec(this.valueOf(request, afterSignOut) ?? '');
    return parts ? { state: parts[1]!, url: Buffer.from(parts[2]!, 'base64url').toString() } : undefined;
  }

  clearAfterSignOut(request: IncomingMessage, reply: CookieSink): void {
    this.clearPresent(request, reply, afterSignOut);
  }

  /** Counted in the browser: whoever forges it disturbs nobody but themselves. */
  roundTrips(request: IncomingMessage): string | undefined {
    return this.valueOf(request, roundTrips);
  }

  setRoundTrips(reply: CookieSink, value: string, seconds: number): void {
    reply.header('set-cookie', serializeCookie(roundTrips, value, this.scope, seconds));
  }

  clearRoundTrips(request: IncomingMessage, reply: CookieSink): void {
    this.clearPresent(request, reply, roundTrips);
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

  private valueOf(request: WithCookies, name: string): string | undefined {
    return parseCookies(request.headers.cookie).get(cookieName(name, this.scope));
  }

  /** An answer to a browser that has none says nothing of it. */
  private clearPresent(request: IncomingMessage, reply: CookieSink, name: string): void {
    if (this.valueOf(request, name) !== undefined) reply.header('set-cookie', serializeCookie(name, '', this.scope, 0));
  }

  private secret(request: WithCookies, name: string): string | undefined {
    const value = this.valueOf(request, name);
    return value !== undefined && secretPattern.test(value) ? value : undefined;
  }
}

function transactionName(id: string): string {
  return transaction + id.slice(0, shortIdLength);
}
