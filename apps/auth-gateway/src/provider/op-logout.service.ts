import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { decodeJwt } from 'jose';
import type Provider from 'oidc-provider';
import { LiveConfigReader } from '@gatehouse/database';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import type { CookieSink } from '../cookies/own-cookies.js';
import type { Page } from '../pages/layout.js';
import { logoutPage } from '../pages/sign-out-pages.js';
import { PageSurroundings } from '../pages/surroundings.service.js';
import { postLogoutAddresses, withState } from '../session/post-logout-addresses.js';
import { SessionStore } from '../session/session.store.js';
import { SignOut } from '../session/sign-out.service.js';
import { JiraAddress } from './jira.address.js';
import { jiraClientId } from './op-configuration.js';
import { parametersOf } from './request-parameters.js';

const endSessionPath = '/session/end';

interface LogoutRequest {
  /** Whose session is meant. */
  readonly accountId: string;
  /** Registered; undefined: ours. */
  readonly returnTo: string | undefined;
}

/**
 * `end_session_endpoint` of the OP (OpenID Connect RP-Initiated Logout 1.0). The library's own ends its own session,
 * which authenticates nobody here; so the request is verified with the library's keys, and ours is what ends.
 */
@Injectable()
export class OpLogout {
  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly sessions: SessionStore,
    private readonly signOut: SignOut,
    private readonly jira: JiraAddress,
    private readonly liveConfig: LiveConfigReader,
    private readonly surroundings: PageSurroundings,
  ) {}

  /** The library's own pages below it are never reached. */
  takes({ path }: { path: string }): boolean {
    return path === endSessionPath || path.startsWith(`${endSessionPath}/`);
  }

  /** @returns where the browser goes on, or the page that asks (O50): with it nothing has ended and nobody is sent anywhere */
  async answer(request: IncomingMessage, reply: CookieSink, op: Provider): Promise<string | Page> {
    const session = await this.sessions.ofBrowser(request);
    const parameters = await parametersOf(request);
    // A form on Jira's site brings none of the Lax cookies: without them the session would only look ended (O45).
    if (!session && parameters && request.method === 'POST')
      return `?${new URLSearchParams([...parameters]).toString()}`;
    const asked = await this.verified(parameters, op);
    if (typeof asked === 'string') {
      this.logger.warn({ step: 'end session', reason: asked }, 'the OP asks before it signs out');
      return logoutPage(this.surroundings.current());
    }
    const { accountId, returnTo } = asked;
    if (session && session.accountId !== accountId) return logoutPage(this.surroundings.current());
    return this.signOut.begin(request, reply, {
      reason: 'rp-logout',
      ...(returnTo === undefined ? {} : { returnTo }),
    });
  }

  /** @returns the reason to ask the person first, in words that name no value */
  private async verified(
    parameters: ReadonlyMap<string, string> | undefined,
    op: Provider,
  ): Promise<LogoutRequest | string> {
    if (!parameters) return 'the parameters cannot be read';
    const hint = parameters.get('id_token_hint');
    if (hint === undefined) return 'there is no id_token_hint';
    const clientId = parameters.get('client_id');
    if (clientId !== undefined && clientId !== jiraClientId) return 'client_id is another';
    const client = await op.Client.find(jiraClientId);
    if (!client) return 'Jira is not known yet';
    try {
      await op.IdToken.validate(hint, client); // Also one that has expired: it is a hint.
    } catch {
      return 'id_token_hint is not ours';
    }
    const { sub } = decodeJwt(hint);
    if (sub === undefined) return 'id_token_hint names nobody';
    const address = parameters.get('post_logout_redirect_uri');
    if (address === undefined) return { accountId: sub, returnTo: undefined };
    if (!(await this.addresses()).includes(address)) return 'post_logout_redirect_uri is not registered';
    return { accountId: sub, returnTo: withState(address, parameters.get('state')) };
  }

  /** Registered for Jira. */
  async addresses(): Promise<readonly string[]> {
    const { signedOutUrl } = (await this.liveConfig.current()).document.settings;
    return postLogoutAddresses(this.jira.known, signedOutUrl);
  }
}
