import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { serializeCookie } from '@gatehouse/web';
import type { CookieScope } from '@gatehouse/web';
import { clearPresentCookie, cookieValue, ownCookiePrefix } from './own-cookies.js';
import type { CookieSink, WithCookies } from './own-cookies.js';

/** Whether Jira's session ended along with ours. */
export type SignedOut = 'jira-too' | 'jira-not';

/** Where a browser goes on when the provider has sent it back. */
export interface AfterSignOut {
  readonly state: string;
  readonly url: string;
}

const signedOut = `${ownCookiePrefix}signed_out`;
const afterSignOut = `${ownCookiePrefix}after_sign_out`;

/** Whoever comes back later than this may be sent to the provider without a question again. */
const signedOutSeconds = 86_400;
const afterSignOutSeconds = 600;

/** What a browser remembers of a sign-out. */
@Injectable()
export class SignOutCookies {
  private readonly scope: CookieScope;

  constructor(@Inject(CONFIG) { secureCookies }: Config) {
    this.scope = { secure: secureCookies, path: '/' };
  }

  /** D8: who has signed out is not signed in again before they have pressed something. */
  setSignedOut(reply: CookieSink, how: SignedOut): void {
    reply.header('set-cookie', this.signedOutCookie(how));
  }

  signedOutCookie(how: SignedOut): string {
    return serializeCookie(signedOut, how, this.scope, signedOutSeconds);
  }

  signedOut(request: WithCookies): SignedOut | undefined {
    const value = cookieValue(request, signedOut, this.scope);
    return value === 'jira-too' || value === 'jira-not' ? value : undefined;
  }

  clearSignedOut(request: WithCookies, reply: CookieSink): void {
    clearPresentCookie(request, reply, signedOut, this.scope);
  }

  /** Not through the provider: several return no parameter of ours. The address is checked again when it is used. */
  setAfterSignOut(reply: CookieSink, { state, url }: AfterSignOut): void {
    const value = `${state}.${Buffer.from(url).toString('base64url')}`;
    reply.header('set-cookie', serializeCookie(afterSignOut, value, this.scope, afterSignOutSeconds));
  }

  afterSignOut(request: WithCookies): AfterSignOut | undefined {
    const value = cookieValue(request, afterSignOut, this.scope) ?? '';
    const parts = /^([A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{1,2000})$/.exec(value);
    return parts ? { state: parts[1]!, url: Buffer.from(parts[2]!, 'base64url').toString() } : undefined;
  }

  clearAfterSignOut(request: WithCookies, reply: CookieSink): void {
    clearPresentCookie(request, reply, afterSignOut, this.scope);
  }
}
