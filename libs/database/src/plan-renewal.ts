import type pg from 'pg';

/** While an installation is young its tables double within seconds, later within months. */
const firstAfterMs = 5_000;
const laterEveryMs = 600_000;

/**
 * Lets a connection plan its prepared statements anew, 5 seconds after it was first taken, after 10 more, after 20 more, … and in the end every ten minutes.
 *
 * A plan that is made once is made for the tables of that moment. Of tables that are still empty every index looks the
 * same, and the one that was chosen reads all people of a provider once they are there: a sign-in beside a first cycle
 * cost twenty times as much. PostgreSQL's own ANALYZE ends that too, but a minute later, or never where it is switched off.
 */
export function renewPlans(pool: pg.Pool, now: () => number = () => performance.now()): void {
  const due = new WeakMap<pg.PoolClient, { at: number; pauseMs: number }>();
  pool.on('acquire', (client) => {
    const next = due.get(client);
    if (!next) due.set(client, { at: now() + firstAfterMs, pauseMs: firstAfterMs });
    if (!next || now() < next.at) return;
    next.pauseMs = Math.min(next.pauseMs * 2, laterEveryMs);
    next.at = now() + next.pauseMs;
    // Before whatever the connection was taken for, because it sends in order. If it is broken, that will say so.
    client.query('discard plans').catch(() => undefined);
  });
}
