import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { ownMember } from '@gatehouse/contracts';
import { LiveConfigReader, Notifications } from '@gatehouse/database';
import type { LiveConfig } from '@gatehouse/database';
import { LOGGER } from '@gatehouse/telemetry';
import type { Logger } from '@gatehouse/telemetry';
import { DataSource } from 'typeorm';

/** Whose people and groups a request is about: the token says so, and nothing else does. */
export interface Tenant {
  readonly provider: string;
  readonly tokenId: string;
}

interface Known {
  /** Undefined: there is no such token. */
  readonly tenant: Tenant | undefined;
  readonly expiresAt: number;
  readonly readAt: number;
}

/** A lost notification must not keep a revoked token alive for longer. */
const ageMaxMs = 5_000;
const knownMax = 10_000;
const useRecordedEveryMs = 60_000;
/** A provider that was added a moment ago may be newer than the configuration that is known here. */
const newestEveryMs = 1_000;

/** Tokens by their hashes. A right one costs no statement while it is fresh, and a wrong one no more than one in 5 s. */
@Injectable()
export class Tenants implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly known = new Map<string, Known>();
  private readonly usedAt = new Map<string, number>();
  private newestAt = -Infinity;
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly notifications: Notifications,
    private readonly liveConfig: LiveConfigReader,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.stopListening = await this.notifications.on('gatehouse_scim_token', () => this.known.clear());
  }

  onModuleDestroy(): void {
    this.stopListening?.();
  }

  async find(token: string): Promise<Tenant | undefined> {
    const hash = createHash('sha256').update(token).digest('hex');
    const { tenant } = this.fresh(hash) ?? (await this.read(hash));
    if (!tenant || !(await this.isConfigured(tenant))) return undefined;
    this.noteUse(tenant);
    return tenant;
  }

  /** A token outlives its provider, whose people it could still change. Where the provider comes back, so does the token. */
  private async isConfigured({ provider }: Tenant): Promise<boolean> {
    const isIn = ({ document }: LiveConfig) => ownMember(document.providers, provider) !== undefined;
    if (isIn(await this.liveConfig.current())) return true;
    const now = Date.now();
    if (now < this.newestAt + newestEveryMs) return false;
    this.newestAt = now;
    return isIn(await this.liveConfig.newest());
  }

  private fresh(hash: string): Known | undefined {
    const known = this.known.get(hash);
    const now = Date.now();
    return known && now < known.readAt + ageMaxMs && now < known.expiresAt ? known : undefined;
  }

  private async read(hash: string): Promise<Known> {
    const readAt = Date.now();
    const [row] = await this.dataSource.query<{ id: string; provider: string; expires_at: Date | null }[]>(
      `select id, provider, expires_at from console.scim_token
       where token_hash = $1 and (expires_at is null or expires_at > now())`,
      [hash],
    );
    const tenant = row && { provider: row.provider, tokenId: row.id };
    const known = { tenant, expiresAt: row?.expires_at?.getTime() ?? Infinity, readAt };
    this.known.delete(hash); // Re-inserted at the end: the first key is always the oldest.
    if (this.known.size >= knownMax) this.known.delete(this.known.keys().next().value!);
    this.known.set(hash, known);
    return known;
  }

  private noteUse({ tokenId, provider }: Tenant): void {
    const now = Date.now();
    if (now - (this.usedAt.get(tokenId) ?? -Infinity) < useRecordedEveryMs) return;
    this.usedAt.set(tokenId, now);
    this.dataSource
      .query(
        `insert into directory.token_use (token_id, provider, last_used_at) values ($1, $2, now())
         on conflict (token_id) do update set provider = excluded.provider, last_used_at = excluded.last_used_at`,
        [tokenId, provider],
      )
      .catch((error: unknown) => this.logger.debug({ err: error }, 'the use of a token was not recorded'));
  }
}
