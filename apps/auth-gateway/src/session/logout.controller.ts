import { Controller, Get, Inject, Post, Query, Req, Res, UseFilters } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { LiveConfigReader } from '@gatehouse/database';
import { isSameOrigin } from '@gatehouse/web';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { SignOutCookies } from '../cookies/sign-out.cookies.js';
import { redirect, sendPage } from '../pages/send.js';
import { SignInErrorFilter } from '../pages/sign-in-error.filter.js';
import { SignInError } from '../pages/sign-in-error.js';
import { loggedOutPage, logoutPage, signingOutPage } from '../pages/sign-out-pages.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { isPostLogoutAddress, postLogoutAddresses } from './post-logout-addresses.js';
import { SignOut } from './sign-out.service.js';
import { provesSignOut } from './sign-out-proof.js';

@Controller()
@UseFilters(SignInErrorFilter)
export class LogoutController {
  constructor(
    @Inject(CONFIG) private readonly config: Config,
    private readonly signOut: SignOut,
    private readonly liveConfig: LiveConfigReader,
    private readonly cookies: GatewayCookies,
    private readonly signOutCookies: SignOutCookies,
    private readonly surroundings: PageSurroundings,
  ) {}

  /** Asks first: a link or an image on another page must not sign anybody out. Whoever Jira signed out has been asked. */
  @Get('logout')
  async confirm(
    @Query('proof') proof: unknown,
    @Req() { raw }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const token = this.cookies.session(raw);
    if (token !== undefined && provesSignOut(proof, token, Math.floor(Date.now() / 1000)))
      return redirect(reply, await this.signOut.begin(raw, reply, { reason: 'jira-logout' }));
    await sendPage(reply, logoutPage(this.surroundings.current()));
  }

  @Post('logout')
  async logout(@Req() { headers, raw }: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    if (!isSameOrigin(headers, this.config.publicUrl.origin)) throw new SignInError('logout.cross_site');
    const address = await this.signOut.begin(raw, reply, { reason: 'logout' });
    const staysHere = new URL(address).origin === this.config.publicUrl.origin;
    // A browser that navigates holds `form-action` against redirects as well; everybody else just follows.
    if (staysHere || headers['sec-fetch-mode'] !== 'navigate') return redirect(reply, address);
    await sendPage(reply, signingOutPage(address, this.surroundings.current()));
  }

  /** Where providers send a browser back. Nothing is ended here, so nothing of the request needs to be believed. */
  @Get('logged-out')
  async loggedOut(
    @Query('state') state: unknown,
    @Req() { raw }: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const after = this.signOutCookies.afterSignOut(raw);
    this.signOutCookies.clearAfterSignOut(raw, reply);
    const { signedOutUrl } = (await this.liveConfig.current()).document.settings;
    const surroundings = this.surroundings.current();
    const allowed = postLogoutAddresses(surroundings.jiraUrl, signedOutUrl);
    const isMeant = state === undefined || state === after?.state; // Cognito and others return none.
    if (after && isMeant && isPostLogoutAddress(after.url, allowed)) return redirect(reply, after.url);
    if (signedOutUrl !== undefined) return redirect(reply, signedOutUrl);
    await sendPage(reply, loggedOutPage(this.signOutCookies.signedOut(raw), surroundings));
  }
}
