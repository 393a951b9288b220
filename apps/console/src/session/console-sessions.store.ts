import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Role } from '@gatehouse/contracts';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';
import { recordAudit } from '../access/audit.js';
import { hashSecret } from '../access/hash-secret.js';

export interface ConsoleSession {
  readonly id: string;
  /** `session:<name of the token>`, for the audit. */
  readonly actor: string;
  /** Of the token it was opened with. */
  readonly name: string;
  readonly role: Role;
  readonly expiresAt: Date;
}

interface Row {
  readonly id: string;
  readonly actor: string;
  readonly name: string;
  readonly role: Role;
  readonly expires_at: Date;
  readonly unseen_seconds: number;
}

export const sessionMinutes = 30;
const secretBytes = 32;
const seenEverySeconds = 60;
const keptDays = 7;

/** Joined with its token: a session is never worth more than that, even if nobody came to end it. */
const findAlive = `
select session.id, session.actor, session.role, session.expires_at, token.name,
       extract(epoch from now() - session.last_seen_at)::float8 as unseen_seconds
from console.session join console.api_token token on token.id = session.api_token_id
where session.secret_hash = $1 and session.ended_at is null and session.expires_at > now()
  and (token.expires_at is null or token.expires_at > now())`;

/** The token's row is locked, so that it cannot be revoked or replaced between the look at it and the session. */
const openSession = `
insert into console.session (secret_hash, api_token_id, actor, role, expires_at)
select $1, id, 'session:' || name, role, least(now() + make_interval(mins => $3), expires_at)
from console.api_token where token_hash = $2 and (expires_at is null or expires_at > now()) for share
returning id, actor, role`;

/** Console sessions in PostgreSQL: every replica knows them, and only hashes of their secrets are there. */
@Injectable()
export class ConsoleSessions {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Always a fresh secret, so that a cookie from before the sign-in never becomes a signed-in one.
   * @param oldSecret of a session in the same browser, which ends
   * @returns the secret for the cookie; undefined when the token has just been revoked
   */
  async open(token: string, oldSecret: string | undefined): Promise<string | undefined> {
    const secret = randomBytes(secretBytes).toString('base64url');
    return this.dataSource.transaction(async (manager) => {
      const rows = await manager.query<{ id: string; actor: string; role: Role }[]>(openSession, [
        hashSecret(secret),
        hashSecret(token),
        sessionMinutes,
      ]);
      const row = rows[0];
      if (!row) return undefined;
      if (oldSecret !== undefined) await end(manager, oldSecret, 'replaced');
      // Here and not in a loop: only sign-ins make rows.
      await manager.query(`delete from console.session where expires_at < now() - make_interval(days => $1)`, [
        keptDays,
      ]);
      const { id, actor, role } = row;
      await recordAudit(manager, { actor, action: 'session.opened', object: `session/${id}`, details: { role } });
      return secret;
    });
  }

  async find(secret: string): Promise<ConsoleSession | undefined> {
    const [row] = await this.dataSource.query<Row[]>(findAlive, [hashSecret(secret)]);
    if (!row) return undefined;
    if (row.unseen_seconds > seenEverySeconds)
      await this.dataSource.query('update console.session set last_seen_at = now() where id = $1', [row.id]);
    return { id: row.id, actor: row.actor, name: row.name, role: row.role, expiresAt: row.expires_at };
  }

  async end(secret: string): Promise<void> {
    await this.dataSource.transaction((manager) => end(manager, secret, 'signed-out'));
  }
}

async function end(manager: EntityManager, secret: string, reason: string): Promise<void> {
  const [rows] = await manager.query<[{ id: string; actor: string }[], number]>(
    `update console.session set ended_at = now(), ended_reason = $2
     where secret_hash = $1 and ended_at is null returning id, actor`,
    [hashSecret(secret), reason],
  );
  for (const { id, actor } of rows)
    await recordAudit(manager, { actor, action: 'session.ended', object: `session/${id}`, details: { reason } });
}
