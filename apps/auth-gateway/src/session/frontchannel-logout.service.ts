import type { IncomingMessage } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LiveConfigReader, statement, Statements } from '@gatehouse/database';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import type { CookieSink } from '../cookies/gateway.cookies.js';
import { SessionStore } from './session.store.js';

interface ProviderSession {
  readonly provider: string;
  readonly issuer: string;
  readonly providerSession: string;
}

/**
 * The provider's page loads ours in a frame, in the browser that signed out. Anybody can do that, so it ends nothing
 * but the session of exactly this browser, and only for who knows the provider's session of it. Browsers that keep
 * cookies from frames of other sites make it do nothing: back-channel logout is the dependable way.
 */
@Injectable()
export class FrontchannelLogout {
  private readonly statements: Statements;

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly sessions: SessionStore,
    private readonly cookies: GatewayCookies,
    private readonly liveConfig: LiveConfigReader,
    dataSource: DataSource,
  ) {
    this.statements = new Statements(dataSource);
  }

  async receive(request: IncomingMessage, reply: CookieSink, asked: ProviderSession): Promise<void> {
    const session = await this.sessions.ofBrowser(request);
    if (!session || !(await this.isOf(session.id, asked))) return;
    const { providers } = (await this.liveConfig.current()).document;
    if (!Object.hasOwn(providers, asked.provider)) return;
    await this.sessions.end(session.id, 'frontchannel-logout');
    this.cookies.clearSession(reply);
    this.cookies.clearOpSession(reply);
    this.logger.info({ session: session.id, provider: asked.provider }, 'the provider signed a browser out');
  }

  private async isOf(id: string, { provider, issuer, providerSession }: ProviderSession): Promise<boolean> {
    if (providerSession.includes('\0') || issuer.includes('\0') || provider.includes('\0')) return false;
    return (await this.statements.first(ofProviderSession, [id, provider, issuer, providerSession])) !== undefined;
  }
}

const ofProviderSession = statement<{ id: string }>(
  `select session.id from gateway.session session join gateway.identity identity on identity.id = session.identity_id
   where session.id = $1 and identity.provider = $2 and identity.issuer = $3 and session.provider_session = $4`,
);
