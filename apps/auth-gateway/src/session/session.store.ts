import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { LiveConfigReader, Notifications, statement, Statements } from '@gatehouse/database';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { hashSecret } from '@gatehouse/relying-party';
import { SessionCache } from './session-cache.js';
import { alive } from './session-sql.js';

export interface LiveSession {
  /** Public: also the id of the grant that the OP makes of it. */
  readonly id: string;
  readonly identityId: string;
  readonly accountId: string;
  readonly authenticatedAt: Date;
  /** Absolute. */
  readonly expiresAt: Date;
}

interface Row {
  id: string;
  identity_id: string;
  account_id: string;
  created_at: Date;
  expires_at: Date;
  unseen_seconds: number;
}

const seenEverySeconds = 60;
const limits = { entriesMax: 10_000, hardAgeMs: 3_000 };

const byTokenHash = statement<Row>(
  `select id, identity_id, account_id, created_at, expires_at,
          extract(epoch from now() - last_seen_at)::float8 as unseen_seconds
   from gateway.session where token_hash = $2 and ${alive('session', '$1::integer')}`,
);

const markSeen = statement(`update gateway.session set last_seen_at = now() where id = $1`);

@Injectable()
export class SessionStore implements OnModuleInit, OnModuleDestroy {
  private readonly cache = new SessionCache<LiveSession>(limits);
  private readonly statements: Statements;
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly notifications: Notifications,
    private readonly liveConfig: LiveConfigReader,
    private readonly cookies: GatewayCookies,
  ) {
    this.statements = new Statements(dataSource);
  }

  async onModuleInit(): Promise<void> {
    this.stopListening = await this.notifications.on('gatehouse_session', (id) => this.cache.forget(id));
  }

  onModuleDestroy(): void {
    this.stopListening();
  }

  async ofBrowser(request: IncomingMessage): Promise<LiveSession | undefined> {
    const token = this.cookies.session(request);
    if (token === undefined) return undefined;
    const key = hashSecret(token);
    return this.cache.get(key) ?? this.cache.load(key, () => this.byTokenHash(key));
  }

  async end(id: string, reason: string): Promise<void> {
    await this.dataSource.transaction((manager) => this.endWithin(manager, id, reason));
    this.cache.forget(id);
  }

  /** Everything the OP issued under it goes with it: its codes and tokens carry the session's id as their grant. */
  private async endWithin(manager: EntityManager, id: string, reason: string): Promise<void> {
    await manager.query(
      `update gateway.session set ended_at = now(), ended_reason = $2 where id = $1 and ended_at is null`,
      [id, reason],
    );
    await manager.query(`delete from gateway.op_model where grant_id = $1`, [id]);
    await manager.query(`select pg_notify('gatehouse_session', $1)`, [id]);
  }

  private async byTokenHash(hash: string): Promise<{ id: string; value: LiveSession } | undefined> {
    const row = await this.statements.first(byTokenHash, [await this.idleMinutes(), hash]);
    if (!row) return undefined;
    await this.seen(row.id, row.unseen_seconds);
    return { id: row.id, value: sessionOf(row) };
  }

  /** Notes that a session was used, about once a minute. */
  async seen(id: string, unseenSeconds: number): Promise<void> {
    if (unseenSeconds > seenEverySeconds) await this.statements.rows(markSeen, [id]);
  }

  async idleMinutes(): Promise<number> {
    return (await this.liveConfig.current()).document.settings.session.idleMinutes;
  }
}

function sessionOf(row: Row): LiveSession {
  return {
    id: row.id,
    identityId: row.identity_id,
    accountId: row.account_id,
    authenticatedAt: row.created_at,
    expiresAt: row.expires_at,
  };
}
