import { createHash, randomBytes } from 'node:crypto';
import type { Change, TicketRow, UserRow } from './rows.js';
import type { Store } from './store.js';

const sessionMs = 8 * 60 * 60 * 1000;
export const rememberMs = 14 * 24 * 60 * 60 * 1000;

/** Browser sessions and remember-me tokens. A ticket of a user who is gone or inactive opens nothing. */
export class Sessions {
  constructor(
    private readonly store: Store,
    private readonly userByKey: (key: string) => UserRow | undefined,
  ) {}

  /** The cookie value. Always a fresh one, so that a cookie planted before the login never becomes a session. */
  begin(user: UserRow): string {
    this.sweep();
    return this.issue('sessions', user, sessionMs);
  }

  remember(user: UserRow): string {
    return this.issue('remembered', user, rememberMs);
  }

  userOf(cookie: string | undefined): UserRow | undefined {
    return this.resolve(this.store.tables.sessions, cookie);
  }

  rememberedUserOf(cookie: string | undefined): UserRow | undefined {
    return this.resolve(this.store.tables.remembered, cookie);
  }

  end(cookies: { session: string | undefined; remember: string | undefined }): void {
    const changes: Change[] = [];
    if (cookies.session) changes.push({ table: 'sessions', key: digest(cookies.session), value: null });
    if (cookies.remember) changes.push({ table: 'remembered', key: digest(cookies.remember), value: null });
    this.store.commit(...changes);
  }

  /** The changes that end everything of one user: whoever deactivates commits them together with the user. */
  endingAllOf(user: UserRow): Change[] {
    return [
      ...keysOf(this.store.tables.sessions, user).map((key): Change => ({ table: 'sessions', key, value: null })),
      ...keysOf(this.store.tables.remembered, user).map((key): Change => ({ table: 'remembered', key, value: null })),
    ];
  }

  endAllOf(user: UserRow): void {
    this.store.commit(...this.endingAllOf(user));
  }

  count(): number {
    return this.store.tables.sessions.size;
  }

  private issue(table: 'sessions' | 'remembered', user: UserRow, lifeMs: number): string {
    const cookie = randomBytes(24).toString('base64url');
    const value = { userKey: user.key, expiresAt: Date.now() + lifeMs };
    this.store.commit({ table, key: digest(cookie), value });
    return cookie;
  }

  private resolve(tickets: Map<string, TicketRow>, cookie: string | undefined): UserRow | undefined {
    const ticket = cookie ? tickets.get(digest(cookie)) : undefined;
    if (!ticket || ticket.expiresAt <= Date.now()) return undefined;
    const user = this.userByKey(ticket.userKey);
    return user?.active ? user : undefined;
  }

  private sweep(): void {
    const { sessions, remembered } = this.store.tables;
    const now = Date.now();
    const stale = (tickets: Map<string, TicketRow>) =>
      [...tickets].filter(([, { expiresAt }]) => expiresAt <= now).map(([key]) => key);
    this.store.commit(
      ...stale(sessions).map((key): Change => ({ table: 'sessions', key, value: null })),
      ...stale(remembered).map((key): Change => ({ table: 'remembered', key, value: null })),
    );
  }
}

function keysOf(tickets: Map<string, TicketRow>, user: UserRow): string[] {
  return [...tickets].filter(([, { userKey }]) => userKey === user.key).map(([key]) => key);
}

function digest(cookie: string): string {
  return createHash('sha256').update(cookie).digest('base64url');
}
