import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import { Notifications } from '@gatehouse/database';
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

/** Tokens by their hashes. A right one costs no statement while it is fresh, and a wrong one no more than one in 5 s. */
@Injectable()
export class Tenants implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly known = new Map<string, Known>();
  private readonly usedAt = new Map<string, number>();
  private stopListening: (() => void) | undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly notifications: Notifications,
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
    if (tenant) this.noteUse(tenant);
    return tenant;
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

  private noteUse({ tokenId }: Tenant): void {
    const now = Date.now();
    if (now - (this.usedAt.get(tokenId) ?? -Infinity) < useRecordedEveryMs) return;
    this.usedAt.set(tokenId, now);
    this.dataSource
      .query(
        `insert into directory.token_use (token_id, last_used_at) values ($1, now())
         on conflict (token_id) do update set last_used_at = excluded.last_used_at`,
        [tokenId],
      )
      .catch((error: unknown) => this.logger.debug({ err: error }, 'the use of a token was not recorded'));
  }
}
