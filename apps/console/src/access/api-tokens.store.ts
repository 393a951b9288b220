import { Injectable } from '@nestjs/common';
import type { ApiTokenOrder, Role } from '@gatehouse/contracts';
import { ApiTokenRow } from '@gatehouse/database';
import { DataSource, MoreThan } from 'typeorm';
import { adminName } from './admin-tokens.store.js';
import { recordAudit } from './audit.js';
import { endSessionsOf } from './end-sessions.js';
import { hashSecret } from './hash-secret.js';
import { newToken } from './new-token.js';

export interface ValidToken {
  readonly id: string;
  readonly name: string;
  readonly role: Role;
}

export interface CreatedToken {
  readonly row: ApiTokenRow;
  readonly token: string;
}

interface Row extends ValidToken {
  readonly token_hash: string;
  readonly unrecorded: boolean;
}

/** Tokens of the admin API by their hashes; the bootstrap one is made by AdminTokens. */
@Injectable()
export class ApiTokens {
  constructor(private readonly dataSource: DataSource) {}

  /** By name, beginning after one. */
  async list({ limit, after }: { limit: number; after?: string }): Promise<readonly ApiTokenRow[]> {
    return this.dataSource.getRepository(ApiTokenRow).find({
      ...(after === undefined ? {} : { where: { name: MoreThan(after) } }),
      order: { name: 'asc' },
      take: limit,
    });
  }

  /** @returns the row and the only copy of the token; undefined when the name is taken */
  async create({ name, role, expiresAt }: ApiTokenOrder, actor: string): Promise<CreatedToken | undefined> {
    const token = newToken();
    return this.dataSource.transaction(async (manager) => {
      const rows = await manager.query<{ id: string }[]>(
        `insert into console.api_token (name, token_hash, role, expires_at, created_by) values ($1, $2, $3, $4, $5)
         on conflict (name) do nothing returning id`,
        [name, hashSecret(token), role, expiresAt ?? null, actor],
      );
      if (!rows[0]) return undefined;
      const row = await manager.getRepository(ApiTokenRow).findOneByOrFail({ id: rows[0].id });
      const details = { role, expiresAt: expiresAt ?? null };
      await recordAudit(manager, { actor, action: 'api-token.created', object: `api-token/${name}`, details });
      return { row, token };
    });
  }

  /** Ends the token and every session opened with it, in one commit. */
  async revoke(id: string, actor: string): Promise<'revoked' | 'not-found' | 'bootstrap'> {
    return this.dataSource.transaction(async (manager) => {
      const row = await manager
        .getRepository(ApiTokenRow)
        .findOne({ where: { id }, lock: { mode: 'pessimistic_write' } });
      if (!row) return 'not-found';
      if (row.name === adminName) return 'bootstrap';
      const sessionsEnded = await endSessionsOf(manager, id, 'token-revoked');
      await manager.delete(ApiTokenRow, { id });
      const { name, role, createdAt, createdBy, expiresAt, lastUsedAt } = row;
      // The row is gone with it: what it was is told here or nowhere.
      const details = { role, createdAt, createdBy, expiresAt, lastUsedAt, sessionsEnded };
      await recordAudit(manager, { actor, action: 'api-token.revoked', object: `api-token/${name}`, details });
      return 'revoked';
    });
  }

  /** Those of the hashes that are valid now. The hash is looked up, so no secret is compared byte by byte. */
  async find(hashes: readonly string[]): Promise<ReadonlyMap<string, ValidToken>> {
    const rows = await this.dataSource.query<Row[]>(
      `select id, name, role, token_hash, coalesce(last_used_at < now() - interval '1 minute', true) as unrecorded
       from console.api_token where token_hash = any($1) and (expires_at is null or expires_at > now())`,
      [hashes],
    );
    const unrecorded = rows.filter((row) => row.unrecorded).map(({ id }) => id);
    if (unrecorded.length > 0) {
      await this.dataSource.query(
        `update console.api_token set last_used_at = now()
         where id = any($1) and coalesce(last_used_at < now() - interval '1 minute', true)`,
        [unrecorded],
      );
    }
    return new Map(rows.map(({ token_hash, id, name, role }) => [token_hash, { id, name, role }]));
  }
}
