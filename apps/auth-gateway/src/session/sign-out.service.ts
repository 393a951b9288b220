import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG } from '@gatehouse/config';
import type { Config } from '@gatehouse/config';
import { Encryption, LiveConfigReader } from '@gatehouse/database';
import { signOutUrl } from '@gatehouse/relying-party';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { SignOutCookies } from '../cookies/sign-out.cookies.js';
import type { CookieSink } from '../cookies/own-cookies.js';
import { idTokenPlace } from '../entry/login-record.store.js';
import { SignInError } from '../pages/sign-in-error.js';
import { ProviderConnections } from '../relying-party/provider-connections.service.js';
import { JiraSignOut } from './jira.sign-out.js';
import { SessionStore } from './session.store.js';
import type { EndedSession, SessionEnding } from './session.store.js';

export interface SigningOut {
  readonly reason: SessionEnding;
  /** Where the browser is to end, allowed already; left out: where the configuration says. */
  readonly returnTo?: string;
}

/** Signing out, whoever asks for it: Jira, then the provider, then the page that was asked for (S13). */
@Injectable()
export class SignOut {
  private readonly signedOutPage: string;

  constructor(
    @Inject(CONFIG) { publicUrl }: Config,
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly sessions: SessionStore,
    private readonly cookies: GatewayCookies,
    private readonly signOutCookies: SignOutCookies,
    private readonly jira: JiraSignOut,
    private readonly connections: ProviderConnections,
    private readonly encryption: Encryption,
    private readonly liveConfig: LiveConfigReader,
  ) {
    this.signedOutPage = `${publicUrl.href.replace(/\/$/, '')}/logged-out`;
  }

  /** Ours is over when this returns, whatever Jira and the provider do. @returns where the browser goes on */
  async begin(request: IncomingMessage, reply: CookieSink, { reason, returnTo }: SigningOut): Promise<string> {
    const [jiraEnded, ended] = await Promise.all([this.jira.end(request, reply), this.endOurs(request, reason)]);
    this.cookies.clearSession(reply);
    this.cookies.clearOpSession(reply);
    this.cookies.clearRoundTrips(request, reply);
    const withoutJira = !jiraEnded && reason !== 'jira-logout';
    this.signOutCookies.setSignedOut(reply, withoutJira ? 'jira-not' : 'jira-too');
    const state = randomBytes(16).toString('base64url');
    const atProvider = ended && (await this.addressAtProvider(ended, state));
    if (atProvider === undefined) return returnTo ?? (await this.signedOutUrl()) ?? this.signedOutPage;
    if (returnTo !== undefined) this.signOutCookies.setAfterSignOut(reply, { state, url: returnTo });
    return atProvider.href;
  }

  private async signedOutUrl(): Promise<string | undefined> {
    return (await this.liveConfig.current()).document.settings.signedOutUrl;
  }

  private async endOurs(request: IncomingMessage, reason: SessionEnding): Promise<EndedSession | undefined> {
    const session = await this.sessions.ofBrowser(request);
    if (!session) return undefined;
    const ended = await this.sessions.end(session.id, reason);
    this.logger.info({ session: session.id, reason }, 'signed out');
    return ended;
  }

  private async addressAtProvider({ provider: key, sealedIdToken }: EndedSession, state: string) {
    try {
      const { connection, live } = await this.connections.open(key, 'configured');
      return signOutUrl({
        provider: live.document.providers[key]!,
        endSessionEndpoint: connection.endSessionEndpoint,
        returnTo: this.signedOutPage,
        state,
        idTokenHint: this.hintFrom(sealedIdToken),
      });
    } catch (error) {
      // Away, or removed meanwhile. Ours is over all the same, and the page says what it can.
      if (!(error instanceof SignInError)) throw error;
      this.logger.warn({ provider: key, error: error.code }, 'the provider could not be asked to sign out');
      return undefined;
    }
  }
  /** Undefined as well when it was sealed before the key was changed: the provider then asks the person. */
  private hintFrom(sealed: string | undefined): string | undefined {
    try {
      return sealed === undefined ? undefined : this.encryption.open(sealed, idTokenPlace);
    } catch {
      return undefined;
    }
  }
}
