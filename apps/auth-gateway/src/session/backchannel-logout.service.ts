import { Inject, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LiveConfigReader, statement, Statements } from '@gatehouse/database';
import { AnswerError, hashSecret } from '@gatehouse/relying-party';
import type { LogoutOrder } from '@gatehouse/relying-party';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { SignInError } from '../pages/sign-in-error.js';
import { ProviderConnections } from '../relying-party/provider-connections.service.js';
import { LogoutTokenPlaces } from './logout-token-places.js';
import { endingSessions, givingUpWaits } from './session-sql.js';

export type LogoutOutcome =
  | { kind: 'ended'; sessions: number }
  | { kind: 'refused' }
  /** As many as may be are under way already. */
  | { kind: 'busy' }
  | { kind: 'unavailable' };

/** Longer than a logout token of either dialect is accepted, whatever the clocks say. */
const rememberedSeconds = 1_800;

/** Verifying is cheap, and garbage is refused before it; so these bound what waits for a slow provider's keys. */
const placesMax = { perProvider: 50, inAll: 500 };

/** A provider ends our sessions (OpenID Connect Back-Channel Logout 1.0): whichever replica keeps them warm. */
@Injectable()
export class BackchannelLogout {
  private readonly statements: Statements;
  private readonly places = new LogoutTokenPlaces(placesMax);

  constructor(
    @Inject(LOGGER) private readonly logger: Logger,
    private readonly connections: ProviderConnections,
    private readonly liveConfig: LiveConfigReader,
    dataSource: DataSource,
  ) {
    this.statements = new Statements(dataSource);
  }

  async receive(key: string, token: string): Promise<LogoutOutcome> {
    const { document } = await this.liveConfig.current();
    if (!Object.hasOwn(document.providers, key)) return this.refused(key, 'not a provider of ours');
    if (!this.places.take(key)) {
      this.logger.warn({ provider: key }, 'a logout token has to come again: too many are under way');
      return { kind: 'busy' };
    }
    try {
      return await this.verify(key, token);
    } finally {
      this.places.leave(key);
    }
  }

  /** Nothing ends unless every check has passed (O48). */
  private async verify(key: string, token: string): Promise<LogoutOutcome> {
    try {
      const { connection, live } = await this.connections.open(key, 'configured');
      const { backchannelLogout: dialect, protocol } = live.document.providers[key]!;
      if (dialect === 'off' || protocol !== 'oidc') return this.refused(key, 'not wanted from this provider');
      const order = await connection.logoutOrder(token, { dialect, nowSeconds: Math.floor(Date.now() / 1000) });
      return typeof order === 'string' ? this.refused(key, order) : await this.carryOut(key, order);
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      if (failure.code === 'login.provider_unavailable') {
        this.logger.warn({ provider: key, reason: failure.reason }, 'a logout token could not be verified');
        return { kind: 'unavailable' };
      }
      return this.refused(key, failure.reason);
    }
  }

  private async carryOut(key: string, { issuer, subject, providerSession, tokenId }: LogoutOrder) {
    const values = [key, hashSecret(tokenId), rememberedSeconds, issuer, subject ?? null, providerSession ?? null];
    const row = await this.statements.first(carryOut, values);
    if (!row!.is_new) return this.refused(key, 'the token was used before');
    const sessions = Number(row!.ended);
    this.logger.info({ provider: key, sessions }, 'the provider signed somebody out');
    return { kind: 'ended', sessions } as const;
  }

  private refused(key: string, reason: string): LogoutOutcome {
    this.logger.warn({ provider: known(key), reason }, 'a logout token was refused');
    return { kind: 'refused' };
  }
}

/** A key is part of an address, which anybody can write. */
function known(key: string): string | undefined {
  return /^[a-z][a-z0-9-]{0,62}$/.test(key) ? key : undefined;
}

function failureOf(error: unknown): { code: string; reason: string } | undefined {
  if (error instanceof AnswerError) return error.failure;
  if (error instanceof SignInError) return { code: error.code, reason: error.internal ?? error.code };
  return undefined;
}

/** With `sid` only that session (O49). */
function isMeant(of: string): string {
  return `identity.id = ${of}.identity_id and identity.provider = $1 and identity.issuer = $4
    and ($5::text is null or identity.subject = $5) and ($6::text is null or ${of}.provider_session = $6)`;
}

/** The id is remembered in the same commit: of two deliveries at once one is a replay (O48). */
const carryOut = statement<{ is_new: boolean; ended: string }>(`
with remembered as (
  insert into gateway.logout_token (provider, jti, expires_at)
  values ($1, $2, now() + make_interval(secs => $3::integer)) on conflict do nothing returning jti
), ${endingSessions({
  from: 'from gateway.identity identity, remembered',
  which: isMeant('session'),
  reason: `'backchannel-logout'`,
})}, ${givingUpWaits({ from: 'from gateway.identity identity, remembered', which: isMeant('waiting') })}
select exists (select from remembered) as is_new, (select count(*) from ended) as ended, (select count(*) from told) as told`);
