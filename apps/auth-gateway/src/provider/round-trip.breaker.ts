import { Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { goesInCircles, oneMoreAnswer, roundTripSeconds, roundTripsOf } from '../entry/round-trips.js';

type Context = Pick<KoaContextWithOIDC, 'req' | 'path' | 'response' | 'append'>;

const authorizationPath = '/auth';

/** P01: a browser that Jira sends here again and again ends on a page, whatever goes wrong in Jira. */
@Injectable()
export class RoundTripBreaker {
  constructor(private readonly cookies: GatewayCookies) {}

  isCircle({ req, path }: Context): boolean {
    return path === authorizationPath && goesInCircles(this.tripsOf(req));
  }

  /** Counts what was answered with a code. */
  notice(ctx: Context): void {
    const isAuthorization = ctx.path === authorizationPath || ctx.path.startsWith(`${authorizationPath}/`);
    if (!isAuthorization || !carriesCode(ctx.response.get('location'))) return;
    this.cookies.setRoundTrips(sink(ctx), oneMoreAnswer(this.tripsOf(ctx.req)), roundTripSeconds);
  }

  forget(ctx: Context): void {
    this.cookies.setRoundTrips(sink(ctx), '', 0);
  }

  private tripsOf(request: Context['req']) {
    return roundTripsOf(this.cookies.roundTrips(request), Math.floor(Date.now() / 1000));
  }
}

function sink(ctx: Context) {
  return { header: (name: string, value: string) => ctx.append(name, value) };
}

function carriesCode(location: string): boolean {
  return /^https?:[^?#]*\?(?:[^#]*&)?code=/.test(location);
}
