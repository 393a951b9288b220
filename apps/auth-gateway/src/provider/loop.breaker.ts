import { Inject, Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { cookieName, parseCookies, serializeCookie } from '@gatehouse/web';
import type { CookieScope } from '@gatehouse/web';
import { ownCookiePrefix } from '../cookies/gateway.cookies.js';
import { goesRound, oneMore, readTrips, writeTrips } from './round-trips.js';
import type { RoundTrips } from './round-trips.js';

type Exchange = Pick<KoaContextWithOIDC, 'req' | 'method' | 'path' | 'append' | 'response'>;

const name = `${ownCookiePrefix}trips`;
const keptSeconds = 60;

/** Counts in the browser itself: whoever forges the count only stops or loops themselves, and nothing is asked of PostgreSQL. */
@Injectable()
export class LoopBreaker {
  private readonly scope: CookieScope;

  constructor(@Inject(CONFIG) { secureCookies, basePath }: Config) {
    this.scope = { secure: secureCookies, path: `${basePath}/oidc` };
  }

  isLoop(exchange: Exchange): boolean {
    return isAuthorizationRequest(exchange) && goesRound(this.tripsOf(exchange));
  }

  /** Counts an authorization request that was answered with a code at once. */
  notice(exchange: Exchange): void {
    if (!isAuthorizationRequest(exchange) || !carriesCode(exchange.response.get('location'))) return;
    this.keep(exchange, writeTrips(oneMore(this.tripsOf(exchange), nowSeconds())), keptSeconds);
  }

  forget(exchange: Exchange): void {
    this.keep(exchange, '', 0);
  }

  private tripsOf({ req }: Exchange): RoundTrips | undefined {
    return readTrips(parseCookies(req.headers.cookie).get(cookieName(name, this.scope)), nowSeconds());
  }

  private keep(exchange: Exchange, value: string, seconds: number): void {
    exchange.append('set-cookie', serializeCookie(name, value, this.scope, seconds));
  }
}

/** The first step, and not the one after a sign-in at a provider. */
function isAuthorizationRequest({ method, path }: Exchange): boolean {
  return (method === 'GET' || method === 'POST') && path === '/auth';
}

function carriesCode(location: string): boolean {
  return URL.canParse(location) && new URL(location).searchParams.has('code');
}

function nowSeconds(): number {
  return Math.floor(Date.now() / 1000);
}
