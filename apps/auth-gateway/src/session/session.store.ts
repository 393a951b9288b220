import type { IncomingMessage } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { OnModuleDestroy, OnModuleInit } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LiveConfigReader, Notifications, statement, Statements } from '@gatehouse/database';
import { GatewayCookies } from '../cookies/gateway.cookies.js';
import { hashSecret } from '@gatehouse/relying-party';
import { linkedIdentity } from '../entry/account.store.js';
import { isDeactivated } from '../entry/deactivation-sql.js';
import { directoryPolicyOf } from '../entry/directory-policy.js';
import { SessionCache } from './session-cache.js';
import { alive, endingSessions, oneByOne } from './session-sql.js';

export interface LiveSession {
  /** Public: also the id of the grant that the OP makes of it. */
  readonly id: string;
  readonly identityId: string;
  readonly accountId: string;
  /** By the provider's word, where it said when. */
  readonly authenticatedAt: Date;
  /** Absolute. */
  readonly expiresAt: Date;
}

/** Why a session ended, as its row says it. */
export type SessionEnding = 'logout' | 'jira-logout' | 'rp-logout' | 'frontchannel-logout';

export interface EndedSession {
  readonly provider: string;
  readonly sealedIdToken: string | undefined;
}

interface EndedRow {
  provider: string;
  id_token_sealed: string | null;
}

interface Row {
  id: string;
  identity_id: string;
  account_id: string;
  authenticated_at: Date;
  expires_at: Date;
  unseen_seconds: number;
}

const seenEverySeconds = 60;
/** A session that ended, or whose person was deactivated, is over everywhere within two seconds, whatever was not told. */
const limits = { entriesMax: 10_000, hardAgeMs: 1_500 };

/** Exported for the test of its plan. */
export const byTokenHash = statement<Row>(
  `select session.id, session.identity_id, session.account_id, session.authenticated_at, session.expires_at,
          extract(epoch from now() - session.last_seen_at)::float8 as unseen_seconds
   from gateway.session session
   cross join lateral (
     select who.provider, who.subject, link.username_folded, link.account_id
     from gateway.identity who left join mapping.account_identity link on link.identity_id = session.identity_id
     where who.id = session.identity_id ${oneByOne}) as own
   where session.token_hash = $2 and ${alive('session', '$1::integer')} and not ${isDeactivated({
     ...linkedIdentity('own', 'own'),
     account: 'session.account_id',
     unheeded: '$3::text[]',
     overruling: '$4::text[]',
   })}`,
);

/** What signing out at the provider needs is returned, and kept no longer. */
const endOne = statement<EndedRow>(`
with leaving as (
  select session.id, session.id_token_sealed, identity.provider
  from gateway.session session join gateway.identity on identity.id = session.identity_id
  where session.id = $1 and session.ended_at is null for update of session
), ${endingSessions({ from: 'from leaving', which: 'session.id = leaving.id', reason: '$2' })}
select leaving.provider, leaving.id_token_sealed, (select count(*) from told) as told from leaving`);

const markSeen = statement(`update gateway.session set last_seen_at = now() where id = $1`);

@Injectable()
export class SessionStore implements OnModuleInit, OnModuleDestroy {
  private readonly cache = new SessionCache<LiveSession>(limits);
  private readonly statements: Statements;
  private stopListening: () => void = () => undefined;

  constructor(
    dataSource: DataSource,
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

  /** @returns undefined when it had ended already */
  async end(id: string, reason: SessionEnding): Promise<EndedSession | undefined> {
    const row = await this.statements.first(endOne, [id, reason]);
    this.cache.forget(id);
    return row && { provider: row.provider, sealedIdToken: row.id_token_sealed ?? undefined };
  }

  private async byTokenHash(hash: string): Promise<{ id: string; value: LiveSession } | undefined> {
    const { unheeded, overruling } = directoryPolicyOf((await this.liveConfig.current()).document);
    const row = await this.statements.first(byTokenHash, [await this.idleMinutes(), hash, unheeded, overruling]);
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
    authenticatedAt: row.authenticated_at,
    expiresAt: row.expires_at,
  };
}
