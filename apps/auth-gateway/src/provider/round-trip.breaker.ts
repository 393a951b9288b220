import { Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC } from 'oidc-provider';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { goesInCircles, oneMoreAnswer, roundTripSeconds, roundTripsOf } from '../entry/round-trips.js';
import { SignInError } from '../pages/sign-in-error.js';

type Context = Pick<KoaContextWithOIDC, 'req' | 'path' | 'response' | 'append'>;

const authorizationPath = '/auth';

/** P01: a browser that Jira sends here again and again ends on a page, whatever goes wrong in Jira. */
@Injectable()
export class RoundTripBreaker {
  constructor(private readonly cookies: GatewayCookies) {}

  /** @throws SignInError in place of one more round */
  async guard(ctx: Context, next: () => Promise<void>): Promise<void> {
    const isAuthorization = ctx.path === authorizationPath || ctx.path.startsWith(`${authorizationPath}/`);
    if (!isAuthorization) return next();
    const trips = roundTripsOf(this.cookies.roundTrips(ctx.req), Math.floor(Date.now() / 1000));
    if (ctx.path === authorizationPath && goesInCircles(trips)) throw new SignInError('login.going_in_circles');
    await next();
    if (!carriesCode(ctx.response.get('location'))) return;
    const cookies = { header: (name: string, value: string) => ctx.append(name, value) };
    this.cookies.setRoundTrips(cookies, oneMoreAnswer(trips), roundTripSeconds);
  }
}

function carriesCode(location: string): boolean {
  return URL.canParse(location) && new URL(location).searchParams.has('code');
}
