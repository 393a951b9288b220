import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { LiveConfigReader, Notifications } from '@gatehouse/database';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { hashSecret } from '../relying-party/login-secret.js';
import { SessionCache } from './session-cache.js';

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

/** `$1` minutes of idleness; the clock is PostgreSQL's, so that replicas agree. */
const alive = `ended_at is null and expires_at > now() and last_seen_at > now() - make_interval(mins => $1)`;
const columns = `id, identity_id, account_id, created_at, expires_at,
  extract(epoch from now() - last_seen_at)::float8 as unseen_seconds`;

@Injectable()
export class SessionStore implements OnModuleInit, OnModuleDestroy {
  private readonly cache = new SessionCache<LiveSession>(limits);
  private stopListening: () => void = () => undefined;

  constructor(
    private readonly dataSource: DataSource,
    private readonly notifications: Notifications,
    private readonly liveConfig: LiveConfigReader,
    private readonly cookies: GatewayCookies,
  ) {}

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

  /** Past the cache: for the last question before a token is issued. */
  async byId(id: string): Promise<LiveSession | undefined> {
    const rows = await this.dataSource.query<Row[]>(
      `select ${columns} from gateway.session where id = $2 and ${alive}`,
      [await this.idleMinutes(), id],
    );
    return rows[0] && sessionOf(rows[0]);
  }

  /**
   * Opens a session under a fresh secret. The same account in the same browser keeps the session's id, so that a
   * code just issued to another tab stays good, while the old cookie is dead at once; anybody else's session
   * in this browser ends.
   * @returns the secret for the browser's cookie
   */
  async open(
    manager: EntityManager,
    { identityId, accountId, oldToken }: { identityId: string; accountId: string; oldToken: string | undefined },
  ): Promise<string> {
    const { document } = await this.liveConfig.current();
    const token = randomBytes(32).toString('base64url');
    const fresh = [hashSecret(token), identityId, document.settings.session.absoluteHours];
    const old = oldToken === undefined ? undefined : await this.oldSession(manager, oldToken);
    if (old?.account_id === accountId) {
      await manager.query(
        `update gateway.session set token_hash = $1, identity_id = $2, created_at = now(), last_seen_at = now(),
           expires_at = now() + make_interval(hours => $3) where id = $4`,
        [...fresh, old.id],
      );
      await manager.query(`select pg_notify('gatehouse_session', $1)`, [old.id]);
      return token;
    }
    if (old) await this.endWithin(manager, old.id, 'replaced');
    await manager.query(
      `insert into gateway.session (token_hash, identity_id, expires_at, id, account_id)
       values ($1, $2, now() + make_interval(hours => $3), $4, $5)`,
      [...fresh, randomUUID(), accountId],
    );
    return token;
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

  private async oldSession(manager: EntityManager, token: string): Promise<Row | undefined> {
    const rows = await manager.query<Row[]>(
      `select ${columns} from gateway.session where token_hash = $2 and ${alive} for update`,
      [await this.idleMinutes(), hashSecret(token)],
    );
    return rows[0];
  }

  private async byTokenHash(hash: string): Promise<{ id: string; value: LiveSession } | undefined> {
    const rows = await this.dataSource.query<Row[]>(
      `select ${columns} from gateway.session where token_hash = $2 and ${alive}`,
      [await this.idleMinutes(), hash],
    );
    const row = rows[0];
    if (!row) return undefined;
    if (row.unseen_seconds > seenEverySeconds) {
      await this.dataSource.query(`update gateway.session set last_seen_at = now() where id = $1`, [row.id]);
    }
    return { id: row.id, value: sessionOf(row) };
  }

  private async idleMinutes(): Promise<number> {
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
