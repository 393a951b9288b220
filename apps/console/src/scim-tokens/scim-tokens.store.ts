import { Injectable } from '@nestjs/common';
import type { ScimToken, ScimTokenOrder, ScimTokenRotation } from '@gatehouse/contracts';
import { TerminalError } from '@gatehouse/errors';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { recordAudit } from '../access/audit.js';
import { hashSecret } from '../access/hash-secret.js';
import { newToken } from '../access/new-token.js';

interface TokenRecord {
  id: string;
  provider: string;
  name: string;
  created_at: Date;
  created_by: string;
  expires_at: Date | null;
  last_used_at: Date | null;
}

interface EndedToken {
  provider: string;
  name: string;
  expires_at: Date;
  /** Without any rotation. */
  own_expires_at: Date | null;
  is_over: boolean;
}

export interface CreatedScimToken {
  readonly token: ScimToken;
  /** The only copy. */
  readonly secret: string;
}

const columns = `t.id, t.provider, t.name, t.created_at, t.created_by, t.expires_at, u.last_used_at
  from console.scim_token t left join directory.token_use u on u.token_id = t.id`;

/** How every scim-ingest learns at once that a token is not what it was. */
const announce = `select pg_notify('gatehouse_scim_token', '')`;

/** What identity providers authenticate themselves with, by its hash. */
@Injectable()
export class ScimTokens {
  constructor(private readonly dataSource: DataSource) {}

  /** By id, beginning after one. */
  async list(query: { provider?: string | undefined; limit: number; after?: string }): Promise<readonly ScimToken[]> {
    const rows = await this.dataSource.query<TokenRecord[]>(
      `select ${columns} where ($1::text is null or t.provider = $1) and ($2::uuid is null or t.id > $2)
       order by t.id limit $3`,
      [query.provider ?? null, query.after ?? null, query.limit],
    );
    return rows.map(shown);
  }

  async create(order: ScimTokenOrder, actor: string): Promise<CreatedScimToken> {
    return this.dataSource.transaction(async (manager) => {
      const created = await this.insert(manager, { ...order, expiresAt: order.expiresAt ?? null }, actor);
      const { provider, name, expiresAt } = created.token;
      await audit(manager, actor, 'scim-token.created', created.token, { provider, name, expiresAt });
      return created;
    });
  }

  /**
   * A successor of the same name, and an end for the old one: the identity provider is told the new one meanwhile.
   * @returns undefined when there is no such token
   * @throws TerminalError `token.over`
   */
  async rotate(id: string, rotation: ScimTokenRotation, actor: string): Promise<CreatedScimToken | undefined> {
    return this.dataSource.transaction(async (manager) => {
      const old = await this.ended(manager, id, rotation.overlapHours);
      if (!old) return undefined;
      if (old.is_over) throw new TerminalError('token.over', 'This token has expired.');
      const { provider, name } = old;
      const expiresAt = rotation.expiresAt ?? old.own_expires_at?.toISOString() ?? null;
      const created = await this.insert(manager, { provider, name, expiresAt }, actor);
      const details = { provider, name, successor: created.token.id, endsAt: old.expires_at, expiresAt };
      await audit(manager, actor, 'scim-token.rotated', { id }, details);
      await manager.query(announce);
      return created;
    });
  }

  async revoke(id: string, actor: string): Promise<'revoked' | 'not-found'> {
    return this.dataSource.transaction(async (manager) => {
      const rows = await manager.query<TokenRecord[]>(`select ${columns} where t.id = $1 for update of t`, [id]);
      if (!rows[0]) return 'not-found';
      await manager.query('delete from console.scim_token where id = $1', [id]);
      const { provider, name, createdAt, createdBy, lastUsedAt } = shown(rows[0]);
      await audit(manager, actor, 'scim-token.revoked', { id }, { provider, name, createdAt, createdBy, lastUsedAt });
      await manager.query(announce);
      return 'revoked';
    });
  }

  private async ended(manager: EntityManager, id: string, hours: number) {
    const [rows] = await manager.query<[EndedToken[], number]>(
      `update console.scim_token as t set expires_at = least(old.expires_at, now() + make_interval(hours => $2)),
         own_expires_at = case when old.rotated_at is null then old.expires_at else old.own_expires_at end, rotated_at = now()
       from (select * from console.scim_token where id = $1 for update) as old where t.id = old.id
       returning t.provider, t.name, t.expires_at, t.own_expires_at, coalesce(old.expires_at <= now(), false) as is_over`,
      [id, hours],
    );
    return rows[0];
  }

  private async insert(
    manager: EntityManager,
    { provider, name, expiresAt }: { provider: string; name: string; expiresAt: string | null },
    actor: string,
  ): Promise<CreatedScimToken> {
    const secret = newToken();
    const rows = await manager.query<TokenRecord[]>(
      `insert into console.scim_token (provider, name, token_hash, expires_at, created_by) values ($1, $2, $3, $4, $5)
       returning id, provider, name, created_at, created_by, expires_at, null::timestamptz as last_used_at`,
      [provider, name, hashSecret(secret), expiresAt, actor],
    );
    return { token: shown(rows[0]!), secret };
  }
}

function audit(
  manager: EntityManager,
  actor: string,
  action: string,
  { id }: { id: string },
  details: Readonly<Record<string, unknown>>,
): Promise<void> {
  return recordAudit(manager, { actor, action, object: `scim-token/${id}`, details });
}

function shown(row: TokenRecord): ScimToken {
  return {
    id: row.id,
    provider: row.provider,
    name: row.name,
    createdAt: row.created_at.toISOString(),
    createdBy: row.created_by,
    expiresAt: row.expires_at?.toISOString() ?? null,
    lastUsedAt: row.last_used_at?.toISOString() ?? null,
  };
}
