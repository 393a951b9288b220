import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LiveConfigReader } from '@gatehouse/database';
import { DataSource } from 'typeorm';
import type { EntityManager } from 'typeorm';

/** What is given must all fit. */
export interface WhichSessions {
  readonly session?: string | undefined;
  readonly account?: string | undefined;
  readonly identity?: string | undefined;
  readonly provider?: string | undefined;
}

export interface KnownSession {
  readonly id: string;
  readonly account_id: string;
  readonly username: string | null;
  readonly identity_id: string;
  readonly provider: string;
  readonly created_at: Date;
  readonly authenticated_at: Date;
  readonly last_seen_at: Date;
  readonly expires_at: Date;
  readonly remembered: boolean;
}

/** No claim of the provider: ids, the provider's key and the name in Jira. */
export interface SessionOwner {
  readonly session: string;
  readonly account: string;
  readonly username: string | null;
  readonly identity: string;
  readonly provider: string;
  readonly openedAt: Date;
}

const carriedOutWithinMs = 2_000;
const lookEveryMs = 50;

/** Reads the gateway's sessions. To end one is the gateway's to do, so an order is written for it (decision 15). */
@Injectable()
export class Sessions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveConfig: LiveConfigReader,
  ) {}

  /** Living ones, newest first. */
  async list(which: WhichSessions, { limit, after }: { limit: number; after?: string }): Promise<KnownSession[]> {
    return this.dataSource.query<KnownSession[]>(
      `select session.id, session.account_id, account.username, session.identity_id, identity.provider,
              session.created_at, session.authenticated_at, session.last_seen_at, session.expires_at, session.remembered
       ${living}
       and ($6::uuid is null or (session.created_at, session.id) <
            (select before.created_at, before.id from gateway.session before where before.id = $6))
       order by session.created_at desc, session.id desc limit $7`,
      [...(await this.valuesOf(which)), after ?? null, limit],
    );
  }

  async count(which: WhichSessions, manager: EntityManager = this.dataSource.manager): Promise<number> {
    const [row] = await manager.query<{ count: number }[]>(
      `select count(*)::int as count ${living}`,
      await this.valuesOf(which),
    );
    return row!.count;
  }

  /** Whose they are, for the audit: an id alone tells an auditor nothing once the session is forgotten. */
  async whose(which: WhichSessions, manager: EntityManager, limit: number): Promise<readonly SessionOwner[]> {
    return manager.query<SessionOwner[]>(
      `select session.id as session, session.account_id as account, account.username, session.identity_id as identity,
              identity.provider, session.created_at as "openedAt"
       ${living} order by session.created_at desc, session.id desc limit $6`,
      [...(await this.valuesOf(which)), limit],
    );
  }

  /** In the transaction of the audit's line. An order outlives every session that it could mean. */
  async order(manager: EntityManager, which: WhichSessions, by: { actor: string; reason: string }): Promise<Order> {
    const sessions = await this.count(which, manager);
    const { session, account, identity, provider } = which;
    const [row] = await manager.query<{ ordered_at: string }[]>(
      `insert into console.session_revocation (id, actor, reason, session_id, account_id, identity_id, provider)
       values ($1, $2, $3, $4, $5, $6, $7) returning ordered_at::text`,
      [randomUUID(), by.actor, by.reason, session ?? null, account ?? null, identity ?? null, provider ?? null],
    );
    await manager.query(`delete from console.session_revocation where ordered_at < now() - interval '400 days'`);
    await manager.query(`select pg_notify('gatehouse_session_revocation', '')`);
    return { which, sessions, orderedAt: row!.ordered_at };
  }

  /** Waits a moment for a gateway to have carried it out. @returns how many sessions are still alive */
  async remaining({ which, orderedAt }: Order): Promise<number> {
    const deadline = performance.now() + carriedOutWithinMs;
    while (true) {
      const [row] = await this.dataSource.query<{ count: number }[]>(
        `select count(*)::int as count ${living} and session.created_at <= $6::timestamptz`,
        [...(await this.valuesOf(which)), orderedAt],
      );
      if (row!.count === 0 || performance.now() >= deadline) return row!.count;
      await delay(lookEveryMs);
    }
  }

  private async valuesOf({ session, account, identity, provider }: WhichSessions): Promise<unknown[]> {
    const { idleMinutes } = (await this.liveConfig.current()).document.settings.session;
    return [idleMinutes, session ?? null, account ?? null, identity ?? null, provider ?? null];
  }
}

export interface Order {
  readonly which: WhichSessions;
  /** How many were alive. */
  readonly sessions: number;
  /** As PostgreSQL writes it: a Date would lose what is shorter than a millisecond. */
  readonly orderedAt: string;
}

/** The same conditions as the gateway's own. */
const living = `
from gateway.session session
join gateway.identity identity on identity.id = session.identity_id
left join sync.jira_account account on account.account_id = session.account_id
where session.ended_at is null and session.expires_at > now()
  and (session.remembered or session.last_seen_at > now() - make_interval(mins => $1::integer))
  and ($2::uuid is null or session.id = $2) and ($3::uuid is null or session.account_id = $3)
  and ($4::uuid is null or session.identity_id = $4) and ($5::text is null or identity.provider = $5)`;
