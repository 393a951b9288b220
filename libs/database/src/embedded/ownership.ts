import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { advisoryLocks } from '../advisory-locks.js';

/** A session of a process that was just killed takes a moment to end. */
const patienceMs = 2_000;
const pollMs = 50;
/** After the loss of the server: at once, then less often. */
const firstReclaimMs = 100;
const longestReclaimMs = 5_000;

export type Claim =
  { readonly kind: 'owned'; readonly ownership: Ownership } | { readonly kind: 'held'; readonly by: string };

/**
 * The right to start, stop and hand out an embedded server: an advisory lock in that server, held by one session.
 * It ends with the process that holds it, however that process ends, which no lock file does.
 */
export class Ownership {
  private released = false;
  private reclaiming: Promise<void> | undefined;

  private constructor(
    private readonly url: string,
    private session: pg.Client,
    private readonly revive: () => Promise<void>,
  ) {
    this.watch();
  }

  /** @param revive called each time before a lost server is looked for: it may be gone for good and need a start */
  static async claim(url: string, revive: () => Promise<void>): Promise<Claim> {
    const session = await connect(url);
    const deadline = Date.now() + patienceMs;
    do {
      if (await tryLock(session)) return { kind: 'owned', ownership: new Ownership(url, session, revive) };
      await delay(pollMs);
    } while (Date.now() < deadline);
    const by = await holderOf(session);
    await session.end();
    return { kind: 'held', by };
  }

  /** The first value of the answer, e.g. of `show cluster_name`. */
  async ask(sql: string): Promise<string | undefined> {
    const { rows } = await this.session.query<unknown[]>({ text: sql, rowMode: 'array' });
    return rows[0] === undefined ? undefined : String(rows[0][0]);
  }

  /** Before the server is stopped on purpose: what ends the session from now on is no loss, and nothing is revived. */
  async release(): Promise<void> {
    this.released = true;
    await this.reclaiming;
  }

  async end(): Promise<void> {
    this.released = true;
    await this.session.end().catch(() => undefined); // The server may have ended it already.
  }

  private watch(): void {
    this.session.once('end', () => {
      if (!this.released) this.reclaiming = this.reclaim();
    });
  }

  /** A crash of one backend makes PostgreSQL end every session, ours too; a crash of the whole server needs a start. */
  private async reclaim(): Promise<void> {
    for (
      let waitMs = firstReclaimMs;
      await this.stillWantedIn(waitMs);
      waitMs = Math.min(waitMs * 2, longestReclaimMs)
    ) {
      try {
        await this.revive();
        const session = await connect(this.url);
        if (await tryLock(session)) {
          this.session = session;
          this.watch();
          return;
        }
        await session.end();
      } catch {
        // The server is away, which shows everywhere else; a later try finds it again.
      }
    }
  }

  private async stillWantedIn(ms: number): Promise<boolean> {
    await delay(ms, undefined, { ref: false });
    return !this.released;
  }
}

async function connect(url: string): Promise<pg.Client> {
  const session = new pg.Client({
    connectionString: url,
    application_name: `gatehouse, process ${process.pid}`,
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
  });
  session.on('error', () => undefined); // Followed by 'end', which is watched; unheard it would end the process.
  await session.connect();
  return session;
}

async function tryLock(session: pg.Client): Promise<boolean> {
  const { rows } = await session.query<{ locked: boolean }>('select pg_try_advisory_lock($1) as locked', [
    advisoryLocks.ownEmbeddedServer,
  ]);
  return rows[0]?.locked === true;
}

async function holderOf(session: pg.Client): Promise<string> {
  const { rows } = await session.query<{ name: string }>(
    `select application_name as name from pg_stat_activity join pg_locks using (pid)
     where locktype = 'advisory' and objid = $1 and granted`,
    [advisoryLocks.ownEmbeddedServer],
  );
  return rows[0]?.name ?? 'another process';
}
